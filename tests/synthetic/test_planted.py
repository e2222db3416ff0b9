"""The irregularities are where the list says, and nowhere else."""

import pytest
from tests.synthetic.conftest import Register, is_valid

from registry.synthetic import DEFAULT_AS_OF


def test_double_posts_are_where_the_list_says(register: Register) -> None:
    for finding in register.findings("DOUBLE_FULL_TIME_POST"):
        earlier, later = (register.tables["employments"][row - 1] for row in finding["rows"])
        assert [earlier["institution_code"], later["institution_code"]] == finding["institution_codes"]
        assert earlier["citizen_id"] == later["citizen_id"]
        assert earlier["fte"] == later["fte"] == 1
        assert earlier["ended_on"] is later["ended_on"] is None
        assert earlier["started_on"] < later["started_on"] < DEFAULT_AS_OF
        assert finding["citizen_id"] == earlier["citizen_id"][:6] + "********" + earlier["citizen_id"][14:]


@pytest.mark.parametrize(
    "kind", ["EXPIRED_CERTIFICATE_ON_POST", "REVOKED_CERTIFICATE_ON_POST", "ISSUED_AFTER_WITHDRAWAL"]
)
def test_bad_certificates_are_where_the_list_says(register: Register, kind: str) -> None:
    withdrawn = {
        row["evaluator_code"]: row["withdrawn_from"]
        for row in register.tables["evaluation-organisations"]
        if row["withdrawn_from"]
    }
    for finding in register.findings(kind):
        certificate = register.tables["certificates"][finding["rows"][0] - 1]
        assert [certificate["certificate_number"]] == finding["certificate_numbers"]
        assert register.held[certificate["citizen_id"]] == [certificate]
        holders = {row["citizen_id"] for row in register.on_post(finding["institution_codes"][0])}
        assert certificate["citizen_id"] in holders
        if kind == "ISSUED_AFTER_WITHDRAWAL":
            assert certificate["issued_on"] >= withdrawn[certificate["evaluator_code"]]
        else:
            assert not is_valid(certificate, DEFAULT_AS_OF)


def test_no_other_certificate_was_issued_after_a_withdrawal(register: Register) -> None:
    planted = {
        number for finding in register.findings("ISSUED_AFTER_WITHDRAWAL") for number in finding["certificate_numbers"]
    }
    withdrawn = {row["evaluator_code"]: row["withdrawn_from"] for row in register.tables["evaluation-organisations"]}
    late = {
        row["certificate_number"]
        for row in register.tables["certificates"]
        if row["evaluator_code"]
        and withdrawn[row["evaluator_code"]]
        and row["issued_on"] >= withdrawn[row["evaluator_code"]]
    }
    assert late == planted


def test_ratios_jump_where_the_list_says(register: Register) -> None:
    for finding in register.findings("CERTIFIED_RATIO_JUMP"):
        batch = [register.tables["certificates"][row - 1] for row in finding["rows"]]
        assert len({(row["issued_on"], row["evaluator_code"]) for row in batch}) == 1
        assert len(batch) >= 4
        holders = {row["citizen_id"] for row in batch}
        carers = {row["citizen_id"] for row in register.on_post(finding["institution_codes"][0])}
        assert holders <= carers
        assert len(holders) / len(carers) >= 0.7


def test_social_workers_are_short_where_the_list_says_and_nowhere_else(register: Register) -> None:
    short = {finding["institution_codes"][0] for finding in register.findings("SOCIAL_WORKERS_SHORT")}
    employed = {row["institution_code"] for row in register.current if row["occupation"] == "SOCIAL_WORKER"}
    large = {code for code, row in register.institutions.items() if row["beds"] >= 150 and row["status"] == "ACTIVE"}
    assert large - employed == short


def test_listed_persons_are_on_post_where_the_list_says_and_nowhere_else(register: Register) -> None:
    findings = register.findings("LISTED_PERSON_EMPLOYED")
    planted = {register.tables["credit-entries"][finding["rows"][0] - 1]["citizen_id"] for finding in findings}
    listed = {row["citizen_id"] for row in register.tables["credit-entries"] if row["list_code"] == "CN-BLACK"} - {None}
    employed = {(row["citizen_id"], row["institution_code"]) for row in register.current}
    assert planted == listed
    assert {code for citizen, code in employed if citizen in listed} == {
        code for finding in findings for code in finding["institution_codes"]
    }
