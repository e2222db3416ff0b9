"""Complaints: taken from anybody within limits, told to their authority alone, sealed, kept for a term."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.api.cases.conftest import Client, _authenticate
from tests.services.importing.conftest import KEYS, OPERATOR, uscc

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Connection, Database
from registry.domain.addresses import counted_address
from registry.domain.identifiers import CitizenId
from registry.domain.lawdays import add_months
from registry.domain.personal import PersonalKeys
from registry.services.key_rotation import rotate_data_key
from registry.services.retention import Kept, prune
from registry.services.verifying import verify

ACCOUNT = "护理员在夜间捆绑老人，家属多次反映无果"
NAME, CONTACT = "赵举报", "13800001111"
COMPLAINT = {"institution": uscc(1), "account": ACCOUNT, "complainant": {"name": NAME, "contact": CONTACT}}
FILE = """mutation($in: FileComplaintInput!) { fileComplaint(input: $in) { __typename
  ... on ComplaintFiled { receipt } ... on Failure { code rule path messageZh messageEn } } }"""
REVEAL = """mutation($in: RevealComplainantInput!) { revealComplainant(input: $in) { __typename
  ... on ComplainantRevealed { name contact } ... on Failure { code rule } } }"""
RECEIPT = "query($r: String!) { complaintReceipt(receipt: $r) { receipt state receivedOn resolvedOn } }"
LISTED = """query($f: ComplaintFilter) { complaints(filter: $f) { nodes { id receipt state institutionCode regionCode
  account anonymous reason flagId caseId } } }"""
RESOLVE = """mutation($in: ResolveFlagInput!) { resolveFlag(input: $in) { __typename
  ... on FlagAnswer { state caseId } ... on Failure { rule } } }"""

From = Callable[[str], Client]


@pytest.fixture
async def coming_from(database: Database) -> AsyncIterator[From]:
    """Clients of other addresses, each of an application of its own, as other workers are."""
    async with AsyncExitStack() as stack:
        opened: list[httpx.AsyncClient] = []

        def connect(address: str) -> Client:
            context = ApiContext(database, authenticate=_authenticate, secret=b"s" * 32, personal_keys=lambda: KEYS)
            transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)), client=(address, 1))
            opened.append(httpx.AsyncClient(transport=transport, base_url="http://register"))
            stack.push_async_callback(opened[-1].aclose)
            return Client(opened[-1])

        yield connect


async def complain(client: Client, key: str | None = None, **changed: Any) -> dict[str, Any]:
    answer = await client.ask(FILE, key, **{"in": {**COMPLAINT, **changed}})
    assert "errors" not in answer, answer
    return dict(answer["data"]["fileComplaint"])


async def listed(client: Client, key: str, **wanted: Any) -> list[dict[str, Any]]:
    return list((await client.ask(LISTED, key, f=wanted))["data"]["complaints"]["nodes"])


async def reveal(client: Client, key: str | None, complaint: str, reason: str = "核实情况") -> dict[str, Any]:
    answer = await client.ask(REVEAL, key, **{"in": {"complaint": complaint, "reason": reason}})
    assert "errors" not in answer, answer
    return dict(answer["data"]["revealComplainant"])


async def state(client: Client, receipt: str) -> str | None:
    told = (await client.ask(RECEIPT, r=receipt))["data"]["complaintReceipt"]
    return None if told is None else str(told["state"])


async def test_a_complaint_is_received_and_raises_a_flag_of_its_region(client: Client) -> None:
    receipt = (await complain(client))["receipt"]
    assert await state(client, f" {receipt.lower()} ") == "RECEIVED"
    assert await state(client, "UNKNOWN") is None
    [seen] = await listed(client, "county1")
    assert (seen["receipt"], seen["account"], seen["anonymous"]) == (receipt, ACCOUNT, False)
    assert (seen["institutionCode"], seen["regionCode"], seen["caseId"]) == (uscc(1), "220102", None)
    text = "{ flags { nodes { id rule severity state evidence } } }"
    [flag] = (await client.ask(text, "county1"))["data"]["flags"]["nodes"]
    told = {"rule": "COMPLAINT_RECEIVED", "severity": "NOTICE", "state": "OPEN", "evidence": {"complaint": receipt}}
    assert flag == {"id": seen["flagId"], **told}


@pytest.mark.parametrize("key", [None, "buyer", "home", "other", "county1", "elsewhere", "auditor", "admin"])
async def test_everybody_may_complain(client: Client, key: str | None) -> None:
    assert (await complain(client, key))["__typename"] == "ComplaintFiled"


async def test_the_authority_and_those_above_see_it_and_nobody_else(client: Client) -> None:
    await complain(client)
    for key, seen in (("county1", 1), ("city", 1), ("auditor", 1), ("admin", 1), ("elsewhere", 0)):
        assert len(await listed(client, key)) == seen, key
    for key in (None, "buyer", "home", "other"):
        answer = await client.ask(LISTED, key)
        assert answer["errors"][0]["extensions"]["rule"] == "complaints.role"
    assert len(await listed(client, "admin", states=["RECEIVED"], institution=uscc(1))) == 1
    assert not await listed(client, "admin", states=["DISMISSED", "LED_TO_CASE"])
    assert not await listed(client, "admin", institution=uscc(2))


async def test_who_complained_is_told_to_the_authority_for_a_reason_that_is_kept(
    client: Client, admin: Connection
) -> None:
    await complain(client)
    [seen] = await listed(client, "county1")
    assert await reveal(client, "county1", seen["id"]) == {
        "__typename": "ComplainantRevealed",
        "name": NAME,
        "contact": CONTACT,
    }
    for key in (None, "buyer", "home", "auditor", "admin"):
        assert (await reveal(client, key, seen["id"]))["__typename"] == "ForbiddenFailure", key
    assert (await reveal(client, "elsewhere", seen["id"]))["rule"] == "complaint.unknown"
    assert (await reveal(client, "county1", "x"))["rule"] == "complaint.unknown"
    assert (await reveal(client, "county1", seen["id"], " "))["rule"] == "step.text"
    told = await admin.fetch("SELECT payload FROM register.audit_event WHERE payload LIKE '%revealComplainant%'")
    assert len(told) == 1
    assert json.loads(told[0]["payload"])["details"] == {"reason": "核实情况"}
    assert json.loads(told[0]["payload"])["actor"] == "key:1"


async def test_an_anonymous_one_names_nobody(client: Client) -> None:
    await complain(client, complainant=None)
    [seen] = await listed(client, "county1")
    assert seen["anonymous"]
    assert (await reveal(client, "county1", seen["id"]))["name"] is None


async def test_the_complainant_stands_nowhere_in_plain(client: Client, admin: Connection) -> None:
    await complain(client, idempotencyKey="once")
    tables = await admin.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'register'"
    )
    for table in tables:
        for text in (NAME, CONTACT):
            found = await admin.fetchval(
                f"SELECT count(*) FROM {table['name']} AS t WHERE t::text LIKE $1", f"%{text}%"
            )
            assert found == 0, table["name"]


async def test_the_public_role_reaches_the_state_alone(client: Client, database: Database) -> None:
    receipt = (await complain(client))["receipt"]
    async with database.public.acquire() as connection:
        for table in ("complaint", "complaint_limit", "flag"):
            with pytest.raises(Exception, match="permission denied"):
                await connection.fetch(f"SELECT * FROM register.{table}")
        [row] = await connection.fetch("SELECT * FROM disclosure.complaint_told($1)", receipt)
    assert set(row.keys()) == {"receipt_number", "received_on", "state", "resolved_on"}


@pytest.mark.parametrize("escalate", [False, True])
async def test_it_is_dismissed_or_leads_to_a_case_with_its_flag(client: Client, escalate: bool) -> None:
    receipt = (await complain(client))["receipt"]
    [seen] = await listed(client, "county1")
    case = {"listCode": "CN-BLACK", "groundCode": "FRAUD"}
    given = {"flag": seen["flagId"], "reason": "已核查", **({"escalate": case} if escalate else {})}
    taken = (await client.ask(RESOLVE, "county1", **{"in": given}))["data"]["resolveFlag"]
    assert await state(client, receipt) == ("LED_TO_CASE" if escalate else "DISMISSED")
    [seen] = await listed(client, "county1")
    assert (seen["reason"], seen["caseId"]) == ("已核查", taken["caseId"])
    text = "{ cases { nodes { intake intakeReference } } }"
    cases = (await client.ask(text, "county1"))["data"]["cases"]["nodes"]
    wanted = [{"intake": "COMPLAINT", "intakeReference": f"flag:{seen['flagId']}"}] if escalate else []
    assert cases == wanted


@pytest.mark.parametrize(
    ("changed", "rule", "path"),
    [
        ({"account": "短"}, "complaint.account", ["input", "account"]),
        ({"account": "长" * 4001}, "complaint.account", ["input", "account"]),
        ({"account": ACCOUNT + "\0"}, "text.control-character", ["input", "account"]),
        ({"account": f"{ACCOUNT} 11010519491231002X"}, "text.citizen-number", ["input", "account"]),
        ({"institution": uscc(9)}, "institution.unknown", ["input", "institution"]),
        ({"complainant": {"name": " ", "contact": "1"}}, "complaint.contact", ["input", "complainant", "name"]),
        (
            {"complainant": {"name": "赵", "contact": "11010519491231002X"}},
            "text.citizen-number",
            ["input", "complainant", "contact"],
        ),
    ],
)
async def test_what_is_unsound_is_refused(client: Client, changed: Any, rule: str, path: list[str]) -> None:
    told = await complain(client, **changed)
    assert (told["rule"], told["path"]) == (rule, path)
    assert not await listed(client, "admin")


async def test_a_retry_files_nothing_twice(client: Client) -> None:
    first = await complain(client, idempotencyKey="once")
    assert await asyncio.gather(*[complain(client, idempotencyKey="once") for _ in range(6)]) == [first] * 6
    assert (await complain(client, account=ACCOUNT + "。", idempotencyKey="once"))["rule"] == "idempotency.other-input"
    assert len(await listed(client, "admin")) == 1


async def test_the_limit_of_an_address_holds_for_all_workers_at_once(coming_from: From, admin: Connection) -> None:
    clients = [coming_from("192.0.2.1") for _ in range(3)]
    told = await asyncio.gather(*[complain(clients[n % 3], account=f"{ACCOUNT}{n}") for n in range(20)])
    assert Counter(one["__typename"] for one in told) == {"ComplaintFiled": 5, "UnavailableFailure": 15}
    assert {(one["code"], one["rule"]) for one in told if "code" in one} == {("RATE_LIMITED", "complaint.limit")}
    assert (await complain(coming_from("192.0.2.2")))["__typename"] == "ComplaintFiled"
    await admin.execute("UPDATE register.complaint SET received_at = received_at - interval '1 hour'")
    assert (await complain(clients[0]))["__typename"] == "ComplaintFiled"


async def test_the_limit_of_an_institution_holds_for_all_addresses(coming_from: From, admin: Connection) -> None:
    await admin.execute("UPDATE register.complaint_limit SET most = 3 WHERE per = 'INSTITUTION'")
    told = await asyncio.gather(*[complain(coming_from(f"192.0.2.{n}")) for n in range(9)])
    assert Counter(one["__typename"] for one in told) == {"ComplaintFiled": 3, "UnavailableFailure": 6}
    assert (await complain(coming_from("192.0.2.1"), institution=uscc(2)))["__typename"] == "ComplaintFiled"


async def test_another_limit_follows_from_its_day_on(client: Client, admin: Connection) -> None:
    await admin.execute(
        "UPDATE register.complaint_limit SET effective = daterange(lower(effective), register.law_today())"
        " WHERE per = 'ADDRESS'"
    )
    await admin.execute(
        "INSERT INTO register.complaint_limit (per, most, within, effective, legal_basis)"
        " VALUES ('ADDRESS', 1, '1 hour', daterange(register.law_today(), NULL), '地方规定')"
    )
    assert [(await complain(client))["__typename"] for _ in range(2)] == ["ComplaintFiled", "UnavailableFailure"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:4::9", "2001:db8:1:2::/64"),
        (None, ""),
        ("testclient", "testclient"),
    ],
)
def test_addresses_count_by_subscriber(address: str | None, counted: str) -> None:
    assert counted_address(address) == counted


async def test_what_was_told_goes_when_its_term_is_over(client: Client, database: Database, admin: Connection) -> None:
    receipt = (await complain(client))["receipt"]
    other = (await complain(client))["receipt"]
    [_, seen] = await listed(client, "county1")
    assert seen["receipt"] == receipt
    await client.ask(RESOLVE, "county1", **{"in": {"flag": seen["flagId"], "reason": "不属实"}})
    resolved = await admin.fetchval("SELECT resolved_on FROM register.flag WHERE id = $1", int(seen["flagId"]))
    last = add_months(resolved, 36)
    assert (await prune(database, OPERATOR, last))[Kept.COMPLAINT] == 0
    assert (await prune(database, OPERATOR, last + timedelta(days=1)))[Kept.COMPLAINT] == 1
    assert (await prune(database, OPERATOR, last + timedelta(days=1)))[Kept.COMPLAINT] == 0
    told = {one["receipt"]: (one["account"], one["anonymous"]) for one in await listed(client, "county1")}
    assert told == {receipt: (None, True), other: (ACCOUNT, False)}
    assert await state(client, receipt) == "DISMISSED"
    assert (await verify(database)).holds


async def test_a_complainant_comes_under_the_next_key(client: Client, database: Database, admin: Connection) -> None:
    await complain(client)
    both = PersonalKeys.derive(b"n" * 32, previous=b"a secret of thirty-two bytes ....")
    assert (await rotate_data_key(database, OPERATOR, both)).retired == (1,)
    row = await admin.fetchrow("SELECT receipt, complainant FROM register.complaint")
    newest = both.following(2, {2: both.fingerprints[0]})
    assert json.loads(newest.open_text(row["complainant"], row["receipt"].encode())) == {
        "name": NAME,
        "contact": CONTACT,
    }


def test_a_sealed_text_opens_with_what_it_is_bound_to_alone() -> None:
    keys = PersonalKeys.derive(b"x" * 32)
    sealed = keys.seal_text(NAME, b"receipt")
    assert (keys.open_text(sealed, b"receipt"), NAME.encode() in sealed) == (NAME, False)
    with pytest.raises(Exception, match="does not open"):
        keys.open_text(sealed, b"another")
    number = CitizenId("11010519491231002X")
    hashed = keys.number_hash(number)
    assert keys.open_sealed(keys.seal(number, hashed), hashed) == number
