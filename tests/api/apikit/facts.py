"""The register as plain Python rows, and what stood at a moment; for the reference that the planner is held to."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

VERSIONED = ("region", "organisation", "institution", "assessment", "rating", "listed_entry")
FOR_STAFF = ("quality_note", "credit_entry", "employment")
ADDED = ("rating_policy", "rating_run")
PLAIN = ("rating_run_policy", "rating_rank_block", "change_set", "change")
RULES = ("credit_list", "credit_ground", "credit_consequence", "credit_term", "credit_window")

Row = dict[str, Any]


@dataclass(frozen=True)
class When:
    """The moment of a question: a position (None: now) and a law day."""

    position: int | None
    law_day: date

    def holds(self, recorded_from: int, recorded_to: int | None) -> bool:
        if self.position is None:
            return recorded_to is None
        return recorded_from <= self.position and (recorded_to is None or recorded_to > self.position)


class Facts:
    """All versions of all rows."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.tables = tables
        self.for_staff = False
        self.canonical = {row["sha256"]: json.loads(row["canonical"]) for row in tables["canonical"]}
        self.sets = {row["id"]: row for row in tables["change_set"]}

    @classmethod
    async def load(cls, connection: "asyncpg.Connection[asyncpg.Record]") -> "Facts":
        tables = {}
        for name in (*(f"{name}_version" for name in VERSIONED), *ADDED, *PLAIN, *RULES):
            tables[name] = [dict(row) for row in await connection.fetch(f"SELECT * FROM disclosure.{name}")]
        for name in (f"{name}_version" for name in FOR_STAFF):
            tables[name] = [dict(row) for row in await connection.fetch(f"SELECT * FROM register.{name}")]
        policies = "SELECT encode(p.sha256, 'hex') AS sha256, p.canonical FROM register.rating_policy AS p"
        tables["canonical"] = [dict(row) for row in await connection.fetch(policies)]
        return cls(tables)

    def standing(self, name: str, when: When) -> list[Row]:
        """Return the rows of a versioned table that stood, each knowing its moment."""
        rows = self.tables[f"{name}_version"]
        return [{**row, "when": when} for row in rows if when.holds(row["recorded_from"], row["recorded_to"])]

    def added(self, name: str, when: When) -> list[Row]:
        """Return the rows of an append-only table that were there."""
        return [
            {**row, "when": when}
            for row in self.tables[name]
            if when.position is None or row["recorded_from"] <= when.position
        ]

    def rating_history(self, when: When) -> list[Row]:
        """Return every version of every rating so far."""
        rows = self.tables["rating_version"]
        return [{**row, "when": when} for row in rows if when.position is None or row["recorded_from"] <= when.position]

    def position_at(self, instant: datetime) -> int:
        """Return the position that an instant means."""
        return max((row["position"] for row in self.sets.values() if row["recorded_at"] <= instant), default=0)

    @property
    def head(self) -> int:
        return max((row["position"] for row in self.sets.values()), default=0)


def valid_on(row: Row, day: date) -> bool:
    """Whether a row's validity (last day inclusive) covers a day."""
    return row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] >= day)
