#!/usr/bin/env bash
# The official SDKs of Tencent Cloud eKYC, unmodified, against a server of our own:
# `scripts/sdks.sh [BONAFIDE]`. Installs them, pinned by hash, into target/services/tencent.
set -euo pipefail
cd "$(dirname "$0")/.."
bonafide=${1:-$PWD/target/debug/bonafide}
home=$PWD/target/services/tencent
ours=$PWD/crates/tencent/sdk

# Where all of it is there and of these versions, nothing is installed.
marker=$home/installed
if ! cat "$ours/requirements.txt" "$ours/package-lock.json" | cmp -s - "$marker"; then
  rm -rf "$home"
  mkdir -p "$home/node"
  python3 -m venv "$home/python"
  "$home/python/bin/pip" install --quiet --disable-pip-version-check --no-compile \
    --require-hashes -r "$ours/requirements.txt"
  cp "$ours/package.json" "$ours/package-lock.json" "$home/node"
  (cd "$home/node" && npm ci --silent --ignore-scripts --no-audit --no-fund)
  cat "$ours/requirements.txt" "$ours/package-lock.json" >"$marker"
fi

PYTHONDONTWRITEBYTECODE=1 "$home/python/bin/python" "$ours/run.py" --serve "$bonafide" \
  --tccli "$home/python/bin/tccli" --node-modules "$home/node/node_modules"
