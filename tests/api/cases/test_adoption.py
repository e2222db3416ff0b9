"""Mutual recognition through the API."""

from typing import Any

import pytest
from tests.api.cases.conftest import Client
from tests.api.cases.test_cases import TODAY, on, to_publication
from tests.services.credit.conftest import SetDay

ADOPTION = {
    "listCode": "CN-BLACK",
    "authority": "淄博市民政局",
    "documentNumber": "淄民认〔2026〕1号",
    "legalBasis": "互认协议",
    "remedy": "六十日内可申请行政复议",
    "decidedOn": str(TODAY),
}
ENTRY = "query($id: ID!) { node(id: $id) { ... on CreditEntry { inForce origin original { id } } } }"


@pytest.fixture(autouse=True)
async def _today(set_day: SetDay) -> None:
    await set_day(TODAY)


async def told(client: Client, number: str, key: str = "elsewhere") -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await client.ask(ENTRY, key, id=number))["data"]["node"]
    return found


async def test_an_adopted_entry_refers_to_its_original_and_ends_with_it(client: Client) -> None:
    published = await to_publication(client)
    given = {**ADOPTION, "original": published["entryId"], "idempotencyKey": "once"}
    adopted, again = [await client.do("adoptEntry", "elsewhere", **given) for _ in range(2)]
    assert (adopted, adopted["__typename"]) == (again, "EntryStepTaken")
    original = {"id": published["entryId"]}
    assert await told(client, adopted["entryId"]) == {"inForce": True, "origin": "ADOPTED", "original": original}
    await client.do("withdrawEntry", "county2", **on(published), documentNumber="撤1")
    ended = await told(client, adopted["entryId"], "admin")
    assert ended is not None
    assert not ended["inForce"]


async def test_who_may_not_adopt_and_what_cannot_be(client: Client) -> None:
    published = await to_publication(client)
    given = {**ADOPTION, "original": published["entryId"]}
    for key in (None, "buyer", "home", "auditor", "admin"):
        assert (await client.do("adoptEntry", key, **given))["__typename"] == "ForbiddenFailure", key
    assert (await client.do("adoptEntry", "county1", **given))["rule"] == "entry.original"
    unknown = await client.do("adoptEntry", "elsewhere", **{**given, "original": "x"})
    assert (unknown["rule"], unknown["path"]) == ("entry.unknown", ["input", "original"])
