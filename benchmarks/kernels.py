"""Counting staff: ordered rows added up in one pass, against data frame engines that group the same rows."""

import time
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
from common.command import arguments, deliver, read_options
from common.measure import Arm, Ratio, interleave, paired
from common.report import Line, Report

from scoring import staff
from scoring.headcount import Rows, count_rows

ROWS_PER_INSTITUTION = 10
COEFFICIENTS = np.array([5_000, 5_000, 8_000, 10_000, 12_000, 14_000, 15_000, 16_000, 18_000, 9_000], np.int64)
POSTS_AGAIN = 0.03
"""So many posts are a second one of the person before, most of them at the same institution."""
HEADS = {
    staff.CARER_HEADS: "on_post",
    staff.CERTIFIED_HEADS: "is_certified",
    staff.SENIOR_HEADS: "senior",
    staff.FIRST_AID_HEADS: "first_aid",
    staff.SOCIAL_HEADS: "social",
    staff.NURSE_HEADS: "nurse",
    staff.EXPIRING_HEADS: "expires",
}
SUMS = {
    staff.CARER_FTE: ("fte", "on_post"),
    staff.COUNTED_FTE: ("fte", "counted"),
    staff.CERTIFIED_FTE: ("fte", "is_certified"),
    staff.SKILL_FTE: ("skill", "counted"),
    staff.SENIOR_FTE: ("fte", "senior"),
    staff.FIRST_AID_FTE: ("fte", "first_aid"),
    staff.DEMENTIA_FTE: ("fte", "dementia"),
    staff.SOCIAL_FTE: ("fte", "social"),
    staff.NURSE_FTE: ("fte", "nurse"),
}
BITS = {
    "on_post": staff.ON_POST,
    "counted": staff.COUNTED,
    "senior": staff.AS_SENIOR,
    "social": staff.AS_SOCIAL_WORKER,
    "nurse": staff.AS_NURSE,
    "left": staff.HAS_LEFT,
    "is_certified": staff.IS_CERTIFIED,
    "first_aid": staff.HAS_FIRST_AID,
    "dementia": staff.IN_DEMENTIA,
    "expires": staff.EXPIRES,
}
Table = npt.NDArray[np.int64]


def drawn(institutions: int) -> Rows:
    """Draw described posts: carers, social workers, nurses and those who left, on one post or two."""
    draws, rows = np.random.default_rng(1), institutions * ROWS_PER_INSTITUTION
    sizes = draws.multinomial(rows, np.full(institutions, 1 / institutions))
    person = np.arange(rows, dtype=np.int32)
    again = np.flatnonzero(draws.random(rows) < POSTS_AGAIN)
    person[again] = person[np.maximum(again - 1, 0)]
    kind = draws.choice(4, rows, p=[0.7, 0.1, 0.1, 0.1])
    traits = draws.integers(0, 16, rows)[person]
    skill = draws.integers(0, 10, rows)[person]
    carer = staff.ON_POST | staff.COUNTED | skill << staff.SKILL_BIT | staff.AS_SENIOR * ((skill >= 5) & (skill < 9))
    for place, bit in enumerate((staff.IS_CERTIFIED, staff.HAS_FIRST_AID, staff.IN_DEMENTIA)):
        carer |= bit * (traits >> place & 1)
    carer |= staff.EXPIRES * ((traits & 9) == 9)
    facts = np.choose(kind, [carer, staff.AS_SOCIAL_WORKER, staff.AS_NURSE, staff.HAS_LEFT]).astype(np.int16)
    fte = draws.choice(np.array([500, 1000], np.int16), rows)
    return Rows(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), person, fte, facts, COEFFICIENTS)


def counted(rows: Rows) -> Table:
    """Add up with the kernel, room for its stamps and its answer included."""
    return count_rows(rows, np.arange(rows.offsets.shape[0] - 1), rows.person.size)


def columns_of(rows: Rows) -> dict[str, npt.NDArray[Any]]:
    """Return the same rows as columns, all that a group-by need not work out done beforehand."""
    institutions = np.repeat(np.arange(rows.offsets.shape[0] - 1, dtype=np.int32), np.diff(rows.offsets))
    fte = rows.fte.astype(np.int64)
    columns = {"institution": institutions, "person": rows.person, "fte": fte}
    columns["skill"] = fte * COEFFICIENTS[rows.facts >> staff.SKILL_BIT]
    return columns | {name: rows.facts & bit != 0 for name, bit in BITS.items()}


