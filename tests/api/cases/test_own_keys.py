"""An institution with a key of its own, as the program makes and recognises it: it reads, defends and objects."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.api.cases.conftest import Client
from tests.api.cases.test_cases import NOTICE, OPENING, PAPER, TODAY, at
from tests.services.credit.conftest import SetDay
from tests.services.credit.kit import COUNTY
from tests.services.importing.conftest import KEYS, uscc

from registry.api import ApiContext, graphql_routes
from registry.auth.allowances import Allowances
from registry.auth.tokens import Authenticator
from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import operator
from registry.services.api_keys import NewKey, create_key, revoke_key

SECRET = b"k" * 32
OPERATOR = operator("cli")
LISTING = {
    "documentNumber": "长民罚〔2026〕9号",
    "authority": "长春市南关区民政局",
    "repairClass": "GENERAL",
    "legalBasis": "民发〔2019〕103号",
    "remedy": "六十日内可申请行政复议",
    "evidence": "检查笔录",
}


class Keys:
    """Tokens by who holds them, made by the program."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.tokens: dict[str, str] = {}

    async def make(self, name: str, wanted: NewKey) -> None:
        self.tokens[name] = (await create_key(self.database, SECRET, OPERATOR, wanted)).token


@pytest.fixture
async def keys(database: Database, set_day: SetDay) -> Keys:
    await set_day(TODAY)
    made = Keys(database)
    region = COUNTY.rsplit("/", 1)[-1]
    for name in ("county1", "county2", "county3", "county4"):
        await made.make(name, NewKey(name, Role.REGULATOR, region_code=region))
    for name, number in (("home", 1), ("other", 2)):
        await made.make(name, NewKey(name, Role.INSTITUTION, institution_code=uscc(number)))
    return made


@pytest.fixture
async def held(database: Database, keys: Keys) -> AsyncIterator[Client]:
    """A client whose callers are known by their tokens alone, with the limits of requests in force."""
    authenticator, allowances = Authenticator(database, SECRET), Allowances(database, SECRET, lambda *_: None)
    given: dict[str, Any] = {"authenticate": authenticator.authenticate, "admit": allowances.admit}
    app = Starlette(routes=graphql_routes(ApiContext(database, secret=SECRET, personal_keys=lambda: KEYS, **given)))

    class ByToken(Client):
        async def ask(self, text: str, key: str | None = None, **variables: Any) -> dict[str, Any]:
            return await super().ask(text, None if key is None else keys.tokens[key], **variables)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as opened:
        yield ByToken(opened)


async def test_an_institution_is_told_of_its_own_case_defends_and_objects_by_its_key(
    held: Client, keys: Keys, database: Database, admin: Connection
) -> None:
    async def told(key: str) -> Any:
        return (await held.ask("query($id: ID!) { creditCase(id: $id) { state } }", key, id=opened["caseId"]))["data"]

    viewer = "{ viewer { role name institutionCode regionCode } }"
    assert (await held.ask(viewer, "home"))["data"]["viewer"] == {
        "role": "INSTITUTION", "name": "home", "institutionCode": uscc(1), "regionCode": None,
    }  # fmt: skip
    opened = await held.do("openCase", "county1", **OPENING)
    assert (await held.do("openCase", "home", **OPENING))["rule"] == "access.role"
    assert (await told("home"))["creditCase"] is None
    served = await held.do("serveNotice", "county1", **at(opened), **NOTICE)
    assert served["__typename"] == "CaseStepTaken", served
    assert (await told("home"))["creditCase"] == {"state": "NOTIFIED"}
    assert (await told("other"))["creditCase"] is None
    assert (await held.do("recordDefence", "other", **at(served)))["rule"] == "case.unknown"
    defended = await held.do("recordDefence", "home", **at(served))
    reviewed = await held.do("reviewCase", "county2", **at(defended), recommendation="LIST")
    decided = await held.do("decideCase", "county3", **at(reviewed), listing=LISTING)
    entry = {**PAPER, "entry": decided["entryId"]}
    published = await held.do("publishEntry", "county4", **entry, expectedStep=0)
    assert published["__typename"] == "EntryStepTaken", published
    objecting = {**entry, "expectedStep": published["step"]}
    assert (await held.do("raiseObjection", "other", **objecting))["rule"] == "entry.unknown"
    objected = await held.do("raiseObjection", "home", **objecting)
    assert objected["__typename"] == "EntryStepTaken", objected
    actors = await admin.fetch(
        "SELECT action, actor FROM register.audit_event WHERE action LIKE 'r%' ORDER BY sequence"
    )
    number = await admin.fetchval("SELECT id FROM register.api_key WHERE name = 'home'")
    assert {row["actor"] for row in actors if row["action"] in ("recordDefence", "raiseObjection")} == {f"key:{number}"}
    await revoke_key(database, OPERATOR, "home")
    refused = await held.ask(viewer, "home")
    assert refused["errors"][0]["extensions"]["rule"] == "access.revoked-key"


async def test_an_institution_reads_its_own_people_and_nobody_elses(held: Client, admin: Connection) -> None:
    """What the database shows a transaction of this key: the employments of its institution alone."""
    flags = await held.ask("{ flags { totalCount } }", "home")
    assert flags["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    cases = await held.ask("{ cases { totalCount } }", "home")
    assert "errors" in cases or cases["data"]["cases"]["totalCount"] == 0
    trail = await held.ask("{ auditTrail { totalCount } }", "home")
    assert "errors" in trail
