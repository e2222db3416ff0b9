"""What everybody is told of a statement: whether it is the register's, what it says, and nothing of any person."""

import base64
import hashlib
import json
from typing import Any

import pytest
from apikit.builder import change_set
from apikit.clients import Ask, Counting, authenticate
from apikit.listed import Listed, write_entries
from apikit.sample import CHAIN, CMS, SINGLE, Sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.api import ApiContext, PublicClient
from registry.db.pool import Connection, Database
from registry.domain.attestation import ENGLISH, RULES, StatementFault
from registry.domain.signing import Signer
from registry.services.attestation import attest_text
from registry.services.statements import KIND
from registry.services.transactions import ChangeKind

SIGNER = Signer.derive(b"a signing key for tests, 32 bytes")
ISSUE = """mutation($in: IssueProcurementStatementInput!) { issueProcurementStatement(input: $in) {
  ... on ProcurementStatementIssued { statement { id jws } } ... on Failure { code rule } } }"""
VERIFY = """query($jws: String, $sha256: String) { verifyStatement(jws: $jws, sha256: $sha256) {
  holds sha256 algorithm keyId keyUsedSince recordedEvent faults { code textZh textEn }
  says { id issuedAt askerRole asOf lawDay position recordedAt showsAllEntries reachedEvent reachedHash
    criteria { minStars minAssessedGrade minValidityDays minCertifiedRatio regions noBlackEntry noWatchEntry
      countDisputed operating }
    answers { code verdict name stars score policy certifiedRatio grade gradeValidTo
      reasons { code verdict textZh textEn wanted found groundCode } } } } }"""


@pytest.fixture
def context(database: Database, observed: Counting) -> ApiContext:
    return ApiContext(database, authenticate=authenticate, secret=b"s" * 32, observe=observed, signer=lambda: SIGNER)


@pytest.fixture
async def listed(database: Database, sample: Sample) -> Listed:
    return await write_entries(database, sample)


@pytest.fixture
async def jws(ask: Ask, listed: Listed) -> str:
    """A statement on three codes."""
    given = {"codes": [SINGLE, CHAIN, "FAC:NOBODY"], "criteria": {"minStars": 5, "minCertifiedRatio": "0.5"}}
    payload = (await ask(ISSUE, "buyer", **{"in": given}))["data"]["issueProcurementStatement"]
    text: str = payload["statement"]["jws"]
    return text


def content_of(jws: str) -> Any:
    body = jws.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


async def verified(ask: Ask, **given: str) -> Any:
    answer = await ask(VERIFY, **given)
    assert "errors" not in answer, answer
    return answer["data"]["verifyStatement"]


def faults(found: Any) -> list[str]:
    assert found["holds"] == (not found["faults"])
    return [fault["code"] for fault in found["faults"]]


async def test_everybody_learns_what_a_statement_says_and_that_it_holds(ask: Ask, jws: str) -> None:
    found, said = await verified(ask, jws=f" {jws}\n"), content_of(jws)
    assert (found["holds"], found["faults"], found["algorithm"]) == (True, [], "EdDSA")
    assert (found["keyId"], found["sha256"]) == (SIGNER.key_id, hashlib.sha256(jws.encode()).hexdigest())
    assert found["recordedEvent"] == said["auditChain"]["sequence"] + 1
    says, check = found["says"], said["check"]
    assert (says["id"], says["position"], says["askerRole"]) == (said["id"], check["position"], "PROCUREMENT")
    assert (says["reachedEvent"], says["reachedHash"]) == (said["auditChain"]["sequence"], said["auditChain"]["hash"])
    assert (says["lawDay"], says["recordedAt"], says["asOf"]) == (check["lawDay"], check["recordedAt"], None)
    assert says["criteria"] == check["criteria"]
    for told, stated in zip(says["answers"], check["answers"], strict=True):
        assert (told["code"], told["verdict"]) == (stated["code"], stated["verdict"])
        kept = ("code", "verdict", "textZh", "textEn", "wanted", "found", "groundCode")
        assert told["reasons"] == [{name: reason[name] for name in kept} for reason in stated["reasons"]]
    single, chain, nobody = says["answers"]
    assert (single["name"], single["stars"], single["policy"], single["grade"]) == ("安康颐养院", 5, "national@1", 4)
    assert (single["score"], single["certifiedRatio"], single["gradeValidTo"]) == ("95.55", "0.875", "2028-04-30")
    assert (chain["name"], chain["stars"], nobody["name"], nobody["policy"]) == ("夕阳红集团", None, None, None)


async def test_the_digest_on_paper_finds_the_same(ask: Ask, jws: str) -> None:
    digest = hashlib.sha256(jws.encode()).hexdigest()
    assert await verified(ask, sha256=digest.upper()) == await verified(ask, jws=jws)
    for unknown in ("0" * 64, "", "x" * 64, f"{digest}00", "安"):
        found = await verified(ask, sha256=unknown)
        assert (faults(found), found["says"], found["keyId"]) == (["UNKNOWN_DIGEST"], None, None)


