"""Follow the change feed into SQLite: python sync.py URL FILE. Run it as often as you like, kill it whenever you like.

A page and the cursor behind it are written in one transaction, so nothing is missed and nothing is taken twice.
"""

import json
import os
import sqlite3
import sys

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

PAGE = """query Page($after: String, $first: Int) {
      changes(after: $after, first: $first, kinds: [INSTITUTION, RATING, CREDIT_ENTRY]) {
        nodes { cursor kind entityId code current }
        pageInfo { hasNextPage }
      }
    }"""
TABLES = """
CREATE TABLE IF NOT EXISTS thing (entity_id TEXT PRIMARY KEY, kind TEXT NOT NULL, code TEXT, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL, taken INTEGER);
"""


def apply(mirror: sqlite3.Connection, changes: list[dict]) -> None:
    """Write a page and its end, both or neither."""
    with mirror:
        for change in changes:
            if change["current"] is None:  # it has ended, or was erased: keep nothing of it
                mirror.execute("DELETE FROM thing WHERE entity_id = ?", (change["entityId"],))
            else:
                content = json.dumps(change["current"], ensure_ascii=False, sort_keys=True)
                row = (change["entityId"], change["kind"], change["code"], content)
                mirror.execute("INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?)", row)
        mirror.execute(
            "INSERT INTO place VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET cursor = excluded.cursor,"
            " taken = taken + excluded.taken",
            (changes[-1]["cursor"], len(changes)),
        )


def sync(url: str, path: str, first: int = 1000) -> None:
    """Take all that has been published since the last time."""
    mirror = sqlite3.connect(path)
    mirror.executescript(TABLES)
    token = os.environ.get("REGISTRY_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else None
    with Client(transport=HTTPXTransport(url=f"{url}/graphql", headers=headers, timeout=60)) as session:
        more = True
        while more:
            known = mirror.execute("SELECT cursor FROM place").fetchone()
            request = gql(PAGE)
            request.variable_values = {"after": known and known[0], "first": first}
            page = session.execute(request)["changes"]
            if page["nodes"]:
                apply(mirror, page["nodes"])
            more = page["pageInfo"]["hasNextPage"]
    mirror.close()


if __name__ == "__main__":
    sync(sys.argv[1], sys.argv[2])
