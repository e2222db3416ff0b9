"""After late corrections a new check of the same day says what differs from a statement, and what change set did it."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from apikit.builder import change_set
from apikit.clients import Ask, Counting, authenticate
from apikit.listed import Listed, add_entry, days_ago, write_entries
from apikit.sample import CHAIN, CMS, SINGLE, Sample
from tests.services.importing.conftest import KEYS, OPERATOR, as_csv

from registry.api import ApiContext
from registry.db.pool import Database
from registry.domain.lawdays import law_day
from registry.domain.signing import Signer
from registry.services.importing import import_file
from registry.services.transactions import ChangeKind

SIGNER = Signer.derive(b"a signing key for tests, 32 bytes")
ISSUE = """mutation($in: IssueProcurementStatementInput!) { issueProcurementStatement(input: $in) {
  ... on ProcurementStatementIssued { statement { id jws } } ... on Failure { code rule } } }"""
FETCH = "query($id: ID!) { procurementStatement(id: $id) { id jws } }"
REVIEW = """query($id: ID!) { reviewStatement(id: $id) { id lawDay statedPosition position recordedAt differs
  differences { code verdictStated verdictNow reasonsGone { code wanted found } reasonsNew { code wanted found textZh }
    facts { fact stated now }
    changes { kind action position recordedAt changeSetKind cause source aboutFrom late fields rows } } } }"""
CHECK = """query($codes: [String!]!, $at: DateTime, $known: DateTime, $c: ProcurementCriteria) {
  procurementCheck(codes: $codes, asOf: $at, knownAt: $known, criteria: $c) { lawDay position answers { verdict
    rating { stars asOf } assessedGrade { grade } reasons { code } } } }"""
ASSESSMENT = {
    "institution_code": SINGLE,
    "decided_on": "2025-05-01",
    "grade": "3",
    "environment": "72",
    "facilities": "78",
    "operations": "90",
    "service": "360",
    "valid_from": "2025-05-01",
    "valid_to": "2028-04-30",
    "assessor": "长春市民政局",
    "document_number": "长民〔2025〕1号（更正）",
}


@pytest.fixture
def context(database: Database, observed: Counting) -> ApiContext:
    return ApiContext(database, authenticate=authenticate, secret=b"s" * 32, observe=observed, signer=lambda: SIGNER)


@pytest.fixture
async def listed(database: Database, sample: Sample) -> Listed:
    return await write_entries(database, sample)


async def issued(ask: Ask, *codes: str, **given: Any) -> Any:
    payload = await ask(ISSUE, "buyer", **{"in": {"codes": list(codes), **given}})
    return payload["data"]["issueProcurementStatement"]["statement"]


async def review(ask: Ask, statement: Any, key: str = "buyer") -> Any:
    answer = await ask(REVIEW, key, id=statement["id"])
    assert "errors" not in answer, answer
    return answer["data"]["reviewStatement"]


async def bring(database: Database, kind: str, *rows: dict[str, object]) -> None:
    content = io.BytesIO(as_csv(kind, rows))
    await import_file(database, OPERATOR, KEYS, kind, content, file_name=f"{kind}.csv", source="civil affairs")


async def test_nothing_differs_until_something_is_recorded(ask: Ask, listed: Listed) -> None:
    given = await issued(ask, SINGLE, CHAIN, "FAC:NOBODY", criteria={"minStars": 4})
    found = await review(ask, given)
    assert (found["differs"], found["differences"]) == (False, [])
    assert found["position"] == found["statedPosition"]


async def test_an_import_that_corrects_history_is_named(ask: Ask, listed: Listed, database: Database) -> None:
    given = await issued(ask, SINGLE, CMS, criteria={"minAssessedGrade": 4})
    await bring(database, "assessments", ASSESSMENT)
    found = await review(ask, given)
    (difference,) = found["differences"]
    assert (difference["code"], difference["verdictStated"], difference["verdictNow"]) == (SINGLE, "MEETS", "FAILS")
    assert difference["reasonsGone"] == []
    (new,) = difference["reasonsNew"]
    assert (new["code"], new["wanted"], new["found"]) == ("GRADE_BELOW", "4", "3")
    facts = {fact["fact"]: (fact["stated"], fact["now"]) for fact in difference["facts"]}
    assert facts == {
        "assessedGrade.grade": ("4", "3"),
        "assessedGrade.documentNumber": ("长民〔2025〕1号", "长民〔2025〕1号（更正）"),
    }
    (change,) = difference["changes"]
    assert (change["kind"], change["action"], change["changeSetKind"]) == ("ASSESSMENT", "AMENDED", "IMPORT")
    assert (change["aboutFrom"], change["late"], change["rows"]) == ("2025-05-01", True, 1)
    assert change["position"] == found["position"] == found["statedPosition"] + 1
    assert change["recordedAt"] == found["recordedAt"]
    assert change["source"] == "civil affairs"
    assert {"grade", "service", "document_number"} <= set(change["fields"])
    assert not {"change_id", "ordinal"} & set(change["fields"])
    assert (await ask(FETCH, "buyer", id=given["id"]))["data"]["procurementStatement"] == given


async def test_a_check_at_bid_closing_is_reviewed_as_of_its_day(
    ask: Ask, listed: Listed, database: Database, sample: Sample
) -> None:
    """The same question with the same asOf is answered alike for ever; with knownAt, by what is known later."""
    given = await issued(ask, SINGLE, asOf=sample.recorded[-1].isoformat(), criteria={"minAssessedGrade": 4})
    assert not (await review(ask, given))["differs"]
    await bring(database, "assessments", ASSESSMENT)
    asked = {"codes": [SINGLE], "c": {"minAssessedGrade": 4}, "at": sample.recorded[-1].isoformat()}
    same = (await ask(CHECK, "buyer", **asked))["data"]["procurementCheck"]["answers"][0]
    assert (same["verdict"], same["assessedGrade"]["grade"]) == ("MEETS", 4)
    known = (await ask(CHECK, "buyer", **asked, known=datetime.now(UTC).isoformat()))["data"]["procurementCheck"]
    assert (known["answers"][0]["verdict"], known["answers"][0]["assessedGrade"]["grade"]) == ("FAILS", 3)
    found = await review(ask, given)
    assert [change["kind"] for change in found["differences"][0]["changes"] if change["late"]][-1] == "ASSESSMENT"


async def test_a_rating_of_a_later_day_is_no_correction_and_one_of_the_same_day_is(
    ask: Ask, listed: Listed, database: Database, sample: Sample
) -> None:
    given = await issued(ask, SINGLE, criteria={"minStars": 5})
    row = await database.public.fetchval("SELECT id FROM disclosure.rating WHERE institution_id = $1", _single(sample))
    today = law_day(datetime.now(UTC))
    async with change_set(database, ChangeKind.RUN, "tomorrow's run") as writer:
        await writer.amend("rating", row, stars=2, as_of=today + timedelta(days=1))
    assert not (await review(ask, given))["differs"]
    async with change_set(database, ChangeKind.RUN, "the same day again") as writer:
        await writer.amend("rating", row, stars=3, as_of=today)
    async with change_set(database, ChangeKind.RUN, "later once more") as writer:
        await writer.amend("rating", row, stars=5, as_of=today + timedelta(days=2))
    (difference,) = (await review(ask, given))["differences"]
    assert (difference["verdictNow"], difference["reasonsNew"][0]["found"]) == ("FAILS", "3")
    assert ("rating.stars", "5", "3") in {(f["fact"], f["stated"], f["now"]) for f in difference["facts"]}
    told = [(change["cause"], change["late"]) for change in difference["changes"]]
    assert told == [("tomorrow's run", False), ("the same day again", True), ("later once more", False)]


def _single(sample: Sample) -> int:
    return sample.institutions["single"]


async def test_entries_recorded_late_and_annulled_are_named_without_their_content(
    ask: Ask, listed: Listed, database: Database, sample: Sample
) -> None:
    given = await issued(ask, SINGLE, CHAIN)
    async with change_set(database, ChangeKind.DECISION, "decided before, recorded now") as writer:
        entry = {"institution_id": _single(sample)}
        await add_entry(writer, "BLACK", entry, decided_on=date(2026, 1, 5), document_number="late")
    async with change_set(database, ChangeKind.DECISION, "annulled") as writer:
        ended = {"ended_on": days_ago(0), "end_kind": "ANNULLED", "end_reason": "撤销"}
        await writer.amend("credit_entry", listed.entries["chain"], **ended)
    single, chain = (await review(ask, given))["differences"]
    assert (single["verdictNow"], [reason["code"] for reason in single["reasonsNew"]]) == ("FAILS", ["BLACK_ENTRY"])
    assert [(c["kind"], c["action"], c["cause"]) for c in single["changes"]] == [
        ("CREDIT_ENTRY", "ADDED", "decided before, recorded now")
    ]
    assert (chain["verdictNow"], [reason["code"] for reason in chain["reasonsGone"]]) == ("MEETS", ["BLACK_ENTRY"])
    assert [(c["kind"], c["action"], c["fields"], c["aboutFrom"], c["late"]) for c in chain["changes"]] == [
        ("CREDIT_ENTRY", "AMENDED", [], None, None)
    ]


async def test_people_are_told_of_as_numbers_of_rows(
    ask: Ask, listed: Listed, database: Database, sample: Sample
) -> None:
    given = await issued(ask, SINGLE)
    async with change_set(database, ChangeKind.CORRECTION, "posts and a name") as writer:
        person = await writer.add(
            "person", number_hash=b"x", number_encrypted=b"x", number_mask="110105********0031", name="李四"
        )
        worked = {"occupation": "CARER", "worked": _from(date(2024, 3, 1)), "fte_thousandths": 1000}
        await writer.add("employment", institution_id=_single(sample), person_id=person, **worked)
        await writer.amend("institution", _single(sample), name="安康颐养中心")
    answer = await ask(REVIEW, "buyer", id=given["id"])
    assert "李四" not in str(answer)
    assert "0031" not in str(answer)
    (difference,) = answer["data"]["reviewStatement"]["differences"]
    told = {change["kind"]: change for change in difference["changes"]}
    assert (told["EMPLOYMENT"]["rows"], told["EMPLOYMENT"]["aboutFrom"]) == (1, "2024-03-01")
    assert (told["EMPLOYMENT"]["fields"], told["INSTITUTION"]["fields"]) == ([], ["name"])
    assert (difference["verdictStated"], difference["verdictNow"]) == ("MEETS", "MEETS")


def _from(day: date) -> Any:
    import asyncpg

    return asyncpg.Range(day, None)


async def test_only_who_may_have_the_statement_may_review_it(ask: Ask, listed: Listed) -> None:
    given = await issued(ask, SINGLE)
    for key, seen in (("buyer", True), ("auditor", True), ("jilin", False)):
        assert (await review(ask, given, key) is not None) == seen
    assert await review(ask, {"id": "x"}) is None
    for key in (None, "home"):
        (error,) = (await ask(REVIEW, key, id=given["id"]))["errors"]
        assert error["extensions"]["rule"] == "statements.role"


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"known": "2026-01-01T00:00:00Z"}, "as-of.missing"),
        ({"at": "2026-01-01T00:00:00Z", "known": "2999-01-01T00:00:00Z"}, "as-of.future"),
    ],
)
async def test_later_knowledge_needs_a_day_and_has_an_end(ask: Ask, listed: Listed, given: Any, rule: str) -> None:
    (error,) = (await ask(CHECK, "buyer", codes=[SINGLE], **given))["errors"]
    assert error["extensions"]["rule"] == rule
