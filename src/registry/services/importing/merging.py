"""Staged rows into the register: resolved, checked, weighed against other sources, counted, written."""

from dataclasses import dataclass, field
from itertools import count

from registry.db.pool import Record, execute, fetch_row
from registry.domain.errors import RowError
from registry.services.importing.checks import Check, find_bad_rows, rejected
from registry.services.importing.options import ImportOptions
from registry.services.importing.plans import ImportPlan
from registry.services.importing.removal import (
    find_ended,
    refuse_cut_off,
    refuse_empty,
    refuse_mass_removal,
    write_removals,
)
from registry.services.importing.results import ImportCounts
from registry.services.importing.sources import contest, write_notes
from registry.services.transactions import Change
from registry.transfer import ErrorLog

REJECTED_AT_ONCE = 100_000
"""How many errors of each check one round of a partial import takes out."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What rows of an actor must lie in, and the checks that hold them to it."""

    checks: tuple[Check, ...]
    place: str


@dataclass(slots=True)
class Merge:
    """One file's way into the register. `complete` says that the file does not break off within its last line."""

    change: Change
    plan: ImportPlan
    options: ImportOptions
    source: str
    scope: Scope
    file: str
    log: ErrorLog
    complete: bool
    rejected: set[int] = field(default_factory=set)
    errors: list[RowError] = field(default_factory=list)
    ended: int = 0
    contradictions: int = 0

    async def check(self, rows: int) -> int:
        """Resolve and check the staged rows; raise for what refuses the file; return how many rows are accepted."""
        if self.options.snapshot:
            refuse_empty(rows)
        await execute(self.change.connection, "import/analyse_staged")
        for turn in count():
            await self._resolve(again=bool(turn))
            bad = await self._take_out_bad_rows()
            if not bad:
                break
        await self._check_removals()
        return rows - len(self.rejected)

    async def _resolve(self, *, again: bool) -> None:
        connection = self.change.connection
        if again:
            await execute(connection, "import/drop_resolved")
        else:
            await execute(connection, "import/snapshot/create_ended")
        await execute(connection, self.plan.statement("resolve"))
        await execute(connection, "import/analyse_resolved")
        if self.options.snapshot:
            self.ended = await find_ended(self.change, self.plan, self.source)

    async def _take_out_bad_rows(self) -> set[int]:
        """Raise RowsRejected for bad rows; in a partial import take them out instead, since others may lean on them."""
        plan, partial = self.plan, self.options.partial
        checks = plan.checks + self.scope.checks
        most = REJECTED_AT_ONCE if partial else self.log.limit
        found = await find_bad_rows(self.change, checks, self.file, self.scope.place, most)
        if not partial:
            self._refuse(found.total, found.errors)
            return set()
        bad = {error.row for error in found.errors}
        self.errors += found.errors
        self.rejected |= bad
        if bad:
            await execute(self.change.connection, "import/reject", sorted(bad))
        return bad

    def _refuse(self, total: int, errors: tuple[RowError, ...]) -> None:
        if total or self.log.count:
            self.errors += errors
            raise rejected(self.file, total + self.log.count, self.told)

    @property
    def told(self) -> tuple[RowError, ...]:
        """The first errors of the reader and of the checks, in the order of rows."""
        return tuple(sorted((*self.log.kept, *self.errors), key=lambda error: error.row)[: self.log.limit])

    async def _check_removals(self) -> None:
        if self.options.snapshot and not self.options.confirm_removals:
            refuse_cut_off(self.ended, self.complete)
            await refuse_mass_removal(self.change, self.plan, self.source)

    async def count(self, rows: int) -> ImportCounts:
        """Weigh the rows against what other sources say, then count what is to be done."""
        counted = await self._count()
        if rows > counted["added"] or self.plan.composite:
            self.contradictions = await contest(self.change, self.plan, self.source)
            counted = await self._count()
        return ImportCounts(
            rows,
            counted["added"],
            counted["amended"],
            self.ended,
            counted["unchanged"],
            rejected=len(self.rejected) + self.log.row_count,
            contradictions=self.contradictions,
        )

    async def _count(self) -> Record:
        row = await fetch_row(self.change.connection, "import/count")
        assert row is not None  # noqa: S101 - an aggregate gives one row
        return row

    async def write(self, counts: ImportCounts) -> None:
        """Write the register table by table; each statement numbers its rows from the change set's ordinal base."""
        change, plan = self.change, self.plan
        if self.options.snapshot:
            await write_removals(change, plan, self.source)
        if counts.added or counts.amended:
            for name in plan.writes:
                await change.reserve_from(await execute(change.connection, plan.statement(name)))
        if counts.rows > counts.added or plan.composite:
            await write_notes(change, self.source)