def grouped_by_polars(frame: pl.DataFrame) -> pl.DataFrame:
    """Group with polars."""
    person = pl.col("person")
    heads = [person.filter(pl.col(flag)).n_unique().alias(f"c{column}") for column, flag in HEADS.items()]
    sums = [pl.col(what).filter(pl.col(flag)).sum().alias(f"c{column}") for column, (what, flag) in SUMS.items()]
    ever = person.filter(pl.col("left") | pl.col("on_post")).n_unique()
    left = (ever - person.filter(pl.col("on_post")).n_unique()).alias(f"c{staff.LEAVERS}")
    return frame.lazy().group_by("institution").agg(*heads, *sums, left).collect()


def _statement() -> str:
    heads = [f"count(DISTINCT person) FILTER (WHERE {flag}) AS c{column}" for column, flag in HEADS.items()]
    sums = [f"sum({what}) FILTER (WHERE {flag}) AS c{column}" for column, (what, flag) in SUMS.items()]
    left = 'count(DISTINCT person) FILTER (WHERE "left" OR on_post) - count(DISTINCT person) FILTER (WHERE on_post)'
    return (
        f"SELECT institution, {', '.join([*heads, *sums])}, {left} AS c{staff.LEAVERS} FROM rows GROUP BY institution"
    )


def grouped_by_duckdb(connection: duckdb.DuckDBPyConnection) -> dict[str, npt.NDArray[Any]]:
    """Group with DuckDB."""
    return connection.execute(_statement()).fetchnumpy()


def table_of(institutions: int, found: dict[str, Any]) -> Table:
    """Return a peer's answer as the kernel gives it; institutions without a row stay 0."""
    table = np.zeros((institutions, staff.COLUMNS), np.int64)
    for column in range(staff.COLUMNS):
        table[np.asarray(found["institution"]), column] = np.ma.filled(np.ma.asarray(found[f"c{column}"]), 0)
    return table


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _check(name: str, wanted: Table, found: Table) -> str:
    if not np.array_equal(wanted, found):
        raise AssertionError(f"{name} counts otherwise")
    return f"{name} gives the same {wanted.size:,} counts"


def run(institutions: int, repetitions: int) -> Report:
    """Measure."""
    rows = drawn(institutions)
    report = Report("kernels", "Counting staff in memory", institutions, repetitions)
    report.facts["rows"] = f"{rows.person.size:,}"
    columns = columns_of(rows)
    frame, connection = pl.DataFrame(columns), duckdb.connect()
    connection.execute("CREATE TABLE rows AS SELECT * FROM columns")
    del columns
    wanted = counted(rows)
    found = grouped_by_polars(frame)
    report.checks.append(_check("polars", wanted, table_of(institutions, found.to_dict(as_series=False))))
    report.checks.append(_check("DuckDB", wanted, table_of(institutions, grouped_by_duckdb(connection))))
    arms = [
        Arm("kernel", lambda: _timed(lambda: counted(rows))),
        Arm("polars", lambda: _timed(lambda: grouped_by_polars(frame))),
        Arm("DuckDB", lambda: _timed(lambda: grouped_by_duckdb(connection))),
    ]
    times = interleave(arms, repetitions)
    for peer in ("polars", "DuckDB"):
        middles = " : ".join(f"{Ratio.of(times[name]).middle * 1000:.0f} ms" for name in (peer, "kernel"))
        ratio = paired(times[peer], times["kernel"])
        report.lines.append(Line("staff counts, all cores", f"{peer}, all cores", "speed", ratio, middles))
    _tenfold(report, institutions, repetitions, times["kernel"])
    return report


def _tenfold(report: Report, institutions: int, repetitions: int, small: list[float]) -> None:
    """Compare with ten times the rows, the kernel alone."""
    rows = drawn(10 * institutions)
    large = [_timed(lambda: counted(rows)) for _ in range(repetitions)]
    tenths = paired([seconds / 10 for seconds in large], small)
    middles = f"{Ratio.of(large).middle * 1000:.0f} ms : {Ratio.of(small).middle * 1000:.0f} ms"
    against = "ten times the time of a tenth; 1.0 × is linear"
    report.lines.append(Line(f"{rows.person.size:,} rows", against, "time", tenths, middles))


def main() -> None:
    """Print what was found."""
    options = read_options(arguments(__doc__ or "", 5))
    deliver(run(options.institutions, options.repetitions), options)


if __name__ == "__main__":
    main()
