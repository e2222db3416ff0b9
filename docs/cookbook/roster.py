"""Push an institution's roster: REGISTRY_TOKEN=… python roster.py URL ROSTER.json, a list of rows of `employments`.

A key stands beside the roster until an answer tells that the rows were taken: a retry after a lost answer does nothing
twice, and the same roster is a new push another day.
"""

import hashlib
import json
import os
import secrets
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


def push(url: str, file: Path) -> dict:
    """Bring up to 10,000 rows, all or nothing; what has left has an `ended_on`."""
    content, pending = file.read_bytes(), Path(f"{file}.key")
    if not pending.exists():
        pending.write_text(secrets.token_hex(8))
    key = f"roster {pending.read_text()} {hashlib.sha256(content).hexdigest()}"
    given = {"kind": "employments", "rows": json.loads(content), "idempotencyKey": key}
    headers = {"Authorization": f"Bearer {os.environ['REGISTRY_TOKEN']}"}
    with Client(transport=HTTPXTransport(url=f"{url}/graphql", headers=headers, timeout=60)) as session:
        request = gql(IMPORT)
        request.variable_values = {"input": given}
        done = session.execute(request)["importRows"]
    if "rule" not in done:
        pending.unlink()
    return done


if __name__ == "__main__":
    done = push(sys.argv[1], Path(sys.argv[2]))
    print(json.dumps(done, ensure_ascii=False))
    sys.exit("rule" in done)
