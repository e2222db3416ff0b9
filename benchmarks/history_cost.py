"""What history costs: the bytes and the time of a change, against the row itself, table by table.

Every row of a table is amended once, in one change set. The cost of a change in bytes is what the history table and its
indexes grow by, a row; it is compared with the table and all its indexes, a row, as the imports left them. The cost in
time is that of the UPDATE against the same UPDATE without the triggers that keep versions.
"""

import asyncio
import time
from dataclasses import dataclass

import asyncpg
from common.command import main
from common.measure import Ratio
from common.register import COMPLETE, Register
from common.report import Line, Report

FEWEST_ROWS = 1_000
"""Below this, the ratio tells of pages and not of rows."""
VERSIONED = """SELECT c.relname FROM pg_class AS c
  JOIN pg_class AS h ON h.relname = c.relname || '_history' AND h.relnamespace = c.relnamespace
 WHERE c.relnamespace = 'register'::regnamespace ORDER BY 1"""
SIZE = "SELECT pg_total_relation_size(('register.' || $1)::regclass)"


@dataclass(frozen=True, slots=True)
class Cost:
    """What amending every row of one table took."""

    table: str
    rows: int
    row_bytes: float
    change_bytes: float
    seconds: float
    bare_seconds: float


async def _amend_all(connection: "asyncpg.Connection[asyncpg.Record]", table: str, rows: int) -> float:
    """Amend every row in a change set of its own; return the seconds of the UPDATE."""
    async with connection.transaction():
        change = await connection.fetchval("SELECT nextval('register.change_id_seq')")
        await connection.execute(f"SET LOCAL registry.change_id = '{change}'")
        begun = time.perf_counter()
        await connection.execute(
            f"UPDATE register.{table} AS t SET change_id = {change}, ordinal = n.ordinal"
            f" FROM (SELECT id, row_number() OVER (ORDER BY id) AS ordinal FROM register.{table}) AS n"
            " WHERE n.id = t.id"
        )
        seconds = time.perf_counter() - begun
        await connection.execute(
            f"SELECT register.publish_change_set({change}, 'CORRECTION', 'b', 'b', NULL, NULL, {rows})"
        )
    return seconds


async def _measure(address: str) -> list[Cost]:
    connection = await asyncpg.connect(address)
    try:
        tables = [row["relname"] for row in await connection.fetch(VERSIONED)]
        return [cost for table in tables if (cost := await _cost(connection, table)).rows >= FEWEST_ROWS]
    finally:
        await connection.close()


async def _cost(connection: "asyncpg.Connection[asyncpg.Record]", table: str) -> Cost:
    rows = await connection.fetchval(f"SELECT count(*) FROM register.{table}")
    if rows < FEWEST_ROWS:
        return Cost(table, rows, 0, 0, 0, 0)
    size, empty = await connection.fetchval(SIZE, table), await connection.fetchval(SIZE, f"{table}_history")
    seconds = await _amend_all(connection, table, rows)
    grown = await connection.fetchval(SIZE, f"{table}_history") - empty
    await connection.execute(f"VACUUM register.{table}")
    await connection.execute(f"ALTER TABLE register.{table} DISABLE TRIGGER USER")
    bare = await _amend_all(connection, table, rows)
    await connection.execute(f"ALTER TABLE register.{table} ENABLE TRIGGER USER")
    return Cost(table, rows, size / rows, grown / rows, seconds, bare)


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("history_cost", "Cost of history", register.institutions, repetitions)
    found: dict[str, list[Cost]] = {}
    for _ in range(repetitions):
        with register.copy_of(COMPLETE) as name:
            for cost in asyncio.run(_measure(register.server.dsn("registry_admin", name))):
                found.setdefault(cost.table, []).append(cost)
    for table, costs in found.items():
        what = f"a change of {table}"
        size = Ratio.of([cost.change_bytes / cost.row_bytes for cost in costs])
        middle = f"{costs[0].change_bytes:.0f} B : {costs[0].row_bytes:.0f} B"
        report.lines.append(Line(what, "the row", "size", size, middle))
        took = Ratio.of([cost.seconds / cost.bare_seconds for cost in costs])
        each = " : ".join(f"{1e6 * s / costs[0].rows:.1f} µs" for s in (costs[0].seconds, costs[0].bare_seconds))
        report.lines.append(Line(what, "no history", "time", took, each))
    report.facts["rows"] = ", ".join(f"{table} {costs[0].rows:,}" for table, costs in found.items())
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=1)
