#!/usr/bin/env bash
# Runs one verification through the server's HTTP API on sample data: starts a
# server on embedded stores in a folder of its own, makes a tenant and a key,
# sends a rendered passport and a selfie, prints what came out and where to
# look. With --keep the server runs on until Ctrl-C; otherwise nothing is left.
set -euo pipefail
cd "$(dirname "$0")/.."

bonafide=$PWD/target/release/bonafide
work=$(mktemp -d)
data=$work/data
server=
finish() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

bold() { printf '\033[1m%s\033[0m\n' "$*"; }
shown() { printf '\n\033[2m$ %s\033[0m\n' "$*"; }
# The member of a JSON object on standard input.
member() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
# Some members of a JSON object on standard input, a line each; a member's own
# members are shown as `name: value, …` where one name is given after a dot.
show() {
  python3 -c '
import json, sys
answer = json.load(sys.stdin)
if answer.get("type", "").startswith("urn:bonafide:problem"):
    sys.exit(json.dumps(answer, indent=2))
for name in sys.argv[1:]:
    value = answer
    for part in name.split("."):
        value = (value or {}).get(part)
    rows = value if isinstance(value, list) and value and isinstance(value[0], dict) else None
    if rows is None:
        print(f"  {name}: {json.dumps(value, ensure_ascii=False)}")
        continue
    print(f"  {name}:")
    for row in rows[:8]:
        row = {k: v for k, v in row.items() if k not in ("id", "application", "call_id", "at", "took_us")}
        print("    " + json.dumps(row, ensure_ascii=False)[:150])
' "$@"
}

bold "1. A fictitious passport and a selfie of its holder"
"$bonafide" specimen --seed 2 --difficulty 1 --out "$work" --today "$(date -u +%F)"

bold $'\n2. A server: embedded stores, a certificate of its own, nothing to configure'
shown "bonafide serve --data DIR"
# There before the server is, which opens it when its turn comes.
: >"$work/log"
"$bonafide" serve --data "$data" --listen 127.0.0.1:0 2>"$work/log" &
server=$!
for _ in $(seq 200); do
  url=$(sed -n 's/^ready //p' "$work/log")
  [[ -n $url ]] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.05
done
[[ -n $url ]] || { cat "$work/log" >&2; exit 1; }
cat "$work/log"

bold $'\n3. A tenant, an application, a key'
admin() { "$bonafide" admin "$@" --data "$data" --json; }
tenant=$(admin tenant create "Example Bank" | member app_id)
application=$(admin app create --tenant "$tenant" --name onboarding --environment sandbox --region apac | member application)
token=$(admin key create --application "$application" --scopes document,face,liveness,verification | member token)
echo "AppID $tenant, application $application"

call() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --cacert "$data/tls/certificate.pem" \
    -H "Authorization: Bearer $token" -X "$method" "$url$path" "$@"
}

bold $'\n4. A verification: document, selfie, decision'
shown 'curl -X POST https://…/v1/verifications -d '"'"'{"reference":"customer-4711"}'"'"
created=$(call POST /v1/verifications -H 'Content-Type: application/json' -d '{"reference":"customer-4711"}')
echo "$created" | show id state url
id=$(echo "$created" | member id)
shown "curl -X POST https://…/v1/verifications/$id/document -F front=@document.jpg"
call POST "/v1/verifications/$id/document" -F "front=@$work/document.jpg" | show state gates
shown "curl -X POST https://…/v1/verifications/$id/selfie -F image=@selfie.jpg"
call POST "/v1/verifications/$id/selfie" -F "image=@$work/selfie.jpg" | show state decision
shown "curl https://…/v1/verifications/$id"
answer=$(call GET "/v1/verifications/$id")
echo "$answer" | show state decision gates result.document.type result.document.fields.number result.comparison.similarity result.comparison.decision data_expires_at

bold $'\n5. What it left: calls and fees, and no personal data in the log'
shown "curl https://…/v1/usage"
call GET /v1/usage | show calls lines
shown "curl https://…/v1/operations"
call GET "/v1/operations?limit=6" | show operations

bold $'\nWhere to look'
echo "  $url/v1/docs           the API, interactive"
echo "  $url/health/ready      how the server is"
echo "  docs/bonafide.schema.json           everything bonafide.toml can say"
if [[ ${1:-} == --keep ]]; then
  echo "  token: $token"
  echo "The server runs until Ctrl-C."
  wait "$server"
else
  kill "$server"
  wait "$server" || true
  server=
  echo "The server has stopped and its data is gone; 'make serve' keeps one running."
fi
[[ $(echo "$answer" | member state) == approved ]]
