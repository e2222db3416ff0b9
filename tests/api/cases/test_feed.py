"""Cases, their steps and flags in the feed: to the staff whose business they are, in order; entries to everybody."""

from typing import Any

import pytest
from tests.api.cases.conftest import Client
from tests.api.cases.test_cases import LISTING, TODAY, on, to_listing, to_publication
from tests.api.cases.test_trails import flag
from tests.services.credit.conftest import SetDay

FEED = """query($k: [ChangeKind!], $a: String, $n: Int = 1000) { changes(kinds: $k, after: $a, first: $n) {
  totalCount nodes { cursor position ordinal kind entityId action code current previous } } }"""
FIRST = "{ changes(kinds: [ORGANISATION], first: 1) { nodes { cursor } } }"
OF_STAFF = ["CREDIT_CASE", "CASE_STEP", "ENTRY_STEP", "FLAG"]
AUTHORITIES = ("county1", "county2", "city", "auditor", "admin")


@pytest.fixture(autouse=True)
async def _today(set_day: SetDay) -> None:
    await set_day(TODAY)


async def feed(client: Client, key: str | None, kinds: list[str] | None = None) -> list[dict[str, Any]]:
    answer = await client.ask(FEED, key, k=kinds)
    assert "errors" not in answer, answer
    nodes: list[dict[str, Any]] = answer["data"]["changes"]["nodes"]
    return nodes


async def since(client: Client, key: str | None, size: int = 1000) -> list[dict[str, Any]]:
    """All of the feed behind the thousands of regions that the register began with, page by page."""
    (first,) = (await client.ask(FIRST))["data"]["changes"]["nodes"]
    read: list[dict[str, Any]] = []
    after = first["cursor"]
    while True:
        page = (await client.ask(FEED, key, a=after, n=size))["data"]["changes"]["nodes"]
        read += page
        if len(page) < size:
            return read
        after = page[-1]["cursor"]


async def test_each_step_of_a_case_is_told_once_and_in_order(client: Client) -> None:
    await to_publication(client)
    told = await feed(client, "county1", OF_STAFF)
    steps = [change for change in told if change["kind"] == "CASE_STEP"]
    assert [step["current"]["number"] for step in steps] == list(range(1, len(steps) + 1))
    assert {step["action"] for step in steps} == {"ADDED"}
    cases = [change for change in told if change["kind"] == "CREDIT_CASE"]
    assert len({case["entityId"] for case in cases}) == 1
    assert [case["action"] for case in cases] == ["ADDED"], "a case is what its steps make of it"
    assert steps[-1]["current"]["state"] == "LISTED"
    assert [change["cursor"] for change in told] == list(dict.fromkeys(change["cursor"] for change in told))


async def test_it_is_for_the_staff_of_the_region_alone(client: Client) -> None:
    await to_publication(client)
    await flag(client, "county1")
    whole = await feed(client, "county1", OF_STAFF)
    assert {change["kind"] for change in whole} == set(OF_STAFF)
    for key in AUTHORITIES:
        told = await feed(client, key, OF_STAFF)
        assert {change["kind"] for change in told} >= {"CREDIT_CASE", "CASE_STEP", "FLAG"}
        assert all(change["current"] for change in told)
    for change in await feed(client, "elsewhere", OF_STAFF):
        assert (change["current"], change["previous"], change["code"]) == (None, None, None)
    for key in (None, "buyer", "home", "other"):
        for kind in OF_STAFF:
            answer = await client.ask(FEED, key, k=[kind])
            assert answer["errors"][0]["extensions"]["rule"] == "changes.kind"
        assert not {change["kind"] for change in await since(client, key)} & set(OF_STAFF)


async def test_whom_an_entry_is_about_is_told_once_it_is_published(client: Client) -> None:
    listed = await to_listing(client)
    for key in (None, "home", "buyer"):
        (decided,) = await feed(client, key, ["CREDIT_ENTRY"])
        assert (decided["code"], decided["current"], decided["previous"]) == (None, None, None)
    await client.do("publishEntry", "county4", **on(listed))
    for key in (None, "home", "buyer"):
        again, published = await feed(client, key, ["CREDIT_ENTRY"])
        assert (again["current"], again["entityId"]) == (None, published["entityId"])
        assert published["current"]["documentNumber"] == LISTING["documentNumber"]
        assert "evidence" not in published["current"]


async def test_a_flag_is_told_as_it_is_raised_and_resolved(client: Client) -> None:
    number = (await flag(client, "county1")).removeprefix("flag:")
    document = """mutation($in: ResolveFlagInput!) { resolveFlag(input: $in) { ... on FlagAnswer { state }
        ... on Failure { rule } } }"""
    await client.ask(document, "county2", **{"in": {"flag": number, "reason": "已整改"}})
    told = await feed(client, "city", ["FLAG"])
    assert [(change["action"], change["current"]["state"]) for change in told] == [
        ("ADDED", "OPEN"),
        ("AMENDED", "DISMISSED"),
    ]
    assert len({change["entityId"] for change in told}) == 1


async def test_pages_of_any_size_give_the_same(client: Client) -> None:
    await to_publication(client)
    whole = await since(client, "county1")
    assert len(whole) > 10
    for size in (1, 7):
        assert await since(client, "county1", size) == whole
