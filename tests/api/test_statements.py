"""Procurement statements: the check as it was answered, signed, kept, told to who asked, and never changed."""

import asyncio
import json
from typing import Any

import jwt
import pytest
from apikit.builder import change_set
from apikit.clients import Ask, Counting, authenticate
from apikit.listed import Listed, write_entries
from apikit.sample import CHAIN, CMS, SINGLE, Sample

from registry.api import ApiContext
from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.domain.signing import Signer
from registry.services.attestation import attest_text
from registry.services.checkpoints import published_keys
from registry.services.transactions import ChangeKind

SIGNER = Signer.derive(b"a signing key for tests, 32 bytes")
ISSUE = """mutation($in: IssueProcurementStatementInput!) { issueProcurementStatement(input: $in) {
  __typename ... on ProcurementStatementIssued { statement { id issuedAt position jws } }
  ... on Failure { code rule path } } }"""
FETCH = "query($id: ID!) { procurementStatement(id: $id) { id issuedAt position jws } }"
CLI = operator("cli")


@pytest.fixture
def context(database: Database, observed: Counting) -> ApiContext:
    return ApiContext(database, authenticate=authenticate, secret=b"s" * 32, observe=observed, signer=lambda: SIGNER)


@pytest.fixture
async def listed(database: Database, sample: Sample) -> Listed:
    return await write_entries(database, sample)


async def issued(ask: Ask, key: str | None = "buyer", **given: Any) -> Any:
    answer = await ask(ISSUE, key, **{"in": given})
    assert "errors" not in answer, answer
    return answer["data"]["issueProcurementStatement"]


async def statement(ask: Ask, *codes: str, key: str = "buyer", **given: Any) -> Any:
    payload = await issued(ask, key, codes=list(codes), **given)
    assert payload["__typename"] == "ProcurementStatementIssued", payload
    return payload["statement"]


async def read(database: Database, jws: str) -> Any:
    """What an integrator reads with a JOSE library that is not ours and the published keys alone."""
    keys = {key["kid"]: jwt.PyJWK(dict(key)) for key in await published_keys(database, CLI)}
    kid = jwt.get_unverified_header(jws)["kid"]
    return json.loads(jwt.PyJWS().decode(jws, keys[kid], algorithms=["EdDSA"]))


async def test_a_statement_is_the_check_as_it_was_answered(ask: Ask, listed: Listed, database: Database) -> None:
    given = await statement(ask, SINGLE, CHAIN, criteria={"minStars": 4, "minCertifiedRatio": "0.5"})
    said = await read(database, given["jws"])
    assert (said["id"], said["check"]["position"]) == (given["id"], given["position"])
    assert [(a["code"], a["verdict"]) for a in said["check"]["answers"]] == [(SINGLE, "MEETS"), (CHAIN, "FAILS")]
    assert said["asked"]["codes"] == [SINGLE, CHAIN]
    assert said["check"]["criteria"]["minStars"] == 4
    assert said["asker"] == {"identity": "key:4", "role": "PROCUREMENT", "name": "buyer"}
    assert said["auditChain"]["position"] == given["position"]
    assert (await attest_text(database, given["jws"])).content == said


async def test_correcting_the_register_afterwards_changes_no_statement(
    ask: Ask, listed: Listed, database: Database, sample: Sample
) -> None:
    given = await statement(ask, SINGLE, criteria={"regions": ["220000"]})
    async with change_set(database, ChangeKind.CORRECTION, "it lies elsewhere") as writer:
        await writer.amend("institution", sample.institutions["single"], region_code="US-AL")
    assert (await ask(FETCH, "buyer", id=given["id"]))["data"]["procurementStatement"] == given
    said = await read(database, given["jws"])
    assert said["check"]["answers"][0]["verdict"] == "MEETS"
    now = await statement(ask, SINGLE, criteria={"regions": ["220000"]})
    assert (await read(database, now["jws"]))["check"]["answers"][0]["verdict"] == "FAILS"


async def test_a_statement_at_bid_closing_tells_of_what_has_ended_since(
    ask: Ask, listed: Listed, database: Database
) -> None:
    given = await statement(ask, CMS, asOf=listed.recorded[-2].isoformat())
    (answer,) = (await read(database, given["jws"]))["check"]["answers"]
    assert answer["verdict"] == "FAILS"
    assert [(reason["endedSince"], reason["groundCode"]) for reason in answer["reasons"]] == [(True, "FALSE_CLAIMS")]


async def test_who_asked_and_auditors_fetch_it_again_and_nobody_else(ask: Ask, listed: Listed) -> None:
    given = await statement(ask, SINGLE)
    for key, seen in (("buyer", True), ("auditor", True), ("admin", True), ("jilin", False)):
        found = (await ask(FETCH, key, id=given["id"]))["data"]["procurementStatement"]
        assert found == (given if seen else None), key
    for key in (None, "home"):
        (error,) = (await ask(FETCH, key, id=given["id"]))["errors"]
        assert error["extensions"]["rule"] == "statements.role"
    assert (await ask(FETCH, "buyer", id="x"))["data"]["procurementStatement"] is None


@pytest.mark.parametrize("key", [None, "home"])
async def test_who_may_not_ask_is_refused(ask: Ask, listed: Listed, key: str | None) -> None:
    assert (await issued(ask, key, codes=[SINGLE]))["code"] in {"FORBIDDEN", "UNAUTHENTICATED"}


async def test_what_cannot_be_checked_is_not_signed(ask: Ask, listed: Listed, admin: Connection) -> None:
    payload = await issued(ask, codes=[])
    assert (payload["__typename"], payload["rule"]) == ("InputFailure", "procurement.codes")
    assert await admin.fetchval("SELECT count(*) FROM register.procurement_statement") == 0


async def test_a_retry_gets_the_same_statement(ask: Ask, listed: Listed, admin: Connection) -> None:
    both = await asyncio.gather(*(statement(ask, SINGLE, idempotencyKey="one") for _ in range(2)))
    assert both[0] == both[1]
    assert await admin.fetchval("SELECT count(*) FROM register.procurement_statement") == 1
    assert (await issued(ask, codes=[CHAIN], idempotencyKey="one"))["rule"] == "idempotency.other-input"


async def test_issuing_is_an_event_with_the_digest_of_the_text(ask: Ask, listed: Listed, admin: Connection) -> None:
    given = await statement(ask, SINGLE)
    payload = await admin.fetchval("SELECT payload FROM register.audit_event ORDER BY sequence DESC LIMIT 1")
    event = json.loads(payload)
    assert (event["action"], event["subject"]) == ("issueProcurementStatement", f"statement:{given['id']}")
    digest = await admin.fetchval("SELECT encode(sha256, 'hex') FROM register.procurement_statement")
    assert event["after"] == digest


async def test_nobody_changes_what_was_issued(ask: Ask, listed: Listed, database: Database) -> None:
    await statement(ask, SINGLE)
    for act in ("UPDATE register.procurement_statement SET asker = 'x'", "DELETE FROM register.procurement_statement"):
        with pytest.raises(Exception, match="permission denied"):
            await database.staff.execute(act)
