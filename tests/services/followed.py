"""A small rated register in which people share posts, and events that concern a known part of it."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.services.importing.conftest import (
    KEYS,
    OPERATOR,
    Row,
    as_csv,
    assessment,
    certificate,
    employment,
    equivalence,
    evaluator,
    institution,
    organisation,
    person,
    training,
    uscc,
)

from registry.db.pool import Database
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.seeding import seed

PLACES = range(1, 7)
CARERS = range(1, 6)
ELSEWHERE = {2: {"region_code": "210102"}}


def carer(at: int, number: int) -> int:
    """The number of a carer of an institution."""
    return at * 10 + number


def assessed(at: int, **changed: object) -> Row:
    return assessment(at, valid_to="2099-12-31", grade=4, service="520", operations="140", **changed)


async def bring(database: Database, kind: str, rows: Iterable[Row]) -> int | None:
    """Import rows and return the position of their change set."""
    content = io.BytesIO(as_csv(kind, rows))
    return (await import_file(database, OPERATOR, KEYS, kind, content, file_name=f"{kind}.csv", source="test")).position


async def fill(database: Database) -> None:
    """Six institutions with five carers each; the first carer of the first works full time at the third as well."""
    await seed(database, OPERATOR)
    await bring(database, "organisations", [organisation(at) for at in range(1, 8)])
    await bring(database, "institutions", [institution(at, **ELSEWHERE.get(at, {})) for at in PLACES])
    people = [carer(at, number) for at in PLACES for number in CARERS]
    await bring(database, "people", [person(number, education="NONE") for number in people])
    await bring(database, "evaluation-organisations", [evaluator("E1"), evaluator("E2")])
    posts = [employment(carer(at, number), at) for at in PLACES for number in CARERS]
    await bring(database, "employments", [*posts, employment(carer(1, 1), 3, started_on="2021-01-01")])
    held = [certificate(number, number, evaluator_code="E2" if number // 10 == 6 else "E1") for number in people]
    await bring(database, "certificates", [row for row in held if not str(row["citizen_id"]).endswith("9")])
    await bring(database, "assessments", [assessed(at) for at in PLACES])
    residents = {"ability_class": "DISABLED", "day_from": "2024-01-01", "headcount": 12}
    await bring(database, "residents", [{"institution_code": uscc(at)} | residents for at in PLACES])


async def rate(database: Database, *policies: str) -> None:
    """Add policies and make the full run that fixes weights and cuts."""
    for name in policies:
        await add_policy(database, OPERATOR, shipped_documents()[name])
    await recompute(database, OPERATOR)


@dataclass(frozen=True, slots=True)
class Event:
    """Rows of a kind; how many open institutions they concern, and how many ratings they surely change."""

    kind: str
    row: Mapping[str, object]
    rated: int
    changed: int


REVOKED = Event("certificates", certificate(carer(1, 1), carer(1, 1), status="REVOKED", status_from="2024-01-01"), 2, 1)
EVENTS = {
    "a certificate is revoked": REVOKED,
    "an employment ends": Event("employments", employment(carer(4, 2), 4, ended_on="2025-12-31"), 1, 1),
    "a person with two posts loses the first": Event(
        "employments", employment(carer(1, 1), 1, ended_on="2025-12-31"), 2, 2
    ),
    "a new assessment": Event("assessments", assessed(4, decided_on="2024-05-01", environment="60"), 1, 1),
    "other residents": Event(
        "residents",
        {"institution_code": uscc(2), "ability_class": "DISABLED", "day_from": "2025-01-01", "headcount": 30},
        1,
        1,
    ),
    "a measure": Event(
        "measures", {"institution_code": uscc(5), "measure_code": "TURNOVER", "day": "2024-01-01", "value": "5"}, 1, 0
    ),
    "an accreditation is withdrawn": Event(
        "evaluation-organisations", evaluator("E2", withdrawn_from="2020-06-01"), 1, 1
    ),
    "an equivalence in a province": Event(
        "equivalences", equivalence("BACHELOR", "SENIOR", from_ladder="EDUCATION", region_code="210000"), 1, 0
    ),
    "another education": Event("people", person(carer(5, 2), education="BACHELOR"), 1, 0),
    "an institution closes": Event("institutions", institution(3, status="CLOSED", closed_on="2025-01-01"), 1, 1),
    "an institution opens": Event("institutions", institution(7), 1, 1),
    "a training": Event("training", training(carer(1, 2)), 0, 0),
    "an organisation": Event("organisations", organisation(1, name="另一名称"), 0, 0),
}
