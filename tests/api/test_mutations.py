"""Mutations: one input, a payload union, retries by key; an expected failure is a member and not an error."""

from typing import Any

import httpx
import pytest
from apikit.builder import change_set
from apikit.clients import Ask
from apikit.sample import Sample, write_regions, write_subjects

from registry.db.pool import Database
from registry.services.policies import shipped_documents

FAILURE = "... on Failure { code rule messageZh messageEn path }"
CREATE = f"""mutation($in: CreateApiKeyInput!) {{ createApiKey(input: $in) {{ __typename
    ... on ApiKeyCreated {{ id name role regionCode institutionCode prefix token expiresAt }} {FAILURE} }} }}"""
REVOKE = f"""mutation($in: RevokeApiKeyInput!) {{ revokeApiKey(input: $in) {{ __typename
    ... on ApiKeyRevoked {{ id name prefix revokedAt }} {FAILURE} }} }}"""
ADD = f"""mutation($in: AddRatingPolicyInput!) {{ addRatingPolicy(input: $in) {{ __typename
    ... on RatingPolicyAdded {{ ratingPolicy {{ code version titleZh publishedAt region {{ name }} }} }}
    ... on InputFailure {{ problems {{ path rule messageZh remedyEn }} }} {FAILURE} }} }}"""
RECOMPUTE = f"""mutation($in: RecomputeRatingsInput!) {{ recomputeRatings(input: $in) {{ __typename
    ... on RatingsRecomputed {{ asOf institutions changed
      run {{ kind position policies {{ policy {{ code }} rated }} }} }}
    {FAILURE} }} }}"""


async def do(ask: Ask, mutation: str, key: str | None = "admin", /, **given: Any) -> dict[str, Any]:
    answer = await ask(mutation, key, **{"in": given})
    assert "errors" not in answer, answer
    [payload] = answer["data"].values()
    return dict(payload)


async def test_key_is_made_once_for_one_idempotency_key(ask: Ask) -> None:
    wanted = {"name": "吉林民政", "role": "REGULATOR", "region": "220000", "days": 30, "idempotencyKey": "once"}
    made, again = await do(ask, CREATE, **wanted), await do(ask, CREATE, **wanted)
    assert made == again
    assert made["__typename"] == "ApiKeyCreated"
    assert made["prefix"] in made["token"]
    other = await do(ask, CREATE, **{**wanted, "days": 31})
    assert (other["__typename"], other["rule"], other["path"]) == (
        "ConflictFailure",
        "idempotency.other-input",
        ["input", "idempotencyKey"],
    )


@pytest.mark.parametrize("key", [None, "buyer", "jilin", "auditor"])
@pytest.mark.parametrize(
    ("document", "given"),
    [
        (CREATE, {"name": "x", "role": "AUDITOR"}),
        (REVOKE, {"id": "1"}),
        (ADD, {"document": "x"}),
        (RECOMPUTE, {}),
    ],
    ids=["create", "revoke", "add", "recompute"],
)
async def test_others_may_not(ask: Ask, key: str | None, document: str, given: dict[str, Any]) -> None:
    payload = await do(ask, document, key, **given)
    assert payload["__typename"] == "ForbiddenFailure"
    assert payload["code"] in {"FORBIDDEN", "UNAUTHENTICATED"}
    assert payload["messageZh"] != payload["messageEn"]


async def test_bad_input_is_a_member_with_its_place(ask: Ask) -> None:
    payload = await do(ask, CREATE, name="x", role="REGULATOR")
    assert (payload["__typename"], payload["code"]) == ("InputFailure", "BAD_USER_INPUT")
    assert "region" in payload["path"]


