"""Push an institution's roster: REGISTRY_TOKEN=… python roster.py URL ROSTER.json, a list of rows of `employments`.

The key is told by the rows, so that a retry after a lost answer does nothing twice.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

IMPORT = """mutation Bring($input: ImportRowsInput!) {
  importRows(input: $input) {
    ... on RowsImported { rows added amended unchanged position }
    ... on RowsFailure { messageEn rowErrors { row column rule messageEn } }
    ... on Failure { code rule messageEn }
  }
}"""


def push(url: str, rows: list[dict]) -> dict:
    """Bring up to 10,000 rows, all or nothing; what has left has an `ended_on`."""
    digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    given = {"kind": "employments", "rows": rows, "idempotencyKey": f"roster {digest}"}
    headers = {"Authorization": f"Bearer {os.environ['REGISTRY_TOKEN']}"}
    with Client(transport=HTTPXTransport(url=f"{url}/graphql", headers=headers, timeout=60)) as session:
        request = gql(IMPORT)
        request.variable_values = {"input": given}
        return session.execute(request)["importRows"]


if __name__ == "__main__":
    done = push(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    print(json.dumps(done, ensure_ascii=False))
    sys.exit("rule" in done)
