#!/usr/bin/env bash
# A minute of fuzzing for each target. Coverage instrumentation is an unstable
# flag of the compiler, which RUSTC_BOOTSTRAP lets a stable one take.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
for target in $(cargo fuzz list); do
  RUSTC_BOOTSTRAP=1 cargo fuzz run "$target" -- -max_total_time="${SECONDS_EACH:-60}"
done
