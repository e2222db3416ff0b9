#!/usr/bin/env bash
# Serves a small register on a free port and lets Schemathesis ask it what the schema allows, as the role ADMIN.
# Usage: run.sh REGISTRY_COMMAND [CASES_PER_OPERATION] [SEED]; 170 cases of each operation are more than 10,000.
set -euo pipefail
registry=$(realpath "$1") cases=${2:-170} seed=${3:-1}
cd "$(dirname "$0")"
data=$(mktemp -d)
served=
trap 'test -z "$served" || { kill -TERM $served 2> /dev/null || true; wait $served || true; }; rm -rf "$data"' EXIT
python3 -m venv "$data/venv"
"$data/venv/bin/pip" install -q schemathesis==4.32.5
port=$("$data/venv/bin/python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
REGISTRY_DATA_DIR="$data/register" "$registry" demo --institutions 120 --port "$port" > "$data/log" 2>&1 &
served=$!
for _ in $(seq 480); do
  curl -fs "http://127.0.0.1:$port/readyz" > /dev/null && break
  kill -0 $served 2> /dev/null || { cat "$data/log"; exit 1; }
  sleep 0.5
done
token=$(grep ADMIN "$data/log" | grep -oE 'reg_[A-Za-z0-9_-]+')
SCHEMATHESIS_HOOKS=sound "$data/venv/bin/schemathesis" run "http://127.0.0.1:$port/graphql" \
  -H "authorization: Bearer $token" --checks sound --phases fuzzing --max-examples "$cases" --seed "$seed" --workers 2 \
  --suppress-health-check all --generation-database none --continue-on-failure
