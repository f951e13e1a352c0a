#!/usr/bin/env bash
# Switches off what keeps the promises, one keeper after another, and prints of
# each promise that this breaks whether its tests noticed. The switches are in
# this build alone: see crates/context/src/keeper.rs.
set -euo pipefail
cd "$(dirname "$0")/.."

export BONAFIDE_REQUIRE=models,services
cargo build --locked --workspace --features rten
target/debug/bonafide models fetch
scripts/services.sh run scripts/sabotage.py "$@"
