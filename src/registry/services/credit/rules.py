"""The shipped rules of credit lists: lists, grounds, terms, consequences, windows of the procedure."""

import csv
import json
from collections.abc import Iterator

from registry.db.pool import fetch_value
from registry.resources import resource_root
from registry.services.transactions import Work

RELATIONS = ("credit_list", "credit_ground", "credit_term", "credit_consequence", "credit_window")


def _rows(relation: str) -> Iterator[dict[str, str | None]]:
    path = resource_root("sql") / "data" / f"{relation}s.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {name: value or None for name, value in row.items()}


async def put_credit_rules(work: Work) -> int:
    """Put in the rules that are not there yet and return how many; days that an authority has ruled on stay."""
    added = 0
    for relation in RELATIONS:
        added += await fetch_value(work.connection, f"seed/put_{relation}", json.dumps(list(_rows(relation))))
    return added
