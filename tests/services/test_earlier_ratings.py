"""Policies that look back: a place that is held while the own figure stands, and at most one grade up within a year."""

from datetime import date
from pathlib import Path

import pytest
from tests.services.looking_back import PLACING, looking_back

from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.domain.personal import PersonalKeys
from registry.services.importing import import_file
from registry.services.policies import add_policy
from registry.services.rating_runs import recompute
from registry.services.seeding import seed

CLI = operator("cli")
KEYS = PersonalKeys.derive(b"k" * 32)
ORGANISATIONS = """organisation_code,name,legal_form,region_code,status
91350100M000100Y43,某养老服务有限公司,COMPANY,350100,ACTIVE
"""
NAMES = "ABCD"
BY_PLACE = f"""
[overall]
base = "placing"
{PLACING}
[[caps]]
code = "CAPPED"
when = {{ measure = "experience", equals = 400 }}
at_most = 2
title = {{ en = "capped" }}
"""
LIMITED = """
[overall]
base = "score"
cuts = [200, 300]
upgrade_limit = 1
"""


async def _import(database: Database, kind: str, folder: Path, text: str) -> None:
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    await import_file(database, CLI, KEYS, kind, path, file_name=path.name, source="test")


async def _measure(database: Database, folder: Path, day: str, **values: int) -> None:
    rows = [f"FAC:{name},experience,{day},{value}" for name, value in values.items()]
    await _import(database, "measures", folder, "institution_code,measure_code,day,value\n" + "\n".join(rows) + "\n")


@pytest.fixture
async def homes(database: Database, tmp_path: Path) -> Database:
    await seed(database, CLI)
    await _import(database, "organisations", tmp_path, ORGANISATIONS)
    header = "institution_code,organisation_code,name,kind,region_code,status,beds\n"
    rows = [f"FAC:{name},91350100M000100Y43,{name},CARE_HOME,350102,ACTIVE,50" for name in NAMES]
    await _import(database, "institutions", tmp_path, header + "\n".join(rows) + "\n")
    return database


async def _stars(admin: Connection) -> list[int | None]:
    rows = await admin.fetch(
        """SELECT r.stars FROM register.rating AS r JOIN register.institution AS i ON i.id = r.institution_id
            ORDER BY i.code"""
    )
    return [row["stars"] for row in rows]


async def test_a_held_place_moves_only_with_the_own_score(homes: Database, admin: Connection, tmp_path: Path) -> None:
    await add_policy(homes, CLI, looking_back(overall=BY_PLACE))
    await _measure(homes, tmp_path, "2025-01-01", A=100, B=200, C=300, D=400)
    await recompute(homes, CLI, as_of=date(2025, 1, 2))
    assert await _stars(admin) == [1, 2, 3, 2]
    await _measure(homes, tmp_path, "2025-02-01", A=900, B=800)
    await recompute(homes, CLI, as_of=date(2025, 2, 2))
    # C and D are now the lowest two, but their own score stands; the cap of D hides a base of 3 that is held too.
    assert await _stars(admin) == [3, 3, 3, 2]
    await _measure(homes, tmp_path, "2025-03-01", C=301)
    await recompute(homes, CLI, as_of=date(2025, 3, 2))
    assert await _stars(admin) == [3, 3, 1, 2]


async def test_at_most_one_grade_up_within_a_year(homes: Database, admin: Connection, tmp_path: Path) -> None:
    await add_policy(homes, CLI, looking_back(overall=LIMITED))
    await _measure(homes, tmp_path, "2024-01-01", A=100, B=200, C=300, D=300)
    await recompute(homes, CLI, as_of=date(2024, 1, 2))
    assert await _stars(admin) == [1, 2, 3, 3]
    await _measure(homes, tmp_path, "2025-01-01", A=900, B=900, C=100)
    await recompute(homes, CLI, as_of=date(2025, 1, 2))
    assert await _stars(admin) == [2, 3, 1, 3]
    await recompute(homes, CLI, as_of=date(2026, 1, 2))
    assert await _stars(admin) == [3, 3, 1, 3]
