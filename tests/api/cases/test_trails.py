"""Who did what: the audit chain and the imports through the API, to those alone whose business they are."""

import hashlib
import json
from typing import Any

import pytest
from tests.api.cases.conftest import Client

TRAIL = """query($f: AuditTrailFilter, $n: Int, $after: String) { auditTrail(filter: $f, first: $n, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { sequence recordedAt actor scope action subject requestId before after details text previousHash hash } } }"""
IMPORTS = """query($f: ImportFilter) { imports(filter: $f) { totalCount nodes {
  id kind fileName sha256 source snapshot rows added amended ended unchanged rejected contradictions position
  importedAt } } }"""
FLAGGED = {"institution": "", "finding": "消防通道堵塞"}


async def trail(client: Client, key: str | None, **given: Any) -> dict[str, Any]:
    answer = await client.ask(TRAIL, key, **given)
    assert "errors" not in answer, answer
    return dict(answer["data"]["auditTrail"])


async def flag(client: Client, key: str) -> str:
    """Have an authority of the county do something; return the flag's subject in the chain."""
    code = (await client.ask("{ institutions(first: 1) { nodes { code } } }"))["data"]["institutions"]["nodes"][0][
        "code"
    ]
    given = {"in": {**FLAGGED, "institution": code}}
    document = "mutation($in: FlagViolationInput!) { flagViolation(input: $in) { ... on FlagAnswer { id } } }"
    answer = await client.ask(document, key, **given)
    return f"flag:{answer['data']['flagViolation']['id']}"


async def test_an_auditor_recomputes_the_chain_from_what_is_told(client: Client) -> None:
    subject = await flag(client, "county1")
    told: list[dict[str, Any]] = []
    after = None
    while True:
        page = await trail(client, "auditor", n=3, after=after)
        told += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [event["sequence"] for event in told] == list(range(page["totalCount"], 0, -1))
    before = bytes(32)
    for event in reversed(told):
        assert event["previousHash"] == before.hex()
        before = hashlib.sha256(before + event["text"].encode()).digest()
        assert event["hash"] == before.hex()
        said = json.loads(event["text"])
        for name in ("sequence", "recordedAt", "actor", "scope", "action", "subject", "requestId", "before", "after"):
            assert event[name] == said[name]
        assert event["details"] == said["details"]
    assert (told[0]["action"], told[0]["subject"], told[0]["actor"]) == ("flagViolation", subject, "key:1")


async def test_an_authority_sees_acts_of_its_region_alone(client: Client) -> None:
    subject = await flag(client, "county1")
    for key in ("county2", "city", "auditor", "admin"):
        seen = await trail(client, key, f={"actions": ["flagViolation"]})
        assert [event["subject"] for event in seen["nodes"]] == [subject]
    assert (await trail(client, "elsewhere"))["nodes"] == []
    scopes = {event["scope"] for event in (await trail(client, "county1", n=1000))["nodes"]}
    assert scopes
    assert "ALL" not in scopes


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"actor": "key:1"}, 1),
        ({"actor": "key:2"}, 0),
        ({"actions": ["flagViolation", "x"]}, 1),
        ({"actions": []}, 0),
        ({"subject": "flag:0"}, 0),
    ],
)
async def test_events_are_found_by_actor_action_and_subject(client: Client, wanted: dict[str, Any], found: int) -> None:
    await flag(client, "county1")
    assert (await trail(client, "auditor", f=wanted))["totalCount"] == found


@pytest.mark.parametrize("key", [None, "buyer", "home"])
async def test_others_are_refused(client: Client, key: str | None) -> None:
    for document, rule in ((TRAIL, "audit.role"), (IMPORTS, "imports.role")):
        answer = await client.ask(document, key)
        assert answer["errors"][0]["extensions"]["rule"] == rule


async def test_staff_see_which_files_came_in_and_what_they_did(client: Client) -> None:
    told = (await client.ask(IMPORTS, "auditor"))["data"]["imports"]
    assert told["totalCount"] == len(told["nodes"]) > 3
    numbers = [int(batch["id"]) for batch in told["nodes"]]
    assert numbers == sorted(numbers, reverse=True)
    for batch in told["nodes"]:
        assert batch["rows"] == batch["added"] + batch["amended"] + batch["unchanged"] + batch["rejected"]
        assert len(batch["sha256"]) == 64
        assert (batch["position"] is None) == (batch["added"] + batch["amended"] + batch["ended"] == 0)
    people = (await client.ask(IMPORTS, "auditor", f={"kinds": ["people"]}))["data"]["imports"]["nodes"]
    assert {batch["kind"] for batch in people} == {"people"}
    assert (await client.ask(IMPORTS, "elsewhere"))["data"]["imports"] == told


async def test_authorities_are_told_how_good_sources_are(client: Client) -> None:
    asked = """query($f: SourceFilter) { sources(filter: $f) { totalCount nodes { source kind deliveredAt dueDays late
      missing deliveries rows contradictions openNotes rejectedRows refusals } } }"""
    told = (await client.ask(asked, "auditor"))["data"]["sources"]
    assert told["totalCount"] == len(told["nodes"]) > 1
    people = (await client.ask(asked, "auditor", f={"kind": "people"}))["data"]["sources"]["nodes"]
    assert [(one["kind"], one["late"], one["missing"], one["refusals"]) for one in people] == [
        ("people", False, None, 0)
    ]
    assert (await client.ask(asked, "buyer"))["errors"][0]["extensions"]["rule"] == "sources.role"
