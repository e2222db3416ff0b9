"""Flags by rule: all of them after an import of everything, and those of a hundred rows after these."""

import asyncio
import csv
import io
import statistics
import time
from dataclasses import dataclass

from common.command import main
from common.register import ACTOR, AS_OF, COMPLETE, KEYS, Register
from common.report import Report

from registry.db.pool import Addresses, Database, open_database
from registry.services.flags.raising import Raised, raise_flags
from registry.services.importing import import_file

ROWS = 100
BY_RULE = "SELECT rule, count(*) AS n FROM register.flag GROUP BY rule ORDER BY rule"


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds that looks took: the first at everything, one more at everything, and after each small import."""

    first: float
    again: float
    few: list[float]
    looked_at: list[int]
    flags: dict[str, int]


async def _look(database: Database) -> tuple[float, Raised]:
    begun = time.perf_counter()
    raised = await raise_flags(database, ACTOR, AS_OF)
    took = time.perf_counter() - begun
    if raised is None:
        raise AssertionError("another look is under way")
    return took, raised


def _amended(register: Register, number: int) -> bytes:
    """A hundred posts spread over the register, each with another title."""
    path = register.file("employments")
    stream = io.StringIO()
    with path.open(encoding="utf-8", newline="") as rows:
        reader = csv.DictReader(rows)
        writer = csv.DictWriter(stream, reader.fieldnames or ())
        writer.writeheader()
        for place, row in enumerate(reader):
            if place % 1_009 == number and place < ROWS * 1_009:
                writer.writerow({**row, "position_title": f"护理{number}"})
    return stream.getvalue().encode()


async def _measure(addresses: Addresses, files: list[bytes]) -> Found:
    few, looked_at = [], []
    async with open_database(addresses) as database:
        first, everything = await _look(database)
        if everything.institutions is not None or not everything.flags:
            raise AssertionError("the first look is at everything, and finds something")
        async with database.staff.acquire() as connection, connection.transaction():
            await connection.execute("UPDATE register.flag_follow SET looked_on = '-infinity'")
        again, nothing = await _look(database)
        for content in files:
            result = await import_file(
                database, ACTOR, KEYS, "employments", io.BytesIO(content), file_name="few.csv", source="benchmark"
            )
            took, raised = await _look(database)
            if result.amended != ROWS or raised.institutions is None:
                raise AssertionError(f"{result.amended} amended, {raised.institutions} institutions")
            few.append(took)
            looked_at.append(raised.institutions)
            nothing = Raised(flags=nothing.flags + raised.flags)
        if nothing.flags:
            raise AssertionError(f"{nothing.flags} flags were raised a second time")
        async with database.staff.acquire() as connection, connection.transaction():
            await connection.execute("SELECT set_config('registry.scope', 'ALL', true)")
            flags = {row["rule"]: row["n"] for row in await connection.fetch(BY_RULE)}
    return Found(first, again, few, looked_at, flags)


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("flags", "Flags by rule", register.institutions, repetitions)
    files = [_amended(register, number) for number in range(repetitions)]
    with register.copy_of(COMPLETE) as name:
        found = asyncio.run(_measure(register.addresses(name), files))
    report.facts["first look at everything"] = f"{found.first:.1f} s, {sum(found.flags.values()):,} flags"
    report.facts["another look at everything"] = f"{found.again:.1f} s"
    few = f"{statistics.median(found.few):.3f} s, worst {max(found.few):.3f} s"
    report.facts[f"after an import of {ROWS} posts"] = f"{few}; {max(found.looked_at)} institutions looked at"
    report.facts["flags by rule"] = ", ".join(f"{rule} {count:,}" for rule, count in found.flags.items())
    report.checks.append("no look after the first raises a flag")
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=7)
