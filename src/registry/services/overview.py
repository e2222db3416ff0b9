"""What a register holds, in numbers."""

from dataclasses import dataclass

from registry.db.mapping import mapped_errors
from registry.db.pool import Database, fetch, fetch_row
from registry.domain.actors import operator
from registry.services.transactions import acting


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of current rows by kind, and one institution of China with its province, None where there is none."""

    counts: dict[str, int]
    example_institution: str | None
    example_province: str | None


async def read_overview(database: Database) -> Overview:
    """Count everything; time grows with the register."""
    async with acting(database, operator("overview"), readonly=True) as work:
        counts = await fetch_row(work.connection, "doctor/counts")
        example = await fetch_row(work.connection, "doctor/example")
    assert counts is not None  # noqa: S101 - a row of counts
    code, province = (example["code"], example["province"]) if example is not None else (None, None)
    return Overview(dict(counts), code, province)


async def imported_kinds(database: Database, source: str) -> frozenset[str]:
    """Return the kinds of files that a source has brought in."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            return frozenset(row["kind"] for row in await fetch(connection, "doctor/imported_kinds", source))
