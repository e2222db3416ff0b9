"""Open flags: which there are, how many of each rule, and whether the rules keep up with the register."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.db.pool import Database, fetch, fetch_row
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.services.permissions import require
from registry.services.transactions import acting


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """An open flag; `evidence` says what was found."""

    id: int
    rule: str
    severity: str
    institution: str
    region: str
    raised_on: date
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """Open flags by rule, and how many imports and corrections the rules have not been held against."""

    open_by_rule: dict[str, int]
    behind: int


async def list_flags(
    database: Database, actor: Actor, *, rule: str | None = None, region: str | None = None, most: int = 100
) -> list[OpenFlag]:
    """Return open flags that the actor may see, the newest first, `most` at most."""
    require(actor, Role.ADMIN, Role.AUDITOR, Role.REGULATOR)
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "flag/list_open", rule, region, most)
    return [OpenFlag(**{**row, "evidence": json.loads(row["evidence"])}) for row in rows]


async def count_flags(database: Database) -> FlagCounts:
    """Count what is open everywhere."""
    async with acting(database, operator("doctor"), readonly=True) as work:
        row = await fetch_row(work.connection, "flag/count_open")
    assert row is not None  # noqa: S101 - one row of counts
    return FlagCounts(json.loads(row["open_by_rule"]), row["behind"])
