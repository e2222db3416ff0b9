"""Shipped policies of several regions side by side: one run rates everybody by the most specific policy in force."""

from datetime import date
from pathlib import Path

import pytest

from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.domain.personal import PersonalKeys
from registry.services.importing import import_file
from registry.services.policies import PolicyRejected, add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.seeding import seed

CLI = operator("cli")
KEYS = PersonalKeys.derive(b"k" * 32)
ORGANISATIONS = """organisation_code,name,legal_form,region_code,status
91350100M000100Y43,某养老服务有限公司,COMPANY,350100,ACTIVE
"""
REGIONS = {"FUZHOU": "350102", "CHANGCHUN": "220102", "HOHHOT": "150102", "ZIBO": "370302", "JINAN": "370102"}
GOVERNED = {
    "FAC:FUZHOU": "cn-national",
    "FAC:CHANGCHUN": "cn-jilin",
    "FAC:HOHHOT": "cn-inner-mongolia",
    "FAC:ZIBO": "cn-zibo",
    "FAC:JINAN": "cn-national",
}
HEADER = "institution_code,organisation_code,name,kind,region_code,status,beds\n"


async def _import(database: Database, kind: str, folder: Path, text: str) -> None:
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    await import_file(database, CLI, KEYS, kind, path, file_name=path.name, source="test")


async def test_each_region_is_rated_by_its_own_policy(database: Database, admin: Connection, tmp_path: Path) -> None:
    await seed(database, CLI)
    await _import(database, "organisations", tmp_path, ORGANISATIONS)
    rows = [f"FAC:{n},91350100M000100Y43,{n},CARE_HOME,{region},ACTIVE,50" for n, region in REGIONS.items()]
    await _import(database, "institutions", tmp_path, HEADER + "\n".join(rows) + "\n")
    for document in shipped_documents().values():
        await add_policy(database, CLI, document)
    run = await recompute(database, CLI, as_of=date(2026, 11, 22))
    assert run.institutions == len(REGIONS)
    ratings = await admin.fetch(
        """SELECT i.code, p.code AS policy FROM register.rating AS r
             JOIN register.institution AS i ON i.id = r.institution_id
             JOIN register.rating_policy AS p ON p.id = r.policy_id"""
    )
    assert {row["code"]: row["policy"] for row in ratings} == GOVERNED


async def test_a_region_that_is_not_there_is_told_with_its_line(database: Database) -> None:
    await seed(database, CLI)
    text = shipped_documents()["cn-zibo"].replace('region = "370300"', 'region = "999999"')
    with pytest.raises(PolicyRejected) as rejected:
        await add_policy(database, CLI, text)
    (problem,) = rejected.value.problems
    assert (problem.path, problem.rule) == ("governs.region", "unknown-region")
    assert text.splitlines()[(problem.line or 0) - 1].startswith("region")
    assert "'999999'" in problem.en
    assert problem.remedy_zh
