"""The next snapshot of some institutions: who left is absent, who came is new; and the same snapshot cut short."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from registry.synthetic.days import day_number
from registry.synthetic.draws import Draws
from registry.synthetic.excerpts import Excerpts, Folder, Placed, Row
from registry.synthetic.names import person_names
from registry.synthetic.numbers import CITIZEN_SPACE, citizen_numbers
from registry.synthetic.staff import AGES

KINDS = ("people", "employments", "residents")
CUT_KINDS = ("employments",)
LEAVING_SHARE = 0.04
AMENDED_SHARE = 0.02
RECOUNTED_SHARE = 0.5
FIRST_DAYS = 20
MOST_LEAVING = 2
"""More than two leave where they are no more than a third of the rows: fewer than would make a snapshot suspect."""

CUT_TO = 10
"""One row in so many is left of each institution, at least one."""


@dataclass(slots=True)
class Snapshot:
    """The two folders of the next month, and how many people came so far."""

    whole: Folder
    cut: Folder
    as_of: date
    newcomers: int = 0

    def write(self, draws: Draws, excerpts: Excerpts, institution: int, province: int) -> None:
        """Writes what the source has to say on an institution a month later."""
        rows = excerpts.of("employments", institution)
        left, amended = self._fate(draws, rows)
        came = self._newcomers(draws, [row for row in rows if row.number in left], province)
        kept = [row.cells for row in rows if row.number not in left | amended]
        changed = [_amended(row.cells) for row in rows if row.number in amended]
        self._write_employments(kept, changed, [post for _, post in came], len(left))
        self.whole.put("people", [row.cells for row in excerpts.of("people", institution)], "unchanged")
        self.whole.put("people", [person for person, _ in came], "added")
        self._write_residents(draws, excerpts.of("residents", institution))

    def _fate(self, draws: Draws, rows: Sequence[Placed]) -> tuple[set[int], set[int]]:
        """The numbers of the rows of those who left, and of those whose share of full time changed."""
        lot = draws.uniform(len(rows)).tolist()
        open_ended = [(row.number, drawn) for row, drawn in zip(rows, lot, strict=True) if not row.cells["ended_on"]]
        leaving = [number for number, drawn in open_ended if drawn < LEAVING_SHARE]
        left = set(leaving[: max(MOST_LEAVING, len(rows) // 3)])
        moved = {number for number, drawn in open_ended if LEAVING_SHARE <= drawn < LEAVING_SHARE + AMENDED_SHARE}
        return left, moved

    def _write_employments(self, kept: list[Row], changed: list[Row], came: list[Row], left: int) -> None:
        for rows, outcome in ((kept, "unchanged"), (changed, "amended"), (came, "added")):
            self.whole.put("employments", rows, outcome)
        self.whole.tallies["employments"]["ended"] += left
        everything = [*kept, *changed, *came]
        self.cut.put("employments", everything[: max(1, len(everything) // CUT_TO)], "cut")

    def _newcomers(self, draws: Draws, left: Sequence[Placed], province: int) -> list[tuple[Row, Row]]:
        """A person and a post for everyone who left."""
        count = len(left)
        index = CITIZEN_SPACE - 1 - self.newcomers - np.arange(count)
        self.newcomers += count
        male = draws.chance(0.13, count)
        born = day_number(self.as_of) - np.floor(draws.quantile(AGES, count) * 365.25).astype(np.int64) - 1_024
        numbers = citizen_numbers(index, np.full(count, province), born, male.astype(np.int64))
        names, days = person_names(draws, male), draws.between(1, FIRST_DAYS, count).tolist()
        return [
            self._newcomer(number, name, day, row.cells)
            for number, name, day, row in zip(numbers, names, days, left, strict=True)
        ]

    def _newcomer(self, number: str, name: str, day: int, before: Row) -> tuple[Row, Row]:
        started = (self.as_of + timedelta(days=day)).isoformat()
        person = {"citizen_id": number, "name": name, "education": "SECONDARY", "registered_on": started}
        own = {"citizen_id": number, "started_on": started, "fte": "1", "dispatched_by": "", "appointed_level": ""}
        return person, before | own

    def _write_residents(self, draws: Draws, rows: Sequence[Placed]) -> None:
        """All counts so far, and for some institutions a new and lower one of each class."""
        self.whole.put("residents", [row.cells for row in rows], "unchanged")
        latest = {row.cells["ability_class"]: row.cells for row in rows}
        recounted = bool(draws.chance(RECOUNTED_SHARE, 1)[0])
        self.whole.put("residents", [self._recount(row) for row in latest.values() if recounted], "added")

    def _recount(self, row: Row) -> Row:
        headcount = int(row["headcount"])
        day = (self.as_of + timedelta(days=FIRST_DAYS)).isoformat()
        return row | {"day_from": day, "headcount": str(headcount - (headcount + 9) // 10)}


def _amended(row: Row) -> Row:
    return row | {"fte": "0.5" if row["fte"] == "1" else "1"}
