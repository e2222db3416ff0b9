"""Every rule between rows, and between rows and the register: refused, located, bilingual, nothing written."""

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
    citizen,
    employment,
    entry,
    entry_on_person,
    equivalence,
    evaluator,
    import_rule,
    institution,
    organisation,
    paid,
    person,
    population,
    region,
    training,
    uscc,
    wage,
)

from registry.domain.identifiers import mask_citizen_id
from registry.services.importing.plans import PLANS

NOBODY = uscc(77)
RESIDENTS: Row = {"institution_code": uscc(1), "ability_class": "DISABLED", "day_from": "2025-01-01", "headcount": 1}
MEASURE: Row = {"institution_code": uscc(1), "measure_code": "BEDS", "day": "2025-01-01", "value": "1"}

Case = tuple[str, list[Row], int, str, str, str]
BREACHES: list[Case] = [
    # kind, rows, row of the error, column, value, rule
    ("import-rules", [import_rule("PRECEDENCE", 1)] * 2, 2, "rule", "PRECEDENCE", "row.duplicate"),
    (
        "import-rules",
        [import_rule("REMOVAL_SHARE", 1, effective_from="2020-01-01")],
        1,
        "effective_from",
        "2020-01-01",
        "import-rule.overlap",
    ),
    ("regions", [region("230000", "PROVINCE", "CN")] * 2, 2, "region_code", "230000", "row.duplicate"),
    ("regions", [region("230100", "PREFECTURE", "230000")], 1, "parent_code", "230000", "region.parent-unknown"),
    (
        "regions",
        [region("220105", "COUNTY", "220199", valid_from="2016-01-01")],
        1,
        "parent_code",
        "220199",
        "region.parent-unknown",
    ),
    ("regions", [region("220105", "COUNTY", "220102")], 1, "parent_code", "220102", "region.parent-level"),
    ("regions", [region("220102", "COUNTY", "220100", valid_from="2020-01-01")], 1, "valid_from", "", "region.overlap"),
    ("regions", [region("220102", "COUNTY", "220100", valid_from="1990-01-01")], 1, "valid_from", "", "region.overlap"),
    (
        "regions",
        [region("230000", "PROVINCE", "CN"), region("230000", "PROVINCE", "CN", valid_from="2001-01-01")],
        2,
        "valid_from",
        "",
        "region.overlap",
    ),
    ("organisations", [organisation(5), organisation(5)], 2, "organisation_code", uscc(5), "row.duplicate"),
    ("organisations", [organisation(5, region_code="330000")], 1, "region_code", "330000", "region.unknown"),
    ("organisations", [organisation(5, region_code="220199")], 1, "region_code", "220199", "region.not-in-force"),
    ("institutions", [institution(5, organisation_code=uscc(1))] * 2, 2, "institution_code", uscc(5), "row.duplicate"),
    (
        "institutions",
        [institution(5, organisation_code=NOBODY)],
        1,
        "organisation_code",
        NOBODY,
        "organisation.unknown",
    ),
    ("institutions", [institution(1, region_code="330000")], 1, "region_code", "330000", "region.unknown"),
    ("institutions", [institution(1, region_code="220199")], 1, "region_code", "220199", "region.not-in-force"),
    ("people", [person(8), person(8)], 2, "citizen_id", mask_citizen_id(citizen(8)), "row.duplicate"),
    ("evaluation-organisations", [evaluator("E8")] * 2, 2, "evaluator_code", "E8", "row.duplicate"),
    (
        "evaluation-organisations",
        [evaluator("E8"), evaluator("E8", accredited_from="2025-01-01", accredited_to="", name="别名")],
        2,
        "evaluator_code",
        "E8",
        "evaluator.contradiction",
    ),
    (
        "evaluation-organisations",
        [evaluator("E8", organisation_code=NOBODY)],
        1,
        "organisation_code",
        NOBODY,
        "organisation.unknown",
    ),
    ("evaluation-organisations", [evaluator("E8", region_code="33")], 1, "region_code", "33", "region.code"),
    ("evaluation-organisations", [evaluator("E8", region_code="330000")], 1, "region_code", "330000", "region.unknown"),
    (
        "evaluation-organisations",
        [evaluator("E8", region_code="220199", accredited_to="")],
        1,
        "region_code",
        "220199",
        "region.not-in-force",
    ),
    (
        "evaluation-organisations",
        [evaluator("E1", accredited_from="2022-01-01")],
        1,
        "accredited_from",
        "2022-01-01",
        "accreditation.overlap",
    ),
    ("employments", [employment(3, 1)] * 2, 2, "citizen_id", mask_citizen_id(citizen(3)), "row.duplicate"),
    ("employments", [employment(9, 1)], 1, "citizen_id", mask_citizen_id(citizen(9)), "person.unknown"),
    ("employments", [employment(3, 77)], 1, "institution_code", NOBODY, "institution.unknown"),
    ("employments", [employment(3, 1, occupation="PILOT")], 1, "occupation", "PILOT", "occupation.unknown"),
    ("employments", [employment(3, 1, dispatched_by=NOBODY)], 1, "dispatched_by", NOBODY, "organisation.unknown"),
    ("employments", [employment(3, 1, dispatched_by=uscc(1))], 1, "dispatched_by", uscc(1), "employment.dispatcher"),
    (
        "employments",
        [employment(1, 1, started_on="2021-01-01")],
        1,
        "started_on",
        "2021-01-01",
        "employment.overlap",
    ),
    (
        "employments",
        [employment(1, 1, started_on="2019-01-01", ended_on="2020-01-01")],
        1,
        "started_on",
        "2019-01-01",
        "employment.overlap",
    ),
    (
        "employments",
        [employment(3, 1, ended_on="2020-06-30"), employment(3, 1, started_on="2020-06-30")],
        2,
        "started_on",
        "2020-06-30",
        "employment.overlap",
    ),
    (
        "certificates",
        [certificate(7, 1), certificate(7, 2)],
        2,
        "certificate_number",
        "S000022000001214000007",
        "row.duplicate",
    ),
    ("certificates", [certificate(7, 9)], 1, "citizen_id", mask_citizen_id(citizen(9)), "person.unknown"),
    ("certificates", [certificate(7, 1, evaluator_code="E9")], 1, "evaluator_code", "E9", "evaluator.unknown"),
    ("certificates", [certificate(7, 1, occupation="PILOT")], 1, "occupation", "PILOT", "occupation.unknown"),
    ("certificates", [certificate(7, 1, level="SENIOR")], 1, "level", "SENIOR", "certificate.level-mismatch"),
    ("training", [training(3), training(3)], 2, "citizen_id", mask_citizen_id(citizen(3)), "row.duplicate"),
    ("training", [training(9)], 1, "citizen_id", mask_citizen_id(citizen(9)), "person.unknown"),
    ("training", [training(3, occupation="PILOT")], 1, "occupation", "PILOT", "occupation.unknown"),
    ("training", [paid(1, started_on="2022-03-02")], 1, "subsidy_amount", "1200", "subsidy.second"),
    ("training", [paid(3), paid(3, started_on="2022-03-02")], 2, "subsidy_amount", "1200", "subsidy.second"),
    ("training", [training(3, ended_on="")], 1, "ended_on", "", "training.end"),
    ("training", [paid(3, subsidy_paid_on="")], 1, "subsidy_paid_on", "", "row.needs"),
    ("awards", [award(3), award(3)], 2, "citizen_id", mask_citizen_id(citizen(3)), "row.duplicate"),
    ("awards", [award(9)], 1, "citizen_id", mask_citizen_id(citizen(9)), "person.unknown"),
    ("awards", [award(3, region_code="330000")], 1, "region_code", "330000", "region.unknown"),
    ("awards", [award(3, certificate_number="ABCD")], 1, "certificate_number", "ABCD", "certificate.unknown"),
    (
        "awards",
        [award(2, certificate_number="S000022000001214000001")],
        1,
        "certificate_number",
        "S000022000001214000001",
        "award.certificate",
    ),
    ("awards", [award(1, document_number="另一文")], 1, "document_number", "另一文", "award.second"),
    ("awards", [award(3), award(3, document_number="另一文")], 2, "document_number", "另一文", "award.second"),
    ("population", [population("220000", day_from="2030-01-01")] * 2, 2, "region_code", "220000", "row.duplicate"),
    ("population", [population("330000")], 1, "region_code", "330000", "region.unknown"),
    ("wages", [wage(1, 9000, 2)] * 2, 2, "institution_code", uscc(1), "row.duplicate"),
    ("wages", [wage(9, 3500, 2)], 1, "institution_code", uscc(9), "institution.unknown"),
    ("wages", [wage(1, 9000, 2, occupation="ASTROLOGER")], 1, "occupation", "ASTROLOGER", "occupation.unknown"),
    ("credit-entries", [entry(1)] * 2, 2, "document_number", "长民列〔2026〕1号", "row.duplicate"),
    ("credit-entries", [entry(9)], 1, "subject_code", uscc(9), "institution.unknown"),
    ("credit-entries", [entry(9, subject_kind="ORGANISATION")], 1, "subject_code", uscc(9), "organisation.unknown"),
    ("credit-entries", [entry_on_person(9)], 1, "citizen_id", mask_citizen_id(citizen(9)), "person.unknown"),
    ("credit-entries", [entry(1, region_code="330000")], 1, "region_code", "330000", "region.unknown"),
    ("credit-entries", [entry(1, decided_on="2199-01-01")], 1, "decided_on", "2199-01-01", "credit-entry.future"),
    ("credit-entries", [entry(1, decided_on="2019-12-31")], 1, "list_code", "CN-BLACK", "credit-entry.list"),
    ("credit-entries", [entry(1, ground_code="DEDICATION")], 1, "ground_code", "DEDICATION", "credit-entry.ground"),
    ("credit-entries", [entry(1, repair_class="WATCH")], 1, "repair_class", "WATCH", "credit-entry.class"),
    ("credit-entries", [entry(1, last_day="2029-05-12")], 1, "last_day", "2029-05-12", "credit-entry.term"),
    (
        "credit-entries",
        [
            entry(1, origin="ADOPTED", region_code="210000", reference="1号"),
            entry(1, document_number="1号", decided_on="2026-05-12"),
        ],
        1,
        "decided_on",
        "2026-05-11",
        "credit-entry.adopted",
    ),
    ("credit-entries", [entry(1, citizen_id=citizen(1))], 1, "subject_kind", "INSTITUTION", "credit-entry.subject"),
    ("equivalences", [equivalence("TITLE_ENTRY", "JUNIOR")] * 2, 2, "region_code", "220000", "row.duplicate"),
    (
        "equivalences",
        [equivalence("TITLE_ENTRY", "JUNIOR", region_code="330000")],
        1,
        "region_code",
        "330000",
        "region.unknown",
    ),
    (
        "equivalences",
        [equivalence("TITLE_ASSISTANT", "SENIOR", effective_from="2025-01-01")],
        1,
        "effective_from",
        "2025-01-01",
        "equivalence.overlap",
    ),
    ("equivalences", [equivalence("BACHELOR", "SENIOR")], 1, "from_rung", "BACHELOR", "equivalence.rung"),
    (
        "equivalences",
        [equivalence("TITLE_ENTRY", "TITLE_SENIOR", to_ladder="TITLE")],
        1,
        "to_ladder",
        "TITLE",
        "equivalence.ladders",
    ),
    ("residents", [RESIDENTS, RESIDENTS], 2, "institution_code", uscc(1), "row.duplicate"),
    ("residents", [{**RESIDENTS, "institution_code": NOBODY}], 1, "institution_code", NOBODY, "institution.unknown"),
    ("assessments", [assessment(1), assessment(1)], 2, "institution_code", uscc(1), "row.duplicate"),
    ("assessments", [assessment(77)], 1, "institution_code", NOBODY, "institution.unknown"),
    ("assessments", [assessment(1, environment="120.5")], 1, "environment", "120.5", "number.range"),
    ("measures", [MEASURE, MEASURE], 2, "institution_code", uscc(1), "row.duplicate"),
    ("measures", [{**MEASURE, "institution_code": NOBODY}], 1, "institution_code", NOBODY, "institution.unknown"),
]


