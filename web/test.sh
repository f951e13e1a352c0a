#!/usr/bin/env bash
# The capture library and the hosted pages: types, that what is embedded is what
# is built, unit tests, and a real browser before a real server. BONAFIDE names
# the server's binary, CHROMIUM the browser's. `web/test.sh unit` leaves the
# browser out.
set -euo pipefail
cd "$(dirname "$0")"

if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
  npm ci --ignore-scripts --no-audit --no-fund
  touch node_modules/.package-lock.json
fi
npm run --silent library
npm run --silent check
npm run --silent unit
[[ ${1:-} == unit ]] || npm run --silent browser
