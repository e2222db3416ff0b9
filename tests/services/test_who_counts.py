"""Who counts where on a day, from the register's own rows: several jobs, part time, double posts, dispatched staff."""

from datetime import date
from fractions import Fraction
from pathlib import Path

from tests.services.importing.conftest import (
    as_csv,
    certificate,
    employment,
    evaluator,
    institution,
    organisation,
    person,
    uscc,
)

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.personal import PersonalKeys
from registry.services.importing import import_file
from registry.services.policies import shipped_documents
from registry.services.scoring_inputs import read_snapshot
from registry.services.seeding import seed
from registry.services.transactions import acting
from scoring import load_policy, workforce_measures

CLI = operator("cli")
DAY = date(2026, 11, 22)

FILES = {
    "organisations": """organisation_code,name,legal_form,region_code,status
91350100M000100Y43,某养老服务有限公司,COMPANY,350100,ACTIVE
91330100799655058B,某劳务派遣有限公司,COMPANY,330100,ACTIVE
""",
    "institutions": """institution_code,organisation_code,name,kind,region_code,status,beds
FAC:A,91350100M000100Y43,甲养老院,CARE_HOME,350100,ACTIVE,100
FAC:B,91350100M000100Y43,乙养老院,CARE_HOME,350100,ACTIVE,50
FAC:C,91330100799655058B,丙养老院,CARE_HOME,330100,ACTIVE,50
""",
    "people": """citizen_id,name
110105197001010011,双职
110105197002010021,兼职
110105197003010031,派遣
110105197004010041,离职
110105197005010051,末日
110105197006010061,未到
110105197007010071,学徒
""",
    "employments": """citizen_id,institution_code,occupation,started_on,ended_on,fte,dispatched_by,appointed_level
110105197001010011,FAC:B,CARER,2021-01-01,,1,,
110105197001010011,FAC:A,CARER,2020-01-01,,1,,
110105197002010021,FAC:A,CARER,2020-01-01,,0.5,,
110105197002010021,FAC:B,CARER,2020-01-01,,0.5,,
110105197003010031,FAC:B,CARER,2020-01-01,,1,91330100799655058B,
110105197004010041,FAC:A,CARER,2020-01-01,2026-11-21,1,,
110105197005010051,FAC:A,CARER,2020-01-01,2026-11-22,1,,
110105197006010061,FAC:A,CARER,2026-11-23,,1,,
110105197007010071,FAC:A,CARER,2020-01-01,,1,,APPRENTICE
""",
    "certificates": """certificate_number,citizen_id,kind,occupation,level,issued_on,status
S000035010001233000001,110105197001010011,SKILL_LEVEL,CARER,SENIOR,2023-05-01,VALID
S000035010001234000002,110105197002010021,SKILL_LEVEL,CARER,INTERMEDIATE,2023-05-01,VALID
S000035010001235000003,110105197003010031,SKILL_LEVEL,CARER,JUNIOR,2023-05-01,VALID
S000035010001235000004,110105197004010041,SKILL_LEVEL,CARER,JUNIOR,2023-05-01,VALID
S000035010001235000006,110105197006010061,SKILL_LEVEL,CARER,JUNIOR,2023-05-01,VALID
""",
}


CERTIFICATES: list[tuple[dict[str, object], int]] = [
    ({}, 1),
    ({"expires_on": "2026-11-22"}, 1),
    ({"expires_on": "2026-11-21"}, 0),
    ({"issued_on": "2026-11-22", "evaluator_code": "OPEN"}, 1),
    ({"issued_on": "2026-11-23", "evaluator_code": "OPEN"}, 0),
    ({"status": "REVOKED", "status_from": "2026-11-22"}, 0),
    ({"status": "REVOKED", "status_from": "2026-11-23"}, 1),
    ({"status": "SUSPENDED", "status_from": "2026-01-01"}, 0),
    ({"issued_on": "2020-01-01"}, 1),
    ({"issued_on": "2024-12-31"}, 1),
    ({"issued_on": "2025-01-01"}, 0),
    ({"issued_on": "2022-05-31", "evaluator_code": "GONE"}, 1),
    ({"issued_on": "2022-06-01", "evaluator_code": "GONE"}, 0),
]
"""A certificate, and whether it makes its holder a certified carer on the day; E1 is accredited from 2020 to 2024."""
EVALUATORS = [
    evaluator("E1"),
    evaluator("OPEN", accredited_to=""),
    evaluator("GONE", withdrawn_from="2022-06-01", withdrawal_reason="伪造评价记录"),
]


