"""A small register to import into, and a short way to do it."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import asyncpg
import pytest
from tests.conftest import copy_database

from registry.db.embedded import EmbeddedServer
from registry.db.pool import Addresses, Database, open_database
from registry.db.pool import Connection as Admin
from registry.domain.actors import Actor, operator
from registry.domain.errors import RowError, RowsRejected
from registry.domain.identifiers import citizen_check_character, uscc_check_character
from registry.domain.personal import PersonalKeys
from registry.services.importing import ImportResult, import_file
from registry.services.rules import put_shipped_rules
from registry.services.transactions import acting
from registry.transfer import get_kind

Row = Mapping[str, object]
Bring = Callable[..., Awaitable[ImportResult]]
Refuse = Callable[..., Awaitable[tuple[RowError, ...]]]

ONE_OCCUPATION = "INSERT INTO register.occupation VALUES ('CARER', '养老护理员', 'Carer', '2002-01-01', NULL, 'test')"
OPERATOR = operator("tester")
KEYS = PersonalKeys.derive(b"a secret of thirty-two bytes ....")


def as_csv(kind: str, rows: Iterable[Row]) -> bytes:
    """The rows as a file of the kind; columns that are not given are empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, get_kind(kind).names)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def uscc(number: int) -> str:
    """A valid social credit code."""
    body = f"52220102{number:09d}"
    return body + uscc_check_character(body)


def citizen(number: int) -> str:
    """A valid citizen number."""
    body = f"220102{19500101 + 10000 * (number // 1000 % 50)}{number % 1000:03d}"
    return body + citizen_check_character(body)


def region(code: str, level: str, parent: str = "", **changed: object) -> Row:
    return {
        "region_code": code,
        "name": f"地区{code}",
        "level": level,
        "parent_code": parent,
        "valid_from": "2000-01-01",
    } | changed


def organisation(number: int, **changed: object) -> Row:
    return {
        "organisation_code": uscc(number), "name": f"幸福养老服务中心{number}", "legal_form": "PRIVATE_NON_ENTERPRISE",
        "region_code": "220102", "status": "ACTIVE", "registered_on": "2010-05-01",
    } | changed  # fmt: skip


def institution(number: int, **changed: object) -> Row:
    return {
        "institution_code": uscc(number), "organisation_code": uscc(number), "name": f"长春市长者乐园{number}号",
        "kind": "CARE_HOME", "region_code": "220102", "status": "ACTIVE", "beds": 40 + number,
        "opened_on": "2010-06-01",
    } | changed  # fmt: skip


def person(number: int, **changed: object) -> Row:
    return {"citizen_id": citizen(number), "name": f"王{number}", "education": "COLLEGE"} | changed


def employment(number: int, at: int, **changed: object) -> Row:
    return {
        "citizen_id": citizen(number), "institution_code": uscc(at), "occupation": "CARER",
        "started_on": "2020-01-01", "fte": "1",
    } | changed  # fmt: skip


def evaluator(code: str, **changed: object) -> Row:
    return {
        "evaluator_code": code, "name": f"评价中心{code}", "evaluator_type": "SOCIAL", "region_code": "220000",
        "accredited_from": "2020-01-01", "accredited_to": "2024-12-31",
    } | changed  # fmt: skip


def certificate(number: int, holder: int, **changed: object) -> Row:
    return {
        "certificate_number": f"S000022000001214{number:06d}", "citizen_id": citizen(holder), "kind": "SKILL_LEVEL",
        "occupation": "CARER", "level": "INTERMEDIATE", "evaluator_code": "E1", "issued_on": "2021-03-01",
        "status": "VALID",
    } | changed  # fmt: skip


def assessment(at: int, **changed: object) -> Row:
    return {
        "institution_code": uscc(at), "decided_on": "2023-05-01", "grade": 3, "environment": "90.5",
        "facilities": "100", "operations": "120", "service": "400", "valid_from": "2023-05-01",
        "valid_to": "2026-04-30", "assessor": "市民政局",
    } | changed  # fmt: skip


def training(number: int, **changed: object) -> Row:
    return {
        "citizen_id": citizen(number), "occupation": "CARER", "programme": "养老护理员（初级）培训", "level": "JUNIOR",
        "provider": "长春市康养职业培训学校", "started_on": "2022-03-01", "ended_on": "2022-03-20", "hours": "80",
        "result": "PASSED",
    } | changed  # fmt: skip