STATE = "SELECT (SELECT position FROM register.register_head), (SELECT max(id) FROM register.import_batch)"


@pytest.mark.parametrize("kind", EVERYTHING_IN)
async def test_a_breach_is_located_and_nothing_is_written(full: Bring, refuse: Refuse, admin: Admin, kind: str) -> None:
    before = await admin.fetchrow(STATE)
    for rows, row, column, value, rule in [case[1:] for case in BREACHES if case[0] == kind]:
        (error,) = await refuse(kind, rows)
        assert (error.file, error.row, error.column, error.rule) == (f"{kind}.csv", row, column, rule)
        assert error.value == (value or rows[row - 1].get("valid_from", ""))
        assert error.reason.zh != error.reason.en
        assert "None" not in str(error.reason)
        assert await admin.fetchrow(STATE) == before


def test_each_rule_has_a_case() -> None:
    """What no file breaks without a case decided here is in test_credit_entries."""
    tested = {(case[0], case[5]) for case in BREACHES} | {("credit-entries", "credit-entry.local")}
    assert {(kind, check.rule) for kind, plan in PLANS.items() for check in plan.checks} <= tested


async def test_duplicates_name_the_first_row(full: Bring, refuse: Refuse) -> None:
    rows = [organisation(6), organisation(5), organisation(5), organisation(5)]
    errors = await refuse("organisations", rows)
    assert [error.row for error in errors] == [3, 4]
    assert all("row 2" in error.reason.en and "第 2 行" in error.reason.zh for error in errors)


