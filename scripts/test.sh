#!/usr/bin/env bash
# Every test: fetches the models first, so that no test that needs them is
# skipped; data for measuring is used where BONAFIDE_DEV_DATA names it.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --workspace --features rten
target/debug/bonafide models fetch
export BONAFIDE_REQUIRE=models,services
# With MariaDB, PostgreSQL and an S3 server of its own, started and stopped here.
scripts/services.sh run \
  cargo test --locked --workspace --features rten --no-fail-fast -- --quiet