def paid(number: int, **changed: object) -> Row:
    payment = {"subsidy_amount": "1200", "subsidy_paid_on": "2022-05-01", "document_number": "长人社〔2022〕7号"}
    return training(number) | payment | changed


def award(number: int, **changed: object) -> Row:
    return {
        "citizen_id": citizen(number), "level": "INTERMEDIATE", "document_number": "长民发〔2022〕9号",
        "amount": "2000", "awarded_on": "2022-06-01", "authority": "长春市民政局", "region_code": "220100",
    } | changed  # fmt: skip


def equivalence(from_rung: str, to_rung: str, **changed: object) -> Row:
    return {
        "region_code": "220000", "from_ladder": "TITLE", "from_rung": from_rung, "to_ladder": "SKILL",
        "to_rung": to_rung, "effective_from": "2021-01-01", "legal_basis": "测试",
    } | changed  # fmt: skip


def population(code: str, **changed: object) -> Row:
    return {
        "region_code": code, "day_from": "2023-12-31", "aged_60": 1000, "aged_65": 700, "aged_80": 120,
    } | changed  # fmt: skip


def wage(at: int, from_yuan: int, people: int, **changed: object) -> Row:
    return {
        "institution_code": uscc(at), "occupation": "CARER", "surveyed_on": "2024-09-30", "from_yuan": from_yuan,
        "below_yuan": from_yuan + 1000, "people": people,
    } | changed  # fmt: skip


def entry(at: int, **changed: object) -> Row:
    return {
        "document_number": f"长民列〔2026〕{at}号", "list_code": "CN-BLACK", "subject_kind": "INSTITUTION",
        "subject_code": uscc(at), "origin": "IMPORTED", "decided_on": "2026-05-11", "ground_code": "FALSE_CLAIMS",
        "repair_class": "SERIOUS", "evidence": "现场检查记录", "legal_basis": "民发〔2019〕103号",
        "remedy": "六十日内申请行政复议", "authority": "长春市民政局", "region_code": "220100",
        "reference": "长民函1号",
    } | changed  # fmt: skip


def entry_on_person(number: int, **changed: object) -> Row:
    named = {"subject_kind": "PERSON", "subject_code": "", "citizen_id": citizen(number)}
    return entry(number, document_number=f"长民列〔2026〕人{number}号") | named | changed


REGIONS = [
    region("CN", "NATION"),
    region("220000", "PROVINCE", "CN"),
    region("220100", "PREFECTURE", "220000"),
    region("220102", "COUNTY", "220100"),
    region("210000", "PROVINCE", "CN"),
    region("210102", "COUNTY", "210000"),
    region("220199", "COUNTY", "220100", valid_to="2015-12-31"),
]


async def put_rules(database: Database) -> None:
    """The shipped rules of credit lists."""
    async with acting(database, OPERATOR) as work:
        await put_shipped_rules(work)


@pytest.fixture
def bring(database: Database) -> Bring:
    """Import rows of a kind as a file."""

    async def bring(kind: str, rows: Iterable[Row] | bytes, actor: Actor = OPERATOR, **options: Any) -> ImportResult:
        content = rows if isinstance(rows, bytes) else as_csv(kind, rows)
        settings = {"file_name": f"{kind}.csv", "source": "test"} | options
        return await import_file(database, actor, KEYS, kind, io.BytesIO(content), **settings)

    return bring


@pytest.fixture
def refuse(bring: Bring) -> Refuse:
    """Import rows that must be refused, and return the errors."""

    async def refuse(
        kind: str, rows: Iterable[Row] | bytes, actor: Actor = OPERATOR, **options: Any
    ) -> tuple[RowError, ...]:
        with pytest.raises(RowsRejected) as refused:
            await bring(kind, rows, actor, **options)
        return refused.value.errors

    return refuse


@pytest.fixture
async def register(bring: Bring, admin: Admin, database: Database) -> Bring:
    """Regions, occupations, two organisations with an institution each, three people, one evaluation organisation."""
    await admin.execute(ONE_OCCUPATION)
    await put_rules(database)
    await bring("regions", REGIONS)
    await bring("organisations", [organisation(1), organisation(2, region_code="210102")])
    await bring("institutions", [institution(1), institution(2, region_code="210102")])
    await bring("people", [person(1), person(2), person(3)])
    await bring("evaluation-organisations", [evaluator("E1")])
    return bring


def import_rule(rule: str, value: object, **changed: object) -> Row:
    return {"rule": rule, "value": value, "effective_from": "2000-01-01", "legal_basis": "test"} | changed