async def test_an_overlap_within_the_file_names_the_other_row(full: Bring, refuse: Refuse) -> None:
    rows = [employment(3, 1), employment(3, 1, started_on="2021-01-01", ended_on="2021-02-01"),
            employment(3, 1, started_on="2022-01-01")]  # fmt: skip
    errors = await refuse("employments", rows)
    assert [(error.row, error.rule) for error in errors] == [(2, "employment.overlap"), (3, "employment.overlap")]
    assert "row 1" in errors[0].reason.en


async def test_errors_of_reading_and_of_checking_come_together_in_order(full: Bring, refuse: Refuse) -> None:
    rows = [
        organisation(5, region_code="330000"),
        organisation(6, status="OPEN"),
        organisation(7, region_code="330000"),
    ]
    errors = await refuse("organisations", rows)
    assert [(error.row, error.rule) for error in errors] == [
        (1, "region.unknown"),
        (2, "choice.unknown"),
        (3, "region.unknown"),
    ]


async def test_all_errors_are_counted_and_the_first_are_told(full: Bring, refuse: Refuse) -> None:
    rows = [organisation(number, region_code="330000") for number in range(10, 60)]
    assert len(await refuse("organisations", rows, error_limit=5)) == 5
    with pytest.raises(Exception, match="50 errors") as refused:
        await full("organisations", rows, error_limit=5)
    assert "50 处错误" in refused.value.message.zh  # type: ignore[attr-defined]


