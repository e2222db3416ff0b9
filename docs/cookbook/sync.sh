#!/bin/sh
# One page of the change feed: sync.sh URL [CURSOR]. Keep the last cursor and give it the next time.
set -eu
after=${2:+"\"$2\""}
exec curl -fsS "$1/graphql" -H 'Content-Type: application/json' -d "{\"query\": \"query(\$after: String) { changes(after: \$after, first: 1000, kinds: [INSTITUTION, RATING, CREDIT_ENTRY]) { nodes { cursor kind entityId code current } pageInfo { hasNextPage } } }\", \"variables\": {\"after\": ${after:-null}}}"
