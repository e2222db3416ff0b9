"""Diagnosis of storage: what tables take, what of it is dead, and whether the server keeps up with clearing it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from registry.db.mapping import mapped_errors
from registry.db.pool import Database, Record, fetch, fetch_row
from registry.services.readiness import Finding, Level, found

MOST_DEAD_SHARE = 0.2
FEWEST_DEAD_ROWS = 10_000
MOST_BLOAT_SHARE = 0.5
LEAST_BLOAT_BYTES = 64 << 20
UNUSED_INDEX_BYTES = 8 << 20
ENOUGH_SCANS = 1_000
TRANSACTION_AGE_WARNING = 500_000_000
TRANSACTION_AGE_FAILURE = 1_500_000_000
"""The server stops writing at two thousand million and begins to freeze at all costs at 1,600 million."""


@dataclass(frozen=True, slots=True)
class TableHealth:
    """One table: its bytes, its rows, and the share of its heap that is no row (an estimate from column statistics)."""

    table: str
    heap_bytes: int
    index_bytes: int
    total_bytes: int
    live_rows: int
    dead_rows: int
    dead_share: float
    estimated_bloat_bytes: int | None
    vacuumed_at: datetime | None
    analysed_at: datetime | None
    transaction_age: int

    @property
    def is_dying(self) -> bool:
        """True where dead rows are many in number and in share."""
        return self.dead_rows >= FEWEST_DEAD_ROWS and self.dead_share > MOST_DEAD_SHARE

    @property
    def is_bloated(self) -> bool:
        """True where much of the heap seems to hold nothing."""
        bloat = self.estimated_bloat_bytes or 0
        return bloat >= LEAST_BLOAT_BYTES and bloat > MOST_BLOAT_SHARE * self.heap_bytes


def _health(row: Record) -> TableHealth:
    rows, expected = row["live_rows"] + row["dead_rows"], row["expected_bytes"]
    return TableHealth(
        table=row["relation"],
        heap_bytes=row["heap_bytes"],
        index_bytes=row["index_bytes"],
        total_bytes=row["total_bytes"],
        live_rows=row["live_rows"],
        dead_rows=row["dead_rows"],
        dead_share=round(row["dead_rows"] / rows, 4) if rows else 0.0,
        estimated_bloat_bytes=None if expected is None else max(0, row["heap_bytes"] - expected),
        vacuumed_at=row["vacuumed_at"],
        analysed_at=row["analysed_at"],
        transaction_age=row["transaction_age"],
    )


async def read_tables(database: Database) -> list[TableHealth]:
    """Return every table of the register, the largest first."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            return [_health(row) for row in await fetch(connection, "doctor/tables")]


def mebibytes(count: int) -> str:
    """A number of bytes for people."""
    return f"{count / (1 << 20):,.1f} MiB"


def judge_tables(tables: Sequence[TableHealth], database_bytes: int) -> list[Finding]:
    """Find tables that are not cleared of what is dead, and say what the largest take."""
    largest = ", ".join(f"{table.table} {mebibytes(table.total_bytes)}" for table in tables[:5])
    total = mebibytes(database_bytes)
    sizes = found("sizes", Level.OK, f"共 {total}；最大：{largest}", f"{total} in all; the largest: {largest}")
    rows = tuple(asdict(table) for table in tables)
    findings = [Finding(sizes.check, sizes.level, sizes.text, details=rows)]
    findings += [_dying(table) for table in tables if table.is_dying]
    findings += [_bloated(table) for table in tables if table.is_bloated]
    if len(findings) == 1:
        findings.append(found("bloat", Level.OK, "死行与膨胀均在限度内", "Dead rows and bloat are within bounds"))
    return findings


def _dying(table: TableHealth) -> Finding:
    share = f"{table.dead_share:.0%}"
    zh, en = f"{table.table} 有 {share} 死行", f"{share} of the rows of {table.table} are dead"
    remedy = (
        f"检查 autovacuum 是否开启及有无长事务；运行 VACUUM (ANALYZE) register.{table.table}",
        f"see that autovacuum is on and no transaction is left open; run VACUUM (ANALYZE) register.{table.table}",
    )
    return found("bloat", Level.WARN, zh, en, remedy)


def _bloated(table: TableHealth) -> Finding:
    bloat = mebibytes(table.estimated_bloat_bytes or 0)
    zh, en = f"{table.table} 估计膨胀 {bloat}", f"{table.table} is bloated by an estimated {bloat}"
    remedy = (
        f"停机时运行 VACUUM FULL register.{table.table}，或用 pg_repack",
        f"run VACUUM FULL register.{table.table} while nobody works, or pg_repack",
    )
    return found("bloat", Level.WARN, zh, en, remedy)


def judge_age(transactions: int, multixacts: int) -> Finding:
    """Find whether the server is far from running out of transaction numbers."""
    age = max(transactions, multixacts)
    zh, en = f"事务号年龄 {age:,}", f"The oldest transaction is {age:,} behind"
    if age < TRANSACTION_AGE_WARNING:
        return found("wraparound", Level.OK, zh, en)
    remedy = (
        "检查 autovacuum 与长事务，然后对整个库运行 VACUUM (FREEZE)",
        "see that autovacuum runs and no transaction is left open, then VACUUM (FREEZE) the database",
    )
    return found("wraparound", Level.FAIL if age >= TRANSACTION_AGE_FAILURE else Level.WARN, zh, en, remedy)


def judge_indexes(rows: Sequence[Record]) -> list[Finding]:
    """Find indexes that are broken, and those that cost and serve nobody."""
    findings = [_broken(row) if not row["valid"] else _unused(row) for row in rows]
    return findings or [
        found("indexes", Level.OK, "索引均有效且有用", "Every index is valid, and used where it is large")
    ]


def _broken(row: Record) -> Finding:
    remedy = (
        f"运行 REINDEX INDEX CONCURRENTLY register.{row['index']}",
        f"run REINDEX INDEX CONCURRENTLY register.{row['index']}",
    )
    zh, en = f"索引 {row['index']} 无效", f"The index {row['index']} of {row['relation']} is not valid"
    return found("indexes", Level.FAIL, zh, en, remedy)


def _unused(row: Record) -> Finding:
    size = mebibytes(row["bytes"])
    zh = f"索引 {row['index']}（{size}）从未使用"
    en = f"The index {row['index']} of {row['relation']} ({size}) was never used"
    remedy = (
        "若各类查询都已运行过仍未使用，请报告给维护者",
        "if it stays so after every kind of question was asked, tell the maintainers",
    )
    return found("indexes", Level.WARN, zh, en, remedy)


async def check_storage(database: Database) -> list[Finding]:
    """Make every check of storage."""
    tables = await read_tables(database)
    with mapped_errors():
        async with database.staff.acquire() as connection:
            whole = await fetch_row(connection, "doctor/database")
            indexes = await fetch(connection, "doctor/indexes", UNUSED_INDEX_BYTES, ENOUGH_SCANS)
    assert whole is not None  # noqa: S101 - a session has one database
    age = judge_age(whole["transaction_age"], whole["multixact_age"])
    return [*judge_tables(tables, whole["bytes"]), age, *judge_indexes(indexes)]
