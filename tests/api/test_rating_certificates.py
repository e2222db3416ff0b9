"""Certificates of ratings: what the public is answered, signed, the same for the same position."""

import json
from typing import Any

import jwt
import pytest
from apikit.builder import change_set
from apikit.clients import Ask, Counting, authenticate
from apikit.sample import SINGLE, Sample

from registry.api import ApiContext
from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.errors import InputError
from registry.domain.signing import Signer
from registry.services.checkpoints import published_keys
from registry.services.rating_certificates import read_certificate

SIGNER = Signer.derive(b"a signing key for tests, 32 bytes")
CERTIFICATE = "certificate { jws sha256 algorithm keyId lawDay position recordedAt }"
BY_CODE = f"query($code: String!, $at: DateTime) {{ institution(code: $code, asOf: $at) {{ id {CERTIFICATE} }} }}"
BY_ID = f"query($id: ID!) {{ node(id: $id) {{ ... on Institution {{ {CERTIFICATE} }} }} }}"
TOLD = """query($code: String!, $at: DateTime) { institution(code: $code, asOf: $at) {
  name rating { stars score policy { code } run { policies { outputDigest } } } assessedGrade { grade } } }"""


@pytest.fixture
def context(database: Database, observed: Counting) -> ApiContext:
    return ApiContext(database, authenticate=authenticate, observe=observed, signer=lambda: SIGNER)


async def certified(ask: Ask, key: str | None = None, **given: Any) -> Any:
    answer = await ask(BY_CODE, key, **{"code": SINGLE, **given})
    assert "errors" not in answer, answer
    return answer["data"]["institution"]


async def read(database: Database, jws: str) -> Any:
    """What is read with a JOSE library that is not ours and the published keys alone."""
    keys = {key["kid"]: jwt.PyJWK(dict(key)) for key in await published_keys(database, operator("cli"))}
    header = jwt.get_unverified_header(jws)
    assert header["typ"] == "registry-rating-certificate+jws"
    return json.loads(jwt.PyJWS().decode(jws, keys[header["kid"]], algorithms=["EdDSA"]))


async def test_it_says_what_the_public_is_told(ask: Ask, sample: Sample, database: Database) -> None:
    found = (await certified(ask))["certificate"]
    said = await read(database, found["jws"])
    told = (await ask(TOLD, code=SINGLE))["data"]["institution"]
    assert told["rating"]["stars"] is not None
    assert said["institution"]["name"] == told["name"]
    assert said["institution"]["assessedGrade"]["grade"] == told["assessedGrade"]["grade"]
    for name in ("stars", "score"):
        assert said["institution"]["rating"][name] == told["rating"][name]
    digests = [[one["outputDigest"] for one in of["rating"]["run"]["policies"]] for of in (said["institution"], told)]
    assert digests[0] == digests[1] != []
    assert {name: said[name] for name in ("lawDay", "position", "recordedAt")} == {
        name: found[name] for name in ("lawDay", "position", "recordedAt")
    }
    assert (found["algorithm"], found["keyId"]) == ("EdDSA", SIGNER.key_id)


async def test_whoever_asks_and_however_gets_the_same_text(ask: Ask, sample: Sample) -> None:
    first = await certified(ask)
    assert await certified(ask, "auditor") == first
    assert (await ask(BY_ID, id=first["id"]))["data"]["node"]["certificate"] == first["certificate"]


async def test_a_past_instant_is_certified_as_it_was(ask: Ask, sample: Sample, database: Database) -> None:
    before = (await certified(ask))["certificate"]
    async with change_set(database) as writer:
        await writer.amend("institution", sample.institutions["single"], name="新名")
    now = (await certified(ask))["certificate"]
    then = (await certified(ask, at=before["recordedAt"]))["certificate"]
    names = [(await read(database, one["jws"]))["institution"]["name"] for one in (before, then, now)]
    assert names[0] == names[1] != names[2] == "新名"
    assert (then["position"], now["position"]) == (before["position"], before["position"] + 1)


async def test_what_was_changed_is_refused(ask: Ask, sample: Sample, database: Database) -> None:
    jws = (await certified(ask))["certificate"]["jws"]
    assert (await read_certificate(database, f" {jws}\n"))["position"] == 6
    for place in range(0, len(jws), 7):
        if jws[place] != ".":
            changed = jws[:place] + ("A" if jws[place] != "A" else "B") + jws[place + 1 :]
            with pytest.raises(InputError):
                await read_certificate(database, changed)


async def test_an_unknown_code_and_a_list_have_none(ask: Ask, sample: Sample) -> None:
    assert await certified(ask, code="FAC:NOBODY") is None
    answer = await ask("{ institutions(first: 2) { edges { node { certificate { jws } } } } }")
    assert answer["errors"][0]["extensions"]["rule"] == "certificate.one-at-a-time"


async def test_its_key_is_published_once(ask: Ask, sample: Sample, database: Database) -> None:
    for _ in range(2):
        await certified(ask)
    assert [key["kid"] for key in await published_keys(database, operator("cli"))] == [SIGNER.key_id]
