"""Surveys: elderly people per region, and wages that are told as statistics of enough people, never otherwise."""

import asyncpg
import pytest
from tests.services.importing.conftest import Admin, Bring, Refuse, institution, population, uscc, wage

from registry.db.pool import Database
from registry.services.importing import ImportOptions
from registry.services.verifying import verify

STATISTICS = """SELECT region_code, people, lower_quarter_from_yuan, median_from_yuan, upper_quarter_from_yuan
  FROM disclosure.wage_statistic WHERE level = 0 ORDER BY region_code"""


async def told(database: Database) -> list[tuple[object, ...]]:
    """What everybody may read."""
    async with database.public.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(STATISTICS)]


@pytest.fixture
async def homes(register: Bring) -> Bring:
    """Two institutions of one county, one of another province."""
    await register("institutions", [institution(3, organisation_code=uscc(1))])
    return register


async def test_wages_of_fewer_than_ten_are_no_statistic(homes: Bring, database: Database) -> None:
    await homes("wages", [wage(1, 3500, 5), wage(3, 4500, 4)])
    assert await told(database) == []
    await homes("wages", [wage(3, 4500, 5)])
    assert await told(database) == [(code, 10, 3500, 3500, 4500) for code in ("220000", "220100", "220102", "CN")]


async def test_wages_of_a_single_institution_are_no_statistic(homes: Bring, database: Database) -> None:
    await homes("wages", [wage(1, 3500, 30), wage(2, 3500, 0)])
    assert await told(database) == []
    await homes("wages", [wage(2, 8500, 1, below_yuan="")])
    assert await told(database) == [("CN", 31, 3500, 3500, 3500)]


async def test_quarters_lie_where_a_quarter_of_the_people_is_reached(homes: Bring, database: Database) -> None:
    bands = [wage(1, 2500, 3), wage(3, 3500, 1), wage(1, 4500, 4), wage(3, 5500, 4, below_yuan="")]
    await homes("wages", bands)
    assert (await told(database))[0] == ("220000", 12, 2500, 4500, 5500)
    await homes("wages", [wage(3, 5500, 5, below_yuan="")])
    assert (await told(database))[0] == ("220000", 13, 3500, 4500, 5500)


async def test_surveys_and_levels_are_apart(homes: Bring, admin: Admin) -> None:
    await homes(
        "wages", [wage(1, 3500, 9), wage(3, 3500, 9, level="JUNIOR"), wage(3, 3500, 9, surveyed_on="2023-09-30")]
    )
    assert await admin.fetch("SELECT * FROM disclosure.wage_statistic") == []


async def test_the_public_reads_no_band(homes: Bring, database: Database) -> None:
    await homes("wages", [wage(1, 3500, 30)])
    async with database.public.acquire() as connection:
        for name in ("register.wage_band", "register.wage_band_version", "register.wage_band_history"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {name}")


async def test_a_snapshot_ends_bands_that_it_does_not_name(homes: Bring, database: Database, admin: Admin) -> None:
    await homes("wages", [wage(1, 3500, 3), wage(1, 4500, 3), wage(3, 3500, 3)], source="survey")
    options = ImportOptions(snapshot=True, confirm_removals=True)
    assert (await homes("wages", [wage(1, 3500, 6)], source="survey", options=options)).ended == 1
    assert await admin.fetchval("SELECT count(*) FROM register.wage_band") == 2
    assert (await verify(database)).holds


async def test_counts_of_elderly_people_are_public_and_parts_of_each_other(
    homes: Bring, refuse: Refuse, database: Database
) -> None:
    await homes("population", [population("220000"), population("220102", aged_65="", aged_80="")])
    async with database.public.acquire() as connection:
        rows = await connection.fetch(
            "SELECT region_code, aged_60, aged_80 FROM disclosure.elderly_population ORDER BY 1"
        )
    assert [tuple(row) for row in rows] == [("220000", 1000, 120), ("220102", 1000, None)]
    for changed in ({"aged_65": 1001}, {"aged_80": 701}, {"aged_65": "", "aged_80": 1001}):
        (error, *_) = await refuse("population", [population("220000", **changed)])
        assert error.rule == "count.part"
    (error,) = await refuse("wages", [wage(1, 3500, 1, below_yuan=3500)])
    assert error.rule == "wage.band"
