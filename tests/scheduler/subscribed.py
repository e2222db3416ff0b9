"""A small register with subscribers: what the feed says, and workers that tell of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from tests.scheduler.conftest import until
from tests.scheduler.receiving import Authority, Receiver, reach_of
from tests.services.followed import bring
from tests.services.importing.conftest import OPERATOR, REGIONS, institution, organisation

from registry.api import ApiContext, graphql_routes
from registry.auth.tokens import Authenticator
from registry.db.pool import Addresses, Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.webhooks import Pauses, SecretSeal
from registry.scheduler.delivering import Deliverer
from registry.scheduler.worker import Register
from registry.services.api_keys import CreatedKey, NewKey, create_key
from registry.services.webhooks.making import Keyed, NewWebhook, ShownSecret, create_webhook
from registry.transfer.posting import posting, trusting

SECRET_KEY = b"k" * 32
PLACES = 6
FEED = """query($a: String, $k: [ChangeKind!]) { changes(first: 1000, after: $a, kinds: $k) {
  pageInfo { endCursor hasNextPage }
  nodes { cursor position ordinal recordedAt kind entityId action code current previous cause source } } }"""


async def fill(database: Database) -> None:
    """Six organisations with an institution each, one of them in another province."""
    await bring(database, "regions", REGIONS)
    await bring(database, "organisations", [organisation(at) for at in range(1, PLACES + 1)])
    elsewhere = {PLACES: {"region_code": "210102"}}
    await bring(database, "institutions", [institution(at, **elsewhere.get(at, {})) for at in range(1, PLACES + 1)])


async def rename(database: Database, at: int, name: str) -> int:
    """Amend an institution and return the position of the change set."""
    elsewhere = {"region_code": "210102"} if at == PLACES else {}
    position = await bring(database, "institutions", [institution(at, name=name, **elsewhere)])
    assert position is not None
    return position


async def make_key(database: Database, role: Role = Role.PROCUREMENT, **given: Any) -> CreatedKey:
    """A key of a role."""
    return await create_key(database, SECRET_KEY, OPERATOR, NewKey("key", role, **given))


async def actor_of(database: Database, key: CreatedKey) -> Actor:
    """Who holds the key."""
    return await Authenticator(database, SECRET_KEY).authenticate(f"Bearer {key.token}")


async def subscribe(database: Database, receiver: Receiver, key: CreatedKey, *ports: int, **given: Any) -> ShownSecret:
    """A webhook of the key at the receiver."""
    keyed = Keyed(SECRET_KEY, reach_of(receiver.port, *ports))
    actor = await actor_of(database, key)
    return await create_webhook(database, keyed, actor, NewWebhook(given.pop("url", receiver.url), **given))


async def feed(
    database: Database, key: CreatedKey | None = None, *, after: int = 0, **given: Any
) -> list[dict[str, Any]]:
    """What the API says changed after a position."""
    context = ApiContext(database, authenticate=Authenticator(database, SECRET_KEY).authenticate, secret=SECRET_KEY)
    headers = {} if key is None else {"authorization": f"Bearer {key.token}"}
    transport, found, cursor = (
        httpx.ASGITransport(Starlette(routes=graphql_routes(context))),
        list[dict[str, Any]](),
        None,
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://register", headers=headers) as client:
        while True:
            asked = {"query": FEED, "variables": {"a": cursor, "k": given.get("kinds")}}
            answer = json.loads((await client.post("/graphql", json=asked)).content)["data"]["changes"]
            found += answer["nodes"]
            cursor = answer["pageInfo"]["endCursor"]
            if not answer["pageInfo"]["hasNextPage"]:
                return [one for one in found if one["position"] > after]


@asynccontextmanager
async def delivering(
    database: Database, addresses: Addresses, authority: Authority, *ports: int, **given: Any
) -> AsyncIterator[asyncio.Task[None]]:
    """A worker's loop in this process for as long as the block lasts."""
    stopping = asyncio.Event()
    longest = given.pop("longest_seconds", 5.0)
    async with posting(reach_of(*ports), trusting(authority.authorities), longest) as poster:
        timing = {"poll_seconds": 0.5, "pauses": Pauses(0.02, 0.1), **given}
        found = Register(database, addresses.staff)
        task = asyncio.create_task(Deliverer(lambda: found, SecretSeal(SECRET_KEY), poster, **timing).run(stopping))
        try:
            yield task
        finally:
            stopping.set()
            await asyncio.wait_for(task, 90)


async def standing(admin: Connection, number: str) -> Mapping[str, Any]:
    """The row of a webhook."""
    row = await admin.fetchrow("SELECT * FROM register.webhook WHERE id = $1::uuid", number)
    assert row is not None
    return dict(row)


async def told_all(admin: Connection, *numbers: str) -> None:
    """Wait until these webhooks stand at the head of the feed."""

    async def done() -> bool:
        behind = """SELECT count(*) FROM register.webhook AS w CROSS JOIN disclosure.head AS h
                    WHERE w.id = ANY ($1::uuid[]) AND (w.position < h.position OR w.ordinal < 2147483647)"""
        return not await admin.fetchval(behind, list(numbers))

    await until(done)