@pytest.mark.parametrize("text", ["a\0", "a\x1b", "a\n", "a\x7f", "a\x85"])
@pytest.mark.parametrize(
    ("document", "given", "field"),
    [
        (CREATE, {"role": "AUDITOR"}, "name"),
        (CREATE, {"name": "x", "role": "REGULATOR"}, "region"),
        (CREATE, {"name": "x", "role": "INSTITUTION"}, "institution"),
        (CREATE, {"name": "x", "role": "AUDITOR"}, "idempotencyKey"),
        (REVOKE, {}, "id"),
        (ADD, {"document": "x"}, "idempotencyKey"),
        (RECOMPUTE, {}, "policy"),
    ],
)
async def test_control_characters_are_refused(
    ask: Ask, document: str, given: dict[str, Any], field: str, text: str
) -> None:
    payload = await do(ask, document, **given, **{field: text})
    assert (payload["__typename"], payload["code"]) == ("InputFailure", "BAD_USER_INPUT")
    assert (payload["rule"], payload["path"]) == ("text.control-character", ["input", field])


async def test_document_has_lines_and_no_other_control_character(ask: Ask) -> None:
    assert (await do(ask, ADD, document="x = 1\r\n\ty = 2\n"))["rule"] != "text.control-character"
    assert (await do(ask, ADD, document="x = '\0'"))["rule"] == "text.control-character"


async def test_idempotency_key_of_a_revocation_belongs_to_it(ask: Ask) -> None:
    made = [await do(ask, CREATE, name=name, role="AUDITOR") for name in "ab"]
    first, again = [await do(ask, REVOKE, id=made[0]["id"], idempotencyKey="once") for _ in range(2)]
    assert (first, first["__typename"]) == (again, "ApiKeyRevoked")
    other = await do(ask, REVOKE, id=made[1]["id"], idempotencyKey="once")
    assert (other["__typename"], other["rule"]) == ("ConflictFailure", "idempotency.other-input")


async def test_key_is_revoked_and_revoking_again_changes_nothing(ask: Ask) -> None:
    made = await do(ask, CREATE, name="短期", role="AUDITOR")
    first, again = await do(ask, REVOKE, id=made["id"]), await do(ask, REVOKE, id=made["id"])
    assert first == again
    assert (first["__typename"], first["prefix"]) == ("ApiKeyRevoked", made["prefix"])
    for unknown in ("999999", "x", "9" * 30):
        assert (await do(ask, REVOKE, id=unknown))["__typename"] == "NotFoundFailure"


async def test_policy_with_mistakes_names_them_all(ask: Ask) -> None:
    payload = await do(ask, ADD, document="code = 'x'\n")
    assert payload["__typename"] == "InputFailure"
    assert len(payload["problems"]) > 1
    assert all(problem["messageZh"] and problem["remedyEn"] for problem in payload["problems"])


async def test_shipped_policy_is_added_and_rates_the_register(client: httpx.AsyncClient, database: Database) -> None:
    async with change_set(database) as writer:
        await write_regions(writer)
        for code in ("150000", "370000"):
            await writer.region(code, code, "CN", f"CN/{code}", "PROVINCE")
        await writer.region("370300", "淄博市", "370000", "CN/370000/370300", "PREFECTURE")
        await write_subjects(writer, Sample())

    async def ask(query: str, key: str | None, **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {key}"}
        response = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return dict(response.json())

    added = [await do(ask, ADD, document=text) for text in shipped_documents().values()]
    assert {payload["__typename"] for payload in added} == {"RatingPolicyAdded"}
    assert all(payload["ratingPolicy"]["publishedAt"] for payload in added)
    run = await do(ask, RECOMPUTE, asOf="2026-11-01", idempotencyKey="nightly")
    assert (run["__typename"], run["asOf"], run["run"]["kind"]) == ("RatingsRecomputed", "2026-11-01", "FULL")
    assert run["institutions"] > 0
    assert run["run"]["policies"]
    assert await do(ask, RECOMPUTE, asOf="2026-11-01", idempotencyKey="nightly") == run
    answer = await ask(
        '{ institution(code: "914403001922038216") { rating { stars } notRatedReason { code } } }', "admin"
    )
    institution = answer["data"]["institution"]
    assert (institution["rating"] is None) is (institution["notRatedReason"] is not None)


async def test_run_for_a_future_day_is_refused(ask: Ask) -> None:
    payload = await do(ask, RECOMPUTE, asOf="2999-01-01")
    assert (payload["__typename"], payload["rule"]) == ("InputFailure", "as-of.future")