async def test_who_asked_is_told_by_role_alone(ask: Ask, jws: str) -> None:
    """The name of a key, and of whom an issuer names, may be a person's."""
    assert content_of(jws)["asker"]["name"] == "buyer"
    text = json.dumps(await verified(ask, jws=jws))
    assert "buyer" not in text
    assert "key:4" not in text


async def test_the_site_asks_in_process(context: ApiContext, jws: str, ask: Ask) -> None:
    answer = await PublicClient(context)(VERIFY, {"jws": jws, "sha256": None})
    assert answer["errors"] == []
    assert answer["data"]["verifyStatement"] == await verified(ask, jws=jws)


async def test_corrections_and_ends_afterwards_change_nothing(
    ask: Ask, jws: str, database: Database, sample: Sample, listed: Listed
) -> None:
    before = await verified(ask, jws=jws)
    async with change_set(database, ChangeKind.CORRECTION, "it lies elsewhere") as writer:
        await writer.amend("institution", sample.institutions["single"], region_code="US-AL", name="改名")
        await writer.amend("credit_entry", listed.entries["chain"], disputed=True)
    assert await verified(ask, jws=jws) == before


@pytest.mark.parametrize("given", [{}, {"jws": "x", "sha256": "0" * 64}])
async def test_one_of_text_and_digest_is_asked_for(ask: Ask, jws: str, given: dict[str, str]) -> None:
    (error,) = (await ask(VERIFY, **given))["errors"]
    assert error["extensions"]["rule"] == "statement.one-of-two"


def resigned(jws: str, signer: Signer = SIGNER, **more: Any) -> str:
    return signer.sign(KIND, {**content_of(jws), **more})


async def test_each_fault_is_named(ask: Ask, jws: str, database: Database, admin: Connection) -> None:
    header, body, signature = jws.split(".")
    turned = base64.urlsafe_b64encode(json.dumps(content_of(jws)).encode()).rstrip(b"=").decode()
    reached = content_of(jws)["auditChain"]
    cases = {
        "MALFORMED": f"{header}.{body}",
        "UNKNOWN_KEY": resigned(jws, Signer.derive(b"another key of somebody, 32 bytes")),
        "WRONG_SIGNATURE": f"{header}.{turned}.{signature}",
        "UNRECORDED": resigned(jws, asker={"identity": "x", "role": "ADMIN", "name": "x"}),
    }
    for fault, text in cases.items():
        found = await verified(ask, jws=text)
        assert faults(found) == [fault], fault
        assert (found["says"] is None) == (fault != "UNRECORDED")
    assert faults(await verified(ask, jws=SIGNER.sign("registry-checkpoint+jws", reached))) == ["MALFORMED"]
    other = resigned(jws, auditChain={**reached, "hash": "00" * 32})
    assert faults(await verified(ask, jws=other)) == ["CHAIN_DIFFERS", "UNRECORDED"]
    beyond = resigned(jws, auditChain={**reached, "sequence": 10**6})
    assert faults(await verified(ask, jws=beyond)) == ["CHAIN_SHORTER", "UNRECORDED"]
    await admin.execute("DELETE FROM register.audit_event WHERE action = 'issueProcurementStatement'")
    assert faults(await verified(ask, jws=jws)) == ["UNRECORDED"]


def test_each_fault_has_words_and_a_rule() -> None:
    assert set(ENGLISH) == set(RULES) == set(StatementFault)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_any_other_byte_anywhere_is_found(jws: str, database: Database, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(jws) - 1))
    character = data.draw(
        st.characters(max_codepoint=0x10FF).filter(lambda one: one != jws[place] and not one.isspace())
    )
    found = await attest_text(database, jws[:place] + character + jws[place + 1 :])
    assert found.faults
    assert found.content is None


async def test_nothing_of_it_is_left(ask: Ask, jws: str, database: Database, admin: Connection) -> None:
    async def state() -> tuple[int, int]:
        events = await admin.fetchval("SELECT count(*) FROM register.audit_event")
        return events, await admin.fetchval("SELECT count(*) FROM register.procurement_statement")

    before = await state()
    strange = resigned(jws, asker={"identity": "x", "role": "ADMIN", "name": "x"})
    await verified(ask, jws=strange)
    assert await state() == before
    found = await verified(ask, sha256=hashlib.sha256(strange.encode()).hexdigest())
    assert faults(found) == ["UNKNOWN_DIGEST"]


async def test_codes_that_cannot_be_stored_do_no_harm(ask: Ask, listed: Listed) -> None:
    payload = await ask(ISSUE, "buyer", **{"in": {"codes": [CMS, "a’b\u2028{x}"]}})
    text = payload["data"]["issueProcurementStatement"]["statement"]["jws"]
    assert (await verified(ask, jws=text))["holds"]