async def test_closed_subjects_keep_a_region_code_that_is_no_longer_in_force(full: Bring) -> None:
    await full("organisations", [organisation(5, region_code="220199", status="CLOSED")])
    await full("institutions", [institution(5, region_code="220199", status="CLOSED", closed_on="2014-01-01")])


async def test_an_ended_region_tells_its_last_day(full: Bring, refuse: Refuse) -> None:
    (error,) = await refuse("organisations", [organisation(5, region_code="220199")])
    assert "2015-12-31" in error.reason.en


async def test_a_missing_province_is_told_once_not_for_all_below(full: Bring, refuse: Refuse) -> None:
    rows = [region("230100", "PREFECTURE", "230000"), region("230102", "COUNTY", "230100")]
    assert [error.row for error in await refuse("regions", rows)] == [1]


async def test_regions_in_a_circle_are_refused(full: Bring, refuse: Refuse) -> None:
    rows = [region("230100", "PREFECTURE", "230102"), region("230102", "COUNTY", "230100")]
    assert "region.parent-level" in {error.rule for error in await refuse("regions", rows)}


async def test_a_parent_that_ends_before_its_children_is_refused(full: Bring, refuse: Refuse) -> None:
    await full(
        "regions",
        [region("230000", "PROVINCE", "CN"), region("230100", "PREFECTURE", "230000", valid_from="2005-01-01")],
    )
    rows = [
        region("230000", "PROVINCE", "CN", valid_to="2004-12-31"),
        region("230101", "COUNTY", "230100", valid_from="2005-01-01"),
    ]
    assert [error.rule for error in await refuse("regions", rows)] == ["region.parent-unknown"]


async def test_every_kind_is_refused_for_a_wrong_header(full: Bring, refuse: Refuse) -> None:
    for kind in EVERYTHING_IN:
        errors = await refuse(kind, b"what,is,this\n1,2,3\n")
        assert {error.row for error in errors} == {0}


async def test_a_measure_that_would_be_rounded_is_refused(full: Bring, refuse: Refuse) -> None:
    for value in ("1.1234567", "1000000000000"):
        (error,) = await refuse("measures", [{**MEASURE, "value": value}])
        assert (error.row, error.column, error.value) == (1, "value", value)
        assert error.rule in {"number.places", "number.range"}
