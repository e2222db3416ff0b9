"""Cases through the API: each step, each refusal as a member, retries, the race for a decision, who may do what."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from tests.api.cases.conftest import ON_CASES, Client
from tests.services.credit.conftest import SetDay
from tests.services.importing.conftest import uscc

from registry.api.schema import build_schema
from registry.db.pool import Connection
from registry.domain.lawdays import add_months

TODAY = date(2026, 6, 10)
DOCUMENT = {"number": "长民〔2026〕1号", "dated": "2026-06-01", "sha256": "0" * 64}
PAPER = {"reason": "依法办理", "documents": [DOCUMENT]}
OPENING = {
    **PAPER,
    "listCode": "CN-BLACK",
    "groundCode": "FRAUD",
    "subjectKind": "ORGANISATION",
    "subject": uscc(1),
    "intake": "SUPERVISION",
}
NOTICE = {"way": "DIRECT", "servedOn": str(TODAY), "proof": "送达回证"}
LISTING = {
    "documentNumber": "长民罚〔2026〕1号",
    "authority": "长春市南关区民政局",
    "repairClass": "GENERAL",
    "legalBasis": "民发〔2019〕103号",
    "remedy": "六十日内可申请行政复议",
    "evidence": "检查笔录",
}


@pytest.fixture(autouse=True)
async def _today(set_day: SetDay) -> None:
    await set_day(TODAY)


def at(taken: dict[str, Any]) -> dict[str, Any]:
    assert taken["__typename"] == "CaseStepTaken", taken
    return {**PAPER, "case": taken["caseId"], "expectedStep": taken["step"]}


def on(taken: dict[str, Any], step: int = 0) -> dict[str, Any]:
    number = taken["step"] if taken["__typename"] == "EntryStepTaken" else step
    return {**PAPER, "entry": taken["entryId"], "expectedStep": number}


async def to_notice(client: Client) -> dict[str, Any]:
    taken = await client.do("openCase", "county1", **OPENING)
    return await client.do("serveNotice", "county1", **at(taken), **NOTICE)


async def to_review(client: Client) -> dict[str, Any]:
    taken = await to_notice(client)
    taken = await client.do("recordDefence", "county1", **at(taken))
    return await client.do("reviewCase", "county2", **at(taken), recommendation="LIST")


async def to_consent(client: Client) -> dict[str, Any]:
    return await client.do("consentToCase", "city", **at(await to_review(client)), given=True)


async def to_listing(client: Client) -> dict[str, Any]:
    return await client.do("decideCase", "county3", **at(await to_consent(client)), listing=LISTING)


async def to_publication(client: Client) -> dict[str, Any]:
    return await client.do("publishEntry", "county4", **on(await to_listing(client)))


CASE = """query($id: ID!) { creditCase(id: $id) { id state step respondBy listCode groundCode subjectKind
  regionCode intake openedOn subject { __typename ... on Organisation { code } }
  steps { number kind state day actor actorRegionCode reason documents serviceWay servedOn proof recommendation }
  entry { id documentNumber } entrySteps { number kind day actor } } }"""


async def test_a_case_is_told_with_its_steps_and_its_entry(client: Client) -> None:
    published = await to_publication(client)
    [listed] = (await client.ask("{ cases { nodes { id } } }", "auditor"))["data"]["cases"]["nodes"]
    case = (await client.ask(CASE, "county2", id=listed["id"]))["data"]["creditCase"]
    assert (case["state"], case["step"], case["respondBy"]) == ("LISTED", 6, None)
    assert case["subject"] == {"__typename": "Organisation", "code": uscc(1)}
    kinds = ["OPENED", "NOTICE_SERVED", "DEFENCE_RECORDED", "REVIEWED", "CONSENT_GIVEN", "LISTED"]
    assert [step["kind"] for step in case["steps"]] == kinds
    assert [step["number"] for step in case["steps"]] == list(range(1, 7))
    assert [step["actor"] for step in case["steps"]] == ["key:1", "key:1", "key:1", "key:2", "key:5", "key:3"]
    assert case["steps"][0]["documents"] == [DOCUMENT]
    assert (case["steps"][1]["serviceWay"], case["steps"][1]["servedOn"]) == ("DIRECT", str(TODAY))
    assert case["entry"] == {"id": published["entryId"], "documentNumber": LISTING["documentNumber"]}
    assert case["entrySteps"] == [{"number": 1, "kind": "PUBLISHED", "day": str(TODAY), "actor": "key:4"}]


STEP = "query($i: ID!) { node(id: $i) { ... on CreditEntry { documentNumber step } } }"


async def test_who_may_take_a_step_on_an_entry_is_told_its_newest(client: Client) -> None:
    published = await to_publication(client)

    async def told(key: str | None) -> Any:
        answer = await client.ask(STEP, key, i=published["entryId"])
        assert "errors" not in answer, answer
        return answer["data"]["node"]["step"]

    for key in ("county1", "city", "home", "auditor", "admin"):
        assert await told(key) == 1, key
    for key in (None, "buyer", "other", "elsewhere"):
        assert await told(key) is None, key
    objected = await client.do(
        "raiseObjection", "home", **PAPER, entry=published["entryId"], expectedStep=await told("home")
    )
    assert objected["step"] == await told("county1") == 2


async def test_the_payload_has_the_case_as_it_stands(client: Client) -> None:
    text = """mutation($in: OpenCaseInput!) { openCase(input: $in) { ... on CaseStepTaken { caseId step
      creditCase { id state step steps { kind } entry { id } } } } }"""
    taken = (await client.ask(text, "county1", **{"in": OPENING}))["data"]["openCase"]
    told = {"id": taken["caseId"], "state": "OPEN", "step": 1, "steps": [{"kind": "OPENED"}], "entry": None}
    assert taken["creditCase"] == told


async def test_an_institution_answers_in_its_own_case_from_the_notice_on(client: Client) -> None:
    async def case(key: str) -> Any:
        text = """query($id: ID!) { creditCase(id: $id) { state step respondBy intake intakeReference
          subject { __typename } steps { kind actor proof } } }"""
        answer = await client.ask(text, key, id=opened["caseId"])
        assert "errors" not in answer, answer
        return answer["data"]["creditCase"]

    opened = await client.do("openCase", "county1", **OPENING, intakeReference="举报7")
    assert await case("home") is None
    assert (await client.do("recordDefence", "home", **at(opened)))["rule"] == "case.unknown"
    served = await client.do("serveNotice", "county1", **at(opened), **NOTICE)
    told = await case("home")
    assert (told["state"], told["step"], told["respondBy"]) == ("NOTIFIED", 2, served["respondBy"])
    assert (told["intake"], told["intakeReference"], told["subject"]) == (None, None, {"__typename": "Organisation"})
    assert told["steps"] == [{"kind": "NOTICE_SERVED", "actor": None, "proof": NOTICE["proof"]}]
    assert await case("other") is None
    assert (await client.do("recordDefence", "other", **at(served)))["rule"] == "case.unknown"
    assert (await client.do("reviewCase", "home", **at(served), recommendation="DISMISS"))["rule"] == "access.role"
    racing = [client.do("recordDefence", "home", **at(served)) for _ in range(8)]
    answers = await asyncio.gather(*racing)
    assert Counter(taken["__typename"] for taken in answers) == {"CaseStepTaken": 1, "ConflictFailure": 7}
    [defended] = [taken for taken in answers if taken["__typename"] == "CaseStepTaken"]
    await client.do("reviewCase", "county2", **at(defended), recommendation="LIST")
    told = await case("home")
    assert (told["state"], told["step"]) == ("REVIEWED", 4)
    assert [step["kind"] for step in told["steps"]] == ["NOTICE_SERVED", "DEFENCE_RECORDED"]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"states": ["OPEN"]}, 1),
        ({"states": ["NOTIFIED", "LISTED"]}, 0),
        ({"region": "220000"}, 1),
        ({"region": "370000"}, 0),
        ({"subject": uscc(1)}, 1),
        ({"subject": uscc(2)}, 0),
        ({"lists": ["CN-BLACK"]}, 1),
        ({"lists": ["CN-WATCH"]}, 0),
        ({"states": ["OPEN"], "lists": ["CN-WATCH"]}, 0),
    ],
)
async def test_cases_are_filtered(client: Client, wanted: dict[str, Any], count: int) -> None:
    await client.do("openCase", "county1", **OPENING)
    text = "query($f: CreditCaseFilter) { cases(filter: $f) { totalCount nodes { id } } }"
    found = (await client.ask(text, "county1", f=wanted))["data"]["cases"]
    assert (found["totalCount"], len(found["nodes"])) == (count, count)


async def test_cases_are_seen_by_their_authority_and_those_above(client: Client) -> None:
    taken = await client.do("openCase", "county1", **OPENING)
    for key, seen in (("county1", 1), ("city", 1), ("auditor", 1), ("admin", 1), ("elsewhere", 0)):
        found = (await client.ask("{ cases { totalCount } }", key))["data"]["cases"]
        assert found["totalCount"] == seen, key
        case = (await client.ask("query($i: ID!) { creditCase(id: $i) { id } }", key, i=taken["caseId"]))["data"]
        assert (case["creditCase"] is not None) == bool(seen), key
    every, one = "{ cases { totalCount } }", '{ creditCase(id: "1") { id } }'
    for unseen, text in ((None, every), (None, one), ("buyer", every), ("buyer", one), ("home", every)):
        assert (await client.ask(text, unseen))["errors"][0]["extensions"]["rule"] == "cases.role"
    assert (await client.ask('{ creditCase(id: "x") { id } }', "county1"))["data"] == {"creditCase": None}


async def test_an_objection_is_raised_by_the_institution_and_resolved(client: Client) -> None:
    taken = await client.do("raiseObjection", "home", **on(await to_publication(client)))
    corrected = {"outcome": "CORRECTED", "documentNumber": "异1", "repairClass": "MINOR"}
    taken = await client.do("resolveObjection", "county2", **on(taken), **corrected)
    assert (taken["__typename"], taken["step"]) == ("EntryStepTaken", 3)
    taken = await client.do("raiseObjection", "home", **on(taken))
    taken = await client.do("resolveObjection", "county2", **on(taken), outcome="REJECTED")
    taken = await client.do("raiseObjection", "home", **on(taken))
    taken = await client.do("resolveObjection", "county2", **on(taken), outcome="ANNULLED", documentNumber="异2")
    assert taken["step"] == 7
    assert (await client.do("withdrawEntry", "county2", **on(taken), documentNumber="x"))["rule"] == "entry.ended"


async def test_repair_ends_an_entry(client: Client, set_day: SetDay) -> None:
    published = await to_publication(client)
    application = APPLICATION
    early = await client.do("applyForRepair", "home", **on(published), **application)
    assert (early["__typename"], early["rule"]) == ("InputFailure", "repair.too-early")
    await set_day(add_months(TODAY, 4))
    assert (await client.do("applyForRepair", "home", **on(published), dutiesDone=False, promisePublic=True))[
        "rule"
    ] == "repair.unmet"
    taken = await client.do("applyForRepair", "home", **on(published), **application)
    taken = await client.do("decideRepair", "county2", **on(taken), granted=False)
    taken = await client.do("applyForRepair", "home", **on(taken), **application)
    text = """mutation($in: DecideRepairInput!) { decideRepair(input: $in) { ... on EntryStepTaken {
      step entry { inForce endKind endedOn } } } }"""
    given = {**on(taken), "granted": True, "documentNumber": "修1"}
    ended = (await client.ask(text, "county2", **{"in": given}))["data"]["decideRepair"]
    assert (ended["step"], ended["entry"]["inForce"], ended["entry"]["endKind"]) == (5, False, "REPAIRED")


async def test_an_entry_is_withdrawn(client: Client) -> None:
    taken = await client.do("withdrawEntry", "county2", **on(await to_publication(client)), documentNumber="撤1")
    assert (taken["__typename"], taken["step"]) == ("EntryStepTaken", 2)


async def test_a_case_is_dismissed(client: Client) -> None:
    taken = await client.do("openCase", "county1", **OPENING)
    taken = await client.do("decideCase", "county2", **at(taken), dismissal={})
    assert (taken["state"], taken["entryId"]) == ("DISMISSED", None)


async def test_refusals_are_members_with_rule_and_place(client: Client) -> None:
    async def refused(mutation: str, key: str, /, **given: Any) -> tuple[str, str, list[str]]:
        told = await client.do(mutation, key, **given)
        assert told["messageZh"] != told["messageEn"]
        return told["__typename"], told["rule"], told["path"]

    for field, value, refusal in (
        ("subject", uscc(9), ("InputFailure", "subject.unknown", ["input", "subject"])),
        ("subject", uscc(2), ("ForbiddenFailure", "case.region", ["input", "subject"])),
        ("reason", " ", ("InputFailure", "step.text", ["input", "reason"])),
        ("reason", "a\0", ("InputFailure", "text.control-character", ["input", "reason"])),
        (
            "documents",
            [DOCUMENT | {"number": "a\0"}],
            ("InputFailure", "text.control-character", ["input", "documents", "0", "number"]),
        ),
        ("documents", [DOCUMENT | {"sha256": "X"}], ("InputFailure", "document.digest", ["input", "documents"])),
        ("documents", [DOCUMENT] * 51, ("InputFailure", "document.too-many", ["input", "documents"])),
    ):
        assert await refused("openCase", "county1", **{**OPENING, field: value}) == refusal
    for field, value, rule in (("listCode", "XX", "case.list"), ("groundCode", "XX", "case.ground")):
        assert (await refused("openCase", "county1", **{**OPENING, field: value}))[1] == rule
    opened = await client.do("openCase", "county1", **{**OPENING, "listCode": "CN-BLACK-MARKET"})
    early = {"recommendation": "LIST"}
    assert (await refused("reviewCase", "county2", **at(opened), **early))[1] == "case.transition"
    late = NOTICE | {"servedOn": "2026-06-11"}
    assert (await refused("serveNotice", "county1", **at(opened), **late))[1] == "notice.served"
    noted = await client.do("serveNotice", "county1", **at(opened), **NOTICE)
    assert noted["respondBy"] > str(TODAY)
    moved = ("ConflictFailure", "case.moved", ["input", "expectedStep"])
    assert await refused("serveNotice", "county1", **at(opened), **NOTICE) == moved
    assert (await refused("reviewCase", "county2", **at(noted), **early))[1] == "case.window"
    heard = await client.do("recordDefence", "county1", **at(noted))
    assert await refused("reviewCase", "county1", **at(heard), **early) == ("ForbiddenFailure", "case.opener", [])
    reviewed = await client.do("reviewCase", "county2", **at(heard), **early)
    assert (await refused("consentToCase", "county3", **at(reviewed), given=True))[1] == "case.higher"
    assert (await refused("decideCase", "county3", **at(reviewed), listing=LISTING))[1] == "case.consent"
    for both in ({}, {"listing": LISTING, "dismissal": {}}):
        assert (await refused("decideCase", "county3", **at(reviewed), **both))[1] == "case.decision"
    for unknown in ("999999", "x", "9" * 30):
        given = {**at(reviewed), "case": unknown}
        assert await refused("recordDefence", "county1", **given) == (
            "NotFoundFailure",
            "case.unknown",
            ["input", "case"],
        )
        assert (await refused("publishEntry", "county1", **PAPER, entry=unknown, expectedStep=0))[1] == "entry.unknown"


async def test_a_retry_gets_the_same_answer_and_acts_no_second_time(client: Client) -> None:
    first, again = [await client.do("openCase", "county1", **OPENING, idempotencyKey="once") for _ in range(2)]
    assert (first, first["__typename"]) == (again, "CaseStepTaken")
    other = await client.do("openCase", "county1", **{**OPENING, "reason": "x"}, idempotencyKey="once")
    assert (other["__typename"], other["rule"]) == ("ConflictFailure", "idempotency.other-input")
    step = {**at(first), **NOTICE, "idempotencyKey": "notice"}
    first, again = [await client.do("serveNotice", "county1", **step) for _ in range(2)]
    assert (first, first["step"]) == (again, 2)


async def test_of_a_hundred_decisions_one_wins(client: Client) -> None:
    given = at(await to_consent(client))
    deciding = [
        client.do(
            "decideCase",
            f"county{2 + number % 3}",
            **given,
            **({"listing": LISTING} if number % 2 else {"dismissal": {}}),
        )
        for number in range(100)
    ]
    outcomes = Counter([taken["__typename"] for taken in await asyncio.gather(*deciding)])
    assert outcomes == {"CaseStepTaken": 1, "ConflictFailure": 99}


REGION, OWN = {"county", "city"}, {"county", "city", "home"}
MAY = {
    "openCase": {"county", "city"},
    "serveNotice": REGION,
    "recordDefence": OWN,
    "reviewCase": REGION,
    "consentToCase": {"city"},
    "decideCase": REGION,
    "publishEntry": REGION,
    "withdrawEntry": REGION,
    "raiseObjection": OWN,
    "resolveObjection": REGION,
    "applyForRepair": OWN,
    "decideRepair": REGION,
}
"""Who may do each; county4 and city take no part before."""
NOT_OF_CASES = {
    *("createApiKey", "revokeApiKey", "addRatingPolicy", "recomputeRatings"),
    *("flagViolation", "resolveFlag", "unmaskPerson", "fileComplaint", "revealComplainant", "adoptEntry"),
    *("issueProcurementStatement", "importRows", "revokeCertificates", "withdrawAccreditation"),
    *("createWebhook", "pauseWebhook", "resumeWebhook", "rotateWebhookSecret", "removeWebhook"),
}


def test_who_may_do_each_mutation_is_settled() -> None:
    mutations = build_schema()._schema.mutation_type
    assert mutations is not None
    assert set(MAY) | NOT_OF_CASES == set(mutations.fields)


APPLICATION = {"dutiesDone": True, "promisePublic": True}


async def to_defence(client: Client) -> dict[str, Any]:
    return await client.do("recordDefence", "county1", **at(await to_notice(client)))


async def to_opening(client: Client) -> dict[str, Any]:
    return await client.do("openCase", "county1", **OPENING)


async def to_objection(client: Client) -> dict[str, Any]:
    return await client.do("raiseObjection", "home", **on(await to_publication(client)))


async def to_application(client: Client) -> dict[str, Any]:
    return await client.do("applyForRepair", "home", **on(await to_publication(client)), **APPLICATION)


BEFORE: dict[str, tuple[Callable[[Client], Awaitable[dict[str, Any]]] | None, dict[str, Any]]] = {
    "openCase": (None, OPENING),
    "serveNotice": (to_opening, NOTICE),
    "recordDefence": (to_notice, {}),
    "reviewCase": (to_defence, {"recommendation": "LIST"}),
    "consentToCase": (to_review, {"given": True}),
    "decideCase": (to_review, {"dismissal": {}}),
    "publishEntry": (to_listing, {}),
    "withdrawEntry": (to_publication, {"documentNumber": "x"}),
    "raiseObjection": (to_publication, {}),
    "resolveObjection": (to_objection, {"outcome": "REJECTED"}),
    "applyForRepair": (to_publication, APPLICATION),
    "decideRepair": (to_application, {"granted": False}),
}
"""What comes before each, and what it is given, so that only the role can stand in its way."""


async def _ready(client: Client, mutation: str) -> dict[str, Any]:
    before, given = BEFORE[mutation]
    if before is None:
        return given
    taken = await before(client)
    return {**(at(taken) if mutation in ON_CASES else on(taken)), **given}


@pytest.mark.parametrize("mutation", MAY)
async def test_others_may_not(client: Client, mutation: str, admin: Connection) -> None:
    await admin.execute("UPDATE register.credit_term SET least_months = 0 WHERE repair_class = 'GENERAL'")
    given = await _ready(client, mutation)
    for key in (None, "buyer", "auditor", "admin", "other", "elsewhere", "home"):
        if key not in MAY[mutation]:
            told = await client.do(mutation, key, **given)
            assert told["__typename"] in {"ForbiddenFailure", "NotFoundFailure"}, (key, told)
            assert told["__typename"] == "ForbiddenFailure" or key in {"other", "elsewhere"}, (key, told)
    if "county" not in MAY[mutation]:
        assert (await client.do(mutation, "county4", **given))["__typename"] == "ForbiddenFailure"
    for key in ("home", "county4", "city"):
        if key.rstrip("4") in MAY[mutation]:
            told = await client.do(mutation, key, **given)
            assert told["__typename"] in {"CaseStepTaken", "EntryStepTaken"}, (key, told)
            break
