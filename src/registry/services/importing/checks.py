"""Checks of staged rows against each other and against the register: one statement each, each breach located."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.db.pool import Record, fetch
from registry.domain.errors import Bilingual, RowError, RowsRejected
from registry.domain.identifiers import hide_citizen_ids
from registry.services.transactions import Work

LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Check:
    """A statement that gives line, value, detail and total of the rows that break a rule of one column.

    `reason` may name `{detail}`; `otherwise` is the reason where there is none.
    """

    statement: str
    column: str
    rule: str
    reason: Bilingual
    otherwise: Bilingual | None = None
    scoped: bool = False

    def why(self, detail: str | None) -> Bilingual:
        """The reason for one row."""
        if detail is None and self.otherwise is not None:
            return self.otherwise
        return Bilingual(self.reason.zh.format(detail=detail), self.reason.en.format(detail=detail))

    def error(self, file: str, row: Record) -> RowError:
        """The error of one row."""
        value = hide_citizen_ids(row["value"] or "")[:LONGEST_SHOWN]
        return RowError(file, row["line"], self.column, value, self.rule, self.why(row["detail"]))


@dataclass(frozen=True, slots=True)
class Found:
    """Errors that checks found: how many in all, and the first of each check, in the order of rows."""

    total: int
    errors: tuple[RowError, ...]


async def _broken(work: Work, check: Check, most: int, scope: str) -> list[Record]:
    arguments = (most, scope) if check.scoped else (most,)
    return await fetch(work.connection, f"import/{check.statement}", *arguments)


async def find_bad_rows(work: Work, checks: Sequence[Check], file: str, scope: str, most: int) -> Found:
    """Run the checks on the resolved rows; `most` is how many errors each of them tells."""
    total, kept = 0, list[RowError]()
    for check in checks:
        rows = await _broken(work, check, most, scope)
        total += rows[0]["total"] if rows else 0
        kept += [check.error(file, row) for row in rows]
    return Found(total, tuple(sorted(kept, key=lambda error: error.row)))


def rejected(file: str, total: int, errors: Sequence[RowError]) -> RowsRejected:
    """The refusal of a file."""
    zh, en = f"{file}：{total} 处错误，未写入任何内容", f"{file}: {total} errors; nothing was written"
    return RowsRejected(Bilingual(zh, en), errors)
