"""Reading a run's inputs into columns, against psql sending the same columns to nowhere."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from common.command import main
from common.measure import Arm, Ratio, interleave, paired, peak_memory
from common.psql import psql_seconds
from common.reading import copy_binary, queries, read_vocabulary, stored
from common.register import ACTOR, AS_OF, COMPLETE, Register
from common.report import Line, Report

from registry.db.columns import Columns, read_columns
from registry.db.pool import Connection, Database, fetch, fetch_value, open_database
from registry.services.scoring_inputs import Snapshot, read_snapshot
from registry.services.transactions import acting, acting_beside
from scoring import Employments

TYPES = {"institution": "int4", "person": "int4", "occupation": "int2", "fte": "int2"}
TYPES |= {"started": "int4", "ended": "int4", "appointed": "int2", "recorded": "int4"}
Reader = Callable[[Connection, Connection], Awaitable[object]]


async def read_employments(connection: Connection, _: Connection) -> Columns:
    """Read the employments as a run does, up to where it puts them in order."""
    occupations = await fetch_value(connection, "run/read_occupations")
    return await read_columns(connection, "run/read_employments", TYPES, occupations, AS_OF, None)


async def read_all(connection: Connection, beside: Connection) -> Snapshot:
    """Read everything a run reads, in the order in which it computes, on two connections as a run does."""
    return await read_snapshot(connection, AS_OF, None, beside)


async def fetch_employments(connection: Connection, _: Connection) -> list[object]:
    """Read the employments as records, as one would without thinking of columns."""
    occupations = await fetch_value(connection, "run/read_occupations")
    return list(await fetch(connection, "run/read_employments", occupations, AS_OF, None))


async def _timed(database: Database, read: Reader) -> tuple[float, object]:
    async with (
        acting(database, ACTOR, isolation="repeatable_read", readonly=True) as work,
        acting_beside(database, work) as other,
    ):
        begun = time.perf_counter()
        found = await read(work.connection, other.connection)
        return time.perf_counter() - begun, found


async def _once(register: Register, read: Reader) -> tuple[float, object]:
    async with open_database(register.addresses(COMPLETE), size=2) as database:
        await _timed(database, fetch_nothing)
        return await _timed(database, read)


async def fetch_nothing(connection: Connection, beside: Connection) -> object:
    """Warm the connections up: each loads its catalogue once."""
    await fetch_value(beside, "run/read_occupations")
    return await fetch_value(connection, "run/read_occupations")


def measured(register: Register, read: Reader) -> float:
    """Return the seconds of one reading on a fresh connection."""
    return asyncio.run(_once(register, read))[0]


def added_memory(register: Register) -> str:
    """Tell how far reading the employments lifts the process; call it first, since freed memory is used again."""
    measured(register, fetch_nothing)
    with peak_memory() as memory:
        found = asyncio.run(_once(register, read_employments))[1]
    assert isinstance(found, dict)
    held = sum(column.nbytes for column in found.values())
    return f"{memory.added / 2**20:.1f} MiB for columns of {held / 2**20:.1f} MiB"


def check(register: Register) -> str:
    """Compare the columns, sorted, with the records of a plain fetch."""
    columns = asyncio.run(_once(register, read_employments))[1]
    records = asyncio.run(_once(register, fetch_employments))[1]
    snapshot = asyncio.run(_once(register, read_all))[1]
    assert isinstance(columns, dict)
    assert isinstance(records, list)
    assert isinstance(snapshot, Snapshot)
    rows = list(zip(*(columns[name].tolist() for name in TYPES), strict=True))
    if sorted(rows) != sorted(tuple(record) for record in records):
        raise AssertionError("the columns differ from the records")
    ordered: Employments = snapshot.roster.employments
    known = set(snapshot.ids.tolist())
    if sorted(ordered.recorded.tolist()) != sorted(row[7] for row in rows if row[0] in known):  # type: ignore[union-attr]
        raise AssertionError("the snapshot holds other employments")
    return f"{len(rows):,} employments are the same as columns, as records and in the snapshot"


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("scoring_read", "Reading the inputs of a run", register.institutions, repetitions)
    report.facts["memory added at the peak of reading employments"] = added_memory(register)
    report.checks.append(check(register))
    address = register.server.dsn("registry_admin", COMPLETE)
    texts = queries(asyncio.run(read_vocabulary(address)))
    everything = [copy_binary(text) for text in texts.values()]
    arms = [
        Arm("columns", lambda: measured(register, read_employments)),
        Arm("psql employments", lambda: psql_seconds(address, copy_binary(texts["employments"]))),
        Arm("records", lambda: measured(register, fetch_employments)),
        Arm("snapshot", lambda: measured(register, read_all)),
        Arm("psql all", lambda: psql_seconds(address, *everything)),
        Arm("psql stored", lambda: psql_seconds(address, *map(copy_binary, stored()))),
    ]
    times = interleave(arms, repetitions)
    for what, against, name, base in (
        ("employments into columns", "psql, same query", "columns", "psql employments"),
        ("employments as records (fetch)", "psql, same query", "records", "psql employments"),
        ("all inputs into an ordered snapshot", "psql, same queries", "snapshot", "psql all"),
        ("psql, queries of a run", "psql, tables as stored", "psql all", "psql stored"),
    ):
        middles = " : ".join(f"{Ratio.of(times[key]).middle * 1000:.0f} ms" for key in (name, base))
        report.lines.append(Line(what, against, "time", paired(times[name], times[base]), middles))
    return report


if __name__ == "__main__":
    main(__doc__ or "", run)
