#!/bin/sh
# Push an institution's roster: REGISTRY_TOKEN=… roster.sh URL ROSTER.json, a list of rows of `employments`.
set -eu
header=$(mktemp) # an argument would stand in the list of processes
trap 'rm -f "$header"' EXIT
printf 'Authorization: Bearer %s\n' "$REGISTRY_TOKEN" > "$header"
# The key stands beside the roster until an answer tells that the rows were taken: a retry after a lost answer does nothing twice,
# and the same roster is a new push another day.
[ -s "$2.key" ] || od -An -N8 -tx1 /dev/urandom | tr -d ' \n' > "$2.key"
key="$(cat "$2.key") $(sha256sum "$2" | cut -d ' ' -f 1)"
answer=$(printf '{"query": "mutation($input: ImportRowsInput!) { importRows(input: $input) { ... on RowsImported { rows added amended unchanged position } ... on RowsFailure { rowErrors { row column rule messageEn } } ... on Failure { code rule messageEn } } }", "variables": {"input": {"kind": "employments", "idempotencyKey": "roster %s", "rows": %s}}}' "$key" "$(cat "$2")" |
  curl -fsS "$1/graphql" -H 'Content-Type: application/json' -H "@$header" -d @-)
printf '%s\n' "$answer"
case $answer in *'"position"'*) rm "$2.key" ;; *) exit 1 ;; esac
