#!/usr/bin/env bash
# Every test: fetches the models first, so that no test that needs them is
# skipped; data for measuring is used where BONAFIDE_DEV_DATA names it.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --workspace --features rten
target/debug/bonafide models fetch

# The API against its own description: for nobody, for a person's browser, for a
# key of every scope, an administrator's and the operator's.
tools=target/services/schemathesis
if [[ ! -x $tools/bin/schemathesis ]]; then
  scripts/services.sh install
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==4.32.5"
fi
scripts/schemathesis.py --schemathesis "$PWD/$tools/bin/schemathesis" \
  --serve target/debug/bonafide --max-examples 1 \
  --only nobody,person,everything,admin,operator

export BONAFIDE_REQUIRE=models,services
# With MariaDB, PostgreSQL and an S3 server of its own, started and stopped here.
scripts/services.sh run \
  cargo test --locked --workspace --features rten --no-fail-fast -- --quiet

# The official SDKs of another interface that the server speaks, before a real server.
scripts/sdks.sh "$PWD/target/debug/bonafide"

# The capture library and the hosted pages, in a real browser before a real server.
scripts/services.sh install
BONAFIDE="$PWD/target/debug/bonafide" web/test.sh
