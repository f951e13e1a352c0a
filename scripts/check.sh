#!/usr/bin/env bash
# What must hold of the sources: format, lints, documentation, licences of the
# dependencies, generated files in step with what they are generated from.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --locked --workspace --all-targets --features rten -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet

diff <(scripts/notices.py) THIRD-PARTY-NOTICES.md ||
  { echo "THIRD-PARTY-NOTICES.md is out of step: run 'make generated'" >&2; exit 1; }

scripts/deny.sh

# No snapshot waits for a decision.
if find . -name '*.snap.new' -not -path './target/*' | grep .; then
  echo "snapshots above are new: review them" >&2
  exit 1
fi