async def test_which_certificates_count_on_a_day(database: Database, tmp_path: Path) -> None:
    await seed(database, CLI)
    numbers = range(1, len(CERTIFICATES) + 1)
    issued = [certificate(at, at, **told) for at, (told, _) in zip(numbers, CERTIFICATES, strict=True)]
    lifted = {"status": "VALID", "status_from": "2026-06-01"}
    files = [
        ("organisations", [organisation(at) for at in numbers]),
        ("institutions", [institution(at) for at in numbers]),
        ("people", [person(at) for at in numbers]),
        ("employments", [employment(at, at) for at in numbers]),
        ("evaluation-organisations", EVALUATORS),
        ("certificates", issued),
    ]
    found = await _ratios(database, tmp_path, files)
    wanted = [counts for _, counts in CERTIFICATES]
    assert found == wanted
    # A suspension that was lifted is no more: what was stated last, by its day, holds.
    suspended = next(at for at, (told, _) in enumerate(CERTIFICATES) if told.get("status") == "SUSPENDED")
    wanted[suspended] = 1
    assert await _ratios(database, tmp_path, [("certificates", [issued[suspended] | lifted])]) == wanted


async def _ratios(database: Database, folder: Path, files: list[tuple[str, list[dict[str, object]]]]) -> list[int]:
    """The certified ratio at each institution, in the order of the certificates, once the files are in."""
    for kind, rows in files:
        path = folder / f"{kind}.csv"
        path.write_bytes(as_csv(kind, rows))
        await import_file(database, CLI, PersonalKeys.derive(b"k" * 32), kind, path, file_name=path.name, source="test")
    async with acting(database, CLI, isolation="repeatable_read", readonly=True) as work:
        snapshot = await read_snapshot(work.connection, DAY)
        rows = await work.connection.fetch("SELECT id, code FROM institution")
    policy = load_policy(shipped_documents()["cn-national"].encode())
    column = workforce_measures(policy, snapshot.roster, (DAY - date(1970, 1, 1)).days)["certified_ratio"]
    assert set(column.denominator.tolist()) == {1}
    by_id = dict(zip(snapshot.ids.tolist(), column.numerator.tolist(), strict=True))
    by_code = {row["code"]: by_id[row["id"]] for row in rows}
    return [by_code[uscc(at)] for at in range(1, len(by_code) + 1)]


async def test_who_counts_where_on_a_day(database: Database, tmp_path: Path) -> None:
    await seed(database, CLI)
    for kind, text in FILES.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        keys = PersonalKeys.derive(b"k" * 32)
        await import_file(database, CLI, keys, kind, path, file_name=path.name, source="test")
    async with acting(database, CLI, isolation="repeatable_read", readonly=True) as work:
        snapshot = await read_snapshot(work.connection, DAY)
    policy = load_policy(shipped_documents()["cn-national"].encode())
    found = workforce_measures(policy, snapshot.roster, (DAY - date(1970, 1, 1)).days)

    def measured(code: str) -> list[Fraction | None]:
        pairs = zip(found[code].numerator.tolist(), found[code].denominator.tolist(), strict=True)
        return [Fraction(top, bottom) if bottom else None for top, bottom in pairs]

    # At A: two certified of four heads, the one of double posts among them since that post is the earlier. At B that
    # person stays among three heads and adds nothing; the dispatched one counts there, not at the dispatcher's home.
    assert measured("certified_ratio") == [Fraction(2, 4), Fraction(2, 3), None]
    # A: (1 × 0.9 + 0.5 × 0.7 + 1 × 0.2) ÷ 3.5; B: (0.5 × 0.7 + 1 × 0.5) ÷ 2.5. An apprentice needs no certificate.
    assert measured("skill_configuration") == [Fraction(145, 350), Fraction(85, 250), None]
    # One left within the year, on the day before this one: of five at A.
    assert measured("carer_turnover_12m") == [Fraction(1, 5), Fraction(0), None]