EVERYTHING_IN: dict[str, list[Row]] = {
    "import-rules": [
        import_rule("REMOVAL_SHARE", "0.1"),
        import_rule("REMOVAL_SHARE_OF_ONE", "0.5"),
        import_rule("REMOVAL_LEAST", "3"),
    ],
    "regions": REGIONS,
    "organisations": [organisation(1), organisation(2, region_code="210102")],
    "institutions": [institution(1), institution(2, region_code="210102")],
    "people": [person(1), person(2), person(3)],
    "evaluation-organisations": [
        evaluator("E1"),
        evaluator("E1", accredited_from="2025-01-01", accredited_to=""),
        evaluator("E2", organisation_code=uscc(1)),
    ],
    "employments": [
        employment(1, 1),
        employment(2, 1, ended_on="2020-12-31", fte="0.5", dispatched_by=uscc(2)),
        employment(2, 1, started_on="2021-01-01", appointed_level="APPRENTICE", position_title="护理组长"),
    ],
    "certificates": [
        certificate(1, 1),
        certificate(2, 2, status="SUSPENDED", status_from="2022-02-01"),
        certificate(3, 3, status="REVOKED", status_from="2023-02-01", expires_on="2026-03-01"),
    ],
    "training": [
        paid(1),
        training(2, provider_code=uscc(2), hours="12.5"),
        training(3, ended_on="", result="UNDER_WAY", level="", programme="失智照护"),
    ],
    "awards": [award(1, certificate_number=certificate(1, 1)["certificate_number"]), award(2, level="JUNIOR")],
    "equivalences": [
        equivalence("TITLE_ASSISTANT", "SENIOR", effective_to="2023-12-31"),
        equivalence("TITLE_ASSISTANT", "TECHNICIAN", effective_from="2024-01-01"),
        equivalence("SENIOR", "COLLEGE", from_ladder="SKILL", to_ladder="EDUCATION"),
    ],
    "residents": [
        {"institution_code": uscc(1), "ability_class": "DISABLED", "day_from": "2024-01-01", "headcount": 12},
        {"institution_code": uscc(1), "ability_class": "DISABLED", "day_from": "2024-06-01", "headcount": 15},
    ],
    "assessments": [assessment(1), assessment(2, decided_on="2020-04-01", document_number="民评〔2020〕1号")],
    "measures": [
        {"institution_code": uscc(1), "measure_code": "TURNOVER", "day": "2024-01-01", "value": "51.234567"},
        {"institution_code": uscc(2), "measure_code": "TURNOVER", "day": "2024-01-01", "flag": "FOOTNOTE_12"},
    ],
    "population": [population("220000"), population("210102", aged_65="", aged_80="")],
    "wages": [wage(1, 3500, 2), wage(1, 4500, 1, below_yuan=""), wage(2, 3500, 5, level="JUNIOR")],
    "credit-entries": [
        entry(1),
        entry(1, subject_kind="ORGANISATION", origin="COURT", ground_code="COURT_DEFAULTER", last_day="2027-05-11"),
        entry_on_person(2, list_code="CN-RED", ground_code="DEDICATION", repair_class="HONOUR", remedy=""),
    ],
}
"""Good rows of every kind, in an order in which they can be imported."""


_FILLED: dict[str, str] = {}


async def _fill(server: EmbeddedServer, template: str, name: str) -> str:
    await copy_database(server, template, name)
    owner = await asyncpg.connect(server.dsn("registry_admin", name))
    await owner.execute(ONE_OCCUPATION)
    await owner.close()
    async with open_database(
        Addresses(*(server.dsn(f"registry_{role}", name) for role in ("staff", "public", "admin")))
    ) as database:
        await put_rules(database)
        for kind, rows in EVERYTHING_IN.items():
            content = io.BytesIO(as_csv(kind, rows))
            await import_file(database, OPERATOR, KEYS, kind, content, file_name=f"{kind}.csv", source="test")
    return name


@pytest.fixture
def template(request: pytest.FixtureRequest, server: EmbeddedServer, template: str) -> str:
    """The database to copy for a test: with rows of every kind for those that ask for `full`, else empty."""
    if "full" not in request.fixturenames:
        return template
    if template not in _FILLED:
        _FILLED[template] = asyncio.run(_fill(server, template, f"{template}_full"))
    return _FILLED[template]


@pytest.fixture
def full(bring: Bring) -> Bring:
    """The small register with rows of every kind."""
    return bring
