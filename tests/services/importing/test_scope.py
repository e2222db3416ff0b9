"""Who may import, and how far a regulator's region reaches."""

import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    Admin,
    Bring,
    Refuse,
    Row,
    assessment,
    award,
    certificate,
    employment,
    entry,
    entry_on_person,
    equivalence,
    evaluator,
    import_rule,
    institution,
    organisation,
    person,
    population,
    region,
    training,
    uscc,
    wage,
)

from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.errors import Forbidden, Unauthenticated

REGULATOR = Actor("key:7", Role.REGULATOR, "长春市", "220100", "CN/220000/220100")

OUTSIDE: list[tuple[str, Row, str]] = [
    ("import-rules", import_rule("PRECEDENCE", 1, source="x"), "rule"),
    ("regions", region("210103", "COUNTY", "210000"), "region_code"),
    ("organisations", organisation(5, region_code="210102"), "region_code"),
    ("organisations", organisation(2, region_code="220102"), "region_code"),
    ("institutions", institution(5, organisation_code=uscc(1), region_code="210102"), "region_code"),
    ("institutions", institution(2, region_code="220102"), "region_code"),
    ("evaluation-organisations", evaluator("E5", region_code="220000"), "region_code"),
    ("evaluation-organisations", evaluator("E1", region_code="220102"), "region_code"),
    ("people", person(3, name="李三"), "citizen_id"),
    ("employments", employment(1, 2), "institution_code"),
    ("certificates", certificate(8, 3), "citizen_id"),
    ("certificates", certificate(3, 1), "citizen_id"),
    ("training", training(3), "citizen_id"),
    ("awards", award(3), "citizen_id"),
    ("awards", award(1, level="SENIOR", region_code="220000"), "region_code"),
    ("equivalences", equivalence("TITLE_ENTRY", "JUNIOR", region_code="CN"), "region_code"),
    ("residents", {"institution_code": uscc(2), "ability_class": "DISABLED", "day_from": "2025-01-01", "headcount": 1},
     "institution_code"),
    ("assessments", assessment(2), "institution_code"),
    ("measures", {"institution_code": uscc(2), "measure_code": "BEDS", "day": "2025-01-01", "value": 1},
     "institution_code"),
    ("population", population("210102"), "region_code"),
    ("wages", wage(2, 3500, 5), "institution_code"),
    ("credit-entries", entry(7, subject_code=uscc(1), region_code="220000"), "region_code"),
    ("credit-entries", entry_on_person(3), "citizen_id"),
]  # fmt: skip


async def test_rows_outside_a_regulators_region_are_errors(full: Bring, refuse: Refuse) -> None:
    await full("employments", [employment(3, 2)])
    for kind, row, column in OUTSIDE:
        (error,) = await refuse(kind, [row], REGULATOR)
        assert (kind, error.row, error.column, error.rule) == (kind, 1, column, "scope.region")


def test_each_kind_has_a_case() -> None:
    assert {kind for kind, _, _ in OUTSIDE} == set(EVERYTHING_IN)


async def test_a_regulator_imports_what_lies_within(full: Bring) -> None:
    within = {
        "regions": [region("220103", "COUNTY", "220100")],
        "organisations": [organisation(5, region_code="220103")],
        "institutions": [institution(5, region_code="220103")],
        "people": [person(9), person(1, name="李一")],
        "employments": [employment(9, 5)],
        "certificates": [certificate(9, 9)],
        "training": [training(9)],
        "awards": [award(9)],
        "equivalences": [equivalence("TITLE_ENTRY", "JUNIOR", region_code="220102")],
        "residents": EVERYTHING_IN["residents"],
        "assessments": [assessment(5)],
        "population": [population("220102")],
        "wages": [wage(5, 3500, 5)],
        "credit-entries": [entry(2), entry_on_person(1)],
    }
    for kind, rows in within.items():
        result = await full(kind, rows, REGULATOR)
        assert result.rows == len(rows)
    assert (await full("certificates", [certificate(9, 9)], REGULATOR)).unchanged == 1


async def test_a_regulators_import_names_the_regulator(full: Bring, admin: Admin) -> None:
    result = await full("organisations", [organisation(5)], REGULATOR, request_id="r-1")
    row = await admin.fetchrow("SELECT * FROM register.change_set WHERE position = $1", result.position)
    assert row is not None
    assert (row["actor"], row["kind"], row["source"], row["request_id"]) == ("key:7", "IMPORT", "test", "r-1")


async def test_other_roles_are_forbidden_with_the_reason(full: Bring) -> None:
    reasons = {Role.INSTITUTION: "its own", Role.PROCUREMENT: "ADMIN, REGULATOR", Role.AUDITOR: "ADMIN, REGULATOR"}
    for role, reason in reasons.items():
        with pytest.raises(Forbidden, match=reason):
            await full("organisations", [organisation(5)], Actor("key:8", role, institution_code=uscc(1)))
    with pytest.raises(Unauthenticated):
        await full("organisations", [organisation(5)], ANONYMOUS)
