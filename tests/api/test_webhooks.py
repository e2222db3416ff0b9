"""Webhooks through the API: each owner's own, the secret shown once, every act noted, retries answered the same."""

from typing import Any

import httpx
import pytest
from apikit.sample import Sample
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.auth.tokens import Authenticator
from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import operator
from registry.domain.webhooks import SecretSeal
from registry.services.api_keys import NewKey, create_key, revoke_key

SECRET = b"s" * 32
URL = "https://buyer.example/hooks"
FIELDS = "id url alertUrl codes kinds regionCode state position failures fault nextAttemptAt disabledFor createdAt"
FAILED = "... on Failure { code rule path }"
CREATE = f"""mutation($in: CreateWebhookInput!) {{ createWebhook(input: $in) {{ __typename {FAILED}
  ... on WebhookSecretShown {{ secret webhook {{ {FIELDS} }} }} }} }}"""
LIST = f"{{ webhooks {{ totalCount nodes {{ {FIELDS} }} }} }}"


class Owners:
    """Asks the API with keys of every role."""

    def __init__(self, database: Database) -> None:
        self.database = database
        context = ApiContext(database, authenticate=Authenticator(database, SECRET).authenticate, secret=SECRET)
        transport = httpx.ASGITransport(Starlette(routes=graphql_routes(context)))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://register")
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, int] = {}

    async def make(self, name: str, role: Role, **given: Any) -> None:
        key = await create_key(self.database, SECRET, operator("tests"), NewKey(name, role, **given))
        self.tokens[name], self.ids[name] = key.token, key.id

    async def ask(self, name: str | None, query: str, **variables: Any) -> dict[str, Any]:
        headers = {} if name is None else {"authorization": f"Bearer {self.tokens[name]}"}
        body = {"query": query, "variables": variables}
        answer: dict[str, Any] = (await self.client.post("/graphql", json=body, headers=headers)).json()
        return answer

    async def create(self, name: str | None, **given: Any) -> dict[str, Any]:
        answer = await self.ask(name, CREATE, **{"in": {"url": URL, **given}})
        return dict(answer["data"]["createWebhook"])

    async def act(self, name: str | None, act: str, number: str, **given: Any) -> dict[str, Any]:
        field = f"{act}Webhook" + ("Secret" if act == "rotate" else "")
        kind = f"{field[0].upper()}{field[1:]}Input"
        told = {
            "rotate": f"... on WebhookSecretShown {{ secret webhook {{ {FIELDS} }} }}",
            "remove": "... on WebhookRemoved { id }",
        }.get(act, f"... on WebhookChanged {{ webhook {{ {FIELDS} }} }}")
        query = f"mutation($in: {kind}!) {{ {field}(input: $in) {{ __typename {FAILED} {told} }} }}"
        return dict((await self.ask(name, query, **{"in": {"id": number, **given}}))["data"][field])


@pytest.fixture
async def owners(database: Database, sample: Sample) -> Owners:
    made = Owners(database)
    await made.make("buyer", Role.PROCUREMENT)
    await made.make("other buyer", Role.PROCUREMENT)
    await made.make("home", Role.INSTITUTION, institution_code="FAC:A1")
    await made.make("jilin", Role.REGULATOR, region_code="220000")
    await made.make("auditor", Role.AUDITOR)
    await made.make("admin", Role.ADMIN)
    return made


async def test_it_is_made_with_what_is_given_and_begins_now(owners: Owners, admin: Connection) -> None:
    made = await owners.create("buyer", codes=["fac:a1", "FAC:A1", " 914403001922038216"], kinds=["RATING"])
    head = await admin.fetchval("SELECT position FROM disclosure.head")
    expected = {
        "url": URL, "alertUrl": None, "codes": ["FAC:A1", "914403001922038216"], "kinds": ["RATING"],
        "regionCode": None, "state": "ACTIVE", "position": head, "failures": 0, "fault": None, "nextAttemptAt": None,
        "disabledFor": None,
    }  # fmt: skip
    assert made["webhook"].items() >= expected.items()
    (listed,) = (await owners.ask("buyer", LIST))["data"]["webhooks"]["nodes"]
    assert listed == made["webhook"]


async def test_each_owner_sees_and_changes_its_own_alone(owners: Owners) -> None:
    makers = ("buyer", "home", "jilin", "admin")
    made = {name: (await owners.create(name))["webhook"]["id"] for name in makers}
    for name in owners.tokens:
        listed = {one["id"] for one in (await owners.ask(name, LIST))["data"]["webhooks"]["nodes"]}
        own = {made[name]} if name in made else set[str]()
        assert listed == (set(made.values()) if name in ("auditor", "admin") else own)
    for act in ("pause", "resume", "rotate", "remove"):
        for name in ("other buyer", "jilin", "auditor"):
            assert (await owners.act(name, act, made["buyer"]))["rule"] == "webhook.unknown"
        assert (await owners.act(None, act, made["buyer"]))["code"] == "UNAUTHENTICATED"
    assert (await owners.act("admin", "pause", made["buyer"]))["webhook"]["state"] == "PAUSED"
    assert (await owners.act("buyer", "resume", "nonsense"))["rule"] == "webhook.unknown"
    refused = await owners.ask(None, LIST)
    assert refused["errors"][0]["extensions"]["rule"] == "webhooks.role"


