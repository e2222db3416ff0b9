"""Partial imports take the good rows and tell of the bad ones; the same file again changes nothing and says so."""

from collections.abc import Iterable

from tests.services.importing.conftest import (
    EVERYTHING_IN,
    Admin,
    Bring,
    Row,
    employment,
    evaluator,
    organisation,
    region,
)

from registry.db.pool import Database
from registry.services.importing import ImportOptions, ImportResult
from registry.services.verifying import verify

PARTIAL = ImportOptions(partial=True)


def told(result: ImportResult) -> list[tuple[int, str]]:
    return [(error.row, error.rule) for error in result.errors]


async def partly(bring: Bring, kind: str, rows: Iterable[Row]) -> ImportResult:
    return await bring(kind, rows, options=PARTIAL)


async def test_good_rows_are_taken_and_bad_ones_told(full: Bring, admin: Admin, database: Database) -> None:
    result = await partly(
        full,
        "organisations",
        [
            organisation(5),
            organisation(6, region_code="330000"),
            organisation(7, status="OPEN", registered_on="never"),
            organisation(1, name="新名"),
            organisation(2, region_code="210102"),
        ],
    )
    assert (result.rows, result.added, result.amended, result.unchanged, result.rejected) == (3, 1, 1, 1, 2)
    assert told(result) == [(2, "region.unknown"), (3, "choice.unknown"), (3, "day.format")]
    assert await admin.fetchval("SELECT count(*) FROM register.organisation") == 3
    assert await admin.fetchval("SELECT position FROM register.register_head") == result.position
    batch = await admin.fetchrow("SELECT rows, rejected FROM register.import_batch ORDER BY id DESC LIMIT 1")
    assert tuple(batch or ()) == (3, 2)
    assert (await verify(database)).holds


async def test_a_file_without_a_good_row_changes_nothing(full: Bring) -> None:
    result = await partly(full, "organisations", [organisation(5, region_code="330000")])
    assert (result.rows, result.rejected, result.position) == (0, 1, None)


async def test_a_file_without_a_bad_row_is_taken_whole(full: Bring) -> None:
    result = await partly(full, "employments", EVERYTHING_IN["employments"])
    assert (result.unchanged, result.rejected, result.errors) == (3, 0, ())


async def test_a_row_that_leant_on_a_bad_one_is_checked_without_it(full: Bring, admin: Admin) -> None:
    first = EVERYTHING_IN["employments"][0]
    result = await partly(
        full,
        "employments",
        [
            {**first, "ended_on": "2022-12-31", "dispatched_by": "TEST:NOBODY"},  # would make room, but is bad
            {**first, "started_on": "2023-01-01"},
            employment(3, 1),
        ],
    )
    assert told(result) == [(1, "organisation.unknown"), (2, "employment.overlap")]
    assert result.added == 1
    assert await admin.fetchval("SELECT count(*) FROM register.employment") == 4


async def test_a_row_that_repeats_a_bad_one_is_told_too(full: Bring) -> None:
    rows = [employment(3, 1, dispatched_by="TEST:NOBODY"), employment(3, 1), employment(3, 2)]
    result = await partly(full, "employments", rows)
    assert told(result) == [(1, "organisation.unknown"), (2, "row.duplicate")]
    assert result.added == 1


async def test_children_of_a_bad_region_are_left_out_with_it(full: Bring, admin: Admin) -> None:
    result = await partly(
        full,
        "regions",
        [
            region("230000", "PROVINCE", "XX"),
            region("230100", "PREFECTURE", "230000"),
            region("230102", "COUNTY", "230100"),
            region("220105", "COUNTY", "220100"),
        ],
    )
    assert {row for row, _ in told(result)} == {1, 2, 3}
    assert (result.added, result.rejected) == (1, 3)
    assert await admin.fetchval("SELECT count(*) FROM register.region WHERE path IS NULL") == 0


async def test_the_next_good_row_speaks_where_the_first_is_bad(full: Bring, admin: Admin) -> None:
    rows = [
        evaluator("E8", organisation_code="TEST:NOBODY", name="甲"),
        evaluator("E8", accredited_from="2025-01-01", accredited_to="", name="甲", organisation_code="TEST:NOBODY"),
        evaluator("E9"),
    ]
    result = await partly(full, "evaluation-organisations", rows)
    assert (result.added, result.rejected) == (1, 2)


async def test_a_dry_run_in_part_writes_nothing(full: Bring, admin: Admin) -> None:
    options = ImportOptions(dry_run=True, partial=True)
    result = await full("organisations", [organisation(5), organisation(6, region_code="330000")], options=options)
    assert (result.added, result.rejected, result.position) == (1, 1, None)
    assert await admin.fetchval("SELECT count(*) FROM register.organisation") == 2


async def test_the_same_file_again_says_when_it_was_imported(full: Bring, admin: Admin) -> None:
    rows = [organisation(5)]
    first = await full("organisations", rows)
    assert first.earlier is None
    for _ in range(2):
        again = await full("organisations", rows)
        assert (again.unchanged, again.position) == (1, None)
        assert again.earlier is not None
        assert again.earlier.position == first.position
    assert (await full("organisations", rows, source="other")).earlier is None


async def test_a_correction_made_since_is_undone_by_the_old_file_and_that_is_told(full: Bring) -> None:
    await full("organisations", [organisation(5)])
    await full("organisations", [organisation(5, name="新名")])
    again = await full("organisations", [organisation(5)])
    assert again.amended == 1
    assert again.earlier is not None
