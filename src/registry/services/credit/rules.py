"""The rules of credit lists (lists, grounds, terms, consequences, windows): what is shipped, what is unconfirmed."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace

from registry.db.pool import Database, fetch, fetch_value
from registry.resources import resource_root
from registry.services.readiness import Finding, Level, found
from registry.services.transactions import Work

RELATIONS = ("credit_list", "credit_ground", "credit_term", "credit_consequence", "credit_window", "flag_rule")


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


async def check_credit_rules(database: Database) -> Finding:
    """Find which rules nobody has confirmed: their numbers were not read in the source that they name."""
    async with database.staff.acquire() as connection:
        rows = await fetch(connection, "doctor/credit_rules")
    if not rows[0]["lists"]:
        remedy = "运行 registry seed", "run `registry seed`"
        return found("credit rules", Level.FAIL, "缺少名单规则", "There are no rules of credit lists", remedy)
    unconfirmed = [dict(row) for row in rows if row["relation"] is not None]
    if not unconfirmed:
        return found("credit rules", Level.OK, "规则均已确认", "All rules are confirmed")
    remedy = (
        "由主管机关核对 register.unconfirmed_rule 后将 confirmed 置为 true，或终止该行并另立新行",
        "let the authority check register.unconfirmed_rule: set `confirmed`, or end a row and add another",
    )
    zh, en = f"{len(unconfirmed)} 条规则未经确认", f"{len(unconfirmed)} rules are unconfirmed"
    return replace(found("credit rules", Level.WARN, zh, en, remedy), details=tuple(unconfirmed))
