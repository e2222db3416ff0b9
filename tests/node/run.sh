#!/usr/bin/env bash
# Serves a small register on a free port and runs the clients that others wrote against it. Usage: run.sh REGISTRY_COMMAND
set -euo pipefail
registry=$(realpath "$1")
cd "$(dirname "$0")"
data=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
REGISTRY_DATA_DIR="$data/register" "$registry" demo --institutions 200 --port "$port" > "$data/log" 2>&1 &
served=$!
trap 'kill -TERM $served 2> /dev/null || true; wait $served || true; rm -rf "$data"' EXIT
for _ in $(seq 240); do
  curl -fs "http://127.0.0.1:$port/readyz" > /dev/null && break
  kill -0 $served 2> /dev/null || { cat "$data/log"; exit 1; }
  sleep 0.5
done
npm ci --silent --no-audit --no-fund
REGISTER_URL="http://127.0.0.1:$port" REGISTRY_PROGRAM="$registry" REGISTRY_DATA_DIR="$data/register" npm test