REFUSED = [
    ({"url": "http://buyer.example/"}, "webhook.address"),
    ({"url": "https://169.254.169.254/latest"}, "webhook.address"),
    ({"url": "https://localhost/"}, "webhook.address"),
    ({"alertUrl": "https://10.0.0.1/"}, "webhook.address"),
    ({"codes": []}, "webhook.codes"),
    ({"codes": ["x" * 101]}, "webhook.codes"),
    ({"codes": ["x"], "region": "220000"}, "webhook.codes"),
    ({"region": "999999"}, "region.unknown"),
    ({"kinds": []}, "webhook.kinds"),
    ({"kinds": ["PERSON"]}, "changes.kind"),
    ({"position": -1}, "webhook.position"),
    ({"position": 10**9}, "webhook.position"),
]


@pytest.mark.parametrize(("given", "rule"), REFUSED)
async def test_what_cannot_be_is_refused(owners: Owners, given: dict[str, Any], rule: str) -> None:
    assert (await owners.create("buyer", **given))["rule"] == rule


async def test_staff_watch_kinds_of_staff(owners: Owners) -> None:
    assert (await owners.create("jilin", kinds=["PERSON"]))["webhook"]["kinds"] == ["PERSON"]


async def test_a_key_has_so_many_and_no_more(owners: Owners) -> None:
    for _ in range(20):
        assert (await owners.create("buyer"))["__typename"] == "WebhookSecretShown"
    assert (await owners.create("buyer"))["rule"] == "webhook.too-many"
    assert (await owners.create("other buyer"))["__typename"] == "WebhookSecretShown"


async def test_it_is_paused_resumed_and_removed_and_each_act_is_noted(owners: Owners, admin: Connection) -> None:
    number = (await owners.create("buyer"))["webhook"]["id"]
    assert (await owners.act("buyer", "pause", number))["webhook"]["state"] == "PAUSED"
    await owners.act("buyer", "pause", number)
    again = await owners.act("buyer", "resume", number, position=1)
    assert (again["webhook"]["state"], again["webhook"]["position"]) == ("ACTIVE", 1)
    assert (await owners.act("buyer", "resume", number, position=10**9))["rule"] == "webhook.position"
    assert (await owners.act("buyer", "remove", number))["id"] == number
    assert (await owners.act("buyer", "remove", number))["rule"] == "webhook.unknown"
    events = """SELECT action, actor, payload::json ->> 'before' AS before, payload::json ->> 'after' AS after
      FROM register.audit_event WHERE subject = $1 ORDER BY sequence"""
    told = await admin.fetch(events, f"webhook:{number}")
    acts = ["createWebhook", "pauseWebhook", "resumeWebhook", "removeWebhook"]
    assert [tuple(one)[:2] for one in told] == [(act, f"key:{owners.ids['buyer']}") for act in acts]
    made, paused, resumed, removed = [(one["before"], one["after"]) for one in told]
    assert made[0] is removed[1] is None, "nothing was there before, nothing afterwards"
    assert (made[1], paused[1], resumed[1]) == (paused[0], resumed[0], removed[0]), "each found what the last one left"


async def test_a_retry_is_shown_the_same_secret_and_makes_nothing(owners: Owners) -> None:
    first = await owners.create("buyer", idempotencyKey="k1")
    assert await owners.create("buyer", idempotencyKey="k1") == first
    assert (await owners.create("buyer", idempotencyKey="k1", codes=["x"]))["rule"] == "idempotency.other-input"
    number = first["webhook"]["id"]
    rotated = await owners.act("buyer", "rotate", number, idempotencyKey="k2")
    assert (await owners.act("buyer", "rotate", number, idempotencyKey="k2"))["secret"] == rotated["secret"]
    secrets = {first["secret"], rotated["secret"], (await owners.act("buyer", "rotate", number))["secret"]}
    assert len(secrets) == 3
    assert (await owners.ask("buyer", LIST))["data"]["webhooks"]["totalCount"] == 1


async def test_the_secret_is_kept_sealed_and_nowhere_else(owners: Owners, admin: Connection) -> None:
    made = await owners.create("buyer", idempotencyKey="k1")
    row = await admin.fetchrow("SELECT id, secret FROM register.webhook")
    assert row is not None
    opened = SecretSeal(SECRET).open(row["secret"], row["id"])
    assert made["secret"].startswith("whsec_")
    for table in ("webhook", "audit_event", "idempotent_answer"):
        for text in await admin.fetch(f"SELECT t::text FROM register.{table} AS t"):
            assert made["secret"] not in text[0]
            assert opened.hex() not in text[0]


async def test_a_key_that_was_revoked_makes_none(owners: Owners) -> None:
    await revoke_key(owners.database, operator("tests"), owners.ids["buyer"])
    answer = await owners.ask("buyer", CREATE, **{"in": {"url": URL}})
    assert answer["errors"][0]["extensions"]["rule"] == "access.revoked-key"
