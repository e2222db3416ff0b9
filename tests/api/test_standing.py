"""What institutions are searched by follows every change of them and of their ratings."""

import pytest
from apikit.builder import change_set
from apikit.sample import write_regions

from registry.db.pool import Connection, Database

MISPLACED = "SELECT subject FROM register.find_misplaced()"
STANDING = "SELECT code, name_folded, beds, stars, score::text FROM register.standing ORDER BY code"


@pytest.fixture
async def homes(database: Database) -> Database:
    """Two institutions, the first of them rated."""
    async with change_set(database) as writer:
        await write_regions(writer)
        await writer.organisation("91330100799655058B", "夕阳红集团")
        run, policy = await writer.run(), await writer.policy("national")
        for place, name in enumerate(("松鹤ＡＢ养老院", "福寿养老院")):
            await writer.change.connection.execute(
                """INSERT INTO register.institution (code, scheme, organisation_id, name, name_pinyin, name_initials,
                     kind, region_code, status, beds, change_id, ordinal)
                   VALUES ($1, 'FAC', 1, $2, 'x', 'x', 'CARE_HOME', '220104', 'ACTIVE', 10, $3, 1000 + $4)""",
                f"FAC:{place}", name, writer.change.change_id, place,
            )  # fmt: skip
        await writer.change.connection.execute(
            """INSERT INTO register.rating (institution_id, policy_id, run_id, weights_run_id, as_of, stars,
                 score_scaled, score, indicator_values, points, contributions, domain_points, domain_grades, change_id,
                 ordinal)
               SELECT id, $1, $2, $2, '2026-10-01', 3, 6150, 61.5, '{}', '{}', '{}', '{}', '{}', $3, 2000
                 FROM register.institution WHERE code = 'FAC:0'""",
            policy, run, writer.change.change_id,
        )  # fmt: skip
    return database


CHANGES = [
    ("SELECT $1::bigint", [("FAC:0", "松鹤ab养老院", 10, 3, "61.5"), ("FAC:1", "福寿养老院", 10, None, None)]),
    (
        "UPDATE register.institution SET name = '新Ｃ', beds = 11, change_id = $1 WHERE code = 'FAC:1'",
        [("FAC:0", "松鹤ab养老院", 10, 3, "61.5"), ("FAC:1", "新c", 11, None, None)],
    ),
    (
        "UPDATE register.rating SET stars = 4, score = 70, change_id = $1",
        [("FAC:0", "松鹤ab养老院", 10, 4, "70"), ("FAC:1", "福寿养老院", 10, None, None)],
    ),
    (
        "DELETE FROM register.rating WHERE $1::bigint > 0",
        [("FAC:0", "松鹤ab养老院", 10, None, None), ("FAC:1", "福寿养老院", 10, None, None)],
    ),
    (
        "DELETE FROM register.institution WHERE code = 'FAC:1' AND $1::bigint > 0",
        [("FAC:0", "松鹤ab养老院", 10, 3, "61.5")],
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=["added", "amended", "rated", "unrated", "ended"])
async def test_standing_follows(
    homes: Database, admin: Connection, change: str, expected: list[tuple[object, ...]]
) -> None:
    async with change_set(homes) as writer:
        await writer.change.connection.execute(change, writer.change.change_id)
    assert [tuple(row) for row in await admin.fetch(STANDING)] == expected
    assert await admin.fetch(MISPLACED) == []


async def test_what_differs_is_told(homes: Database, admin: Connection) -> None:
    await admin.execute("UPDATE register.standing SET score = 1 WHERE code = 'FAC:0'")
    assert [row["subject"] for row in await admin.fetch(MISPLACED)] == ["institution 1"]
