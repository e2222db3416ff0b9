"""The key set that is published verifies what was signed before and after a rotation, by another library."""

import json

import httpx
import jwt
from starlette.applications import Starlette

from registry.app.published_keys import JWKS_PATH, key_routes
from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.signing import Signer
from registry.services.checkpoints import sign_checkpoint
from registry.services.transactions import acting

CLI = operator("cli")


async def _signed(database: Database, secret: bytes) -> str:
    async with acting(database, CLI) as work:
        await work.audit("test", None)
    checkpoint = await sign_checkpoint(database, CLI, Signer.derive(secret))
    assert checkpoint is not None
    return checkpoint.text


async def test_what_any_key_signed_is_verified_by_the_published_set(database: Database) -> None:
    transport = httpx.ASGITransport(app=Starlette(routes=key_routes(database)))
    async with httpx.AsyncClient(transport=transport, base_url="http://register") as client:
        assert (await client.get(JWKS_PATH)).json() == {"keys": []}
        texts = [await _signed(database, bytes(range(start, start + 32))) for start in (0, 1)]
        answer = await client.get(JWKS_PATH)
    assert '"d"' not in answer.text
    published = jwt.PyJWKSet.from_dict(answer.json())
    for text, sequence in zip(texts, (2, 5), strict=True):
        key = published[jwt.get_unverified_header(text)["kid"]]
        assert json.loads(jwt.PyJWS().decode(text, key.key, algorithms=["EdDSA"]))["sequence"] == sequence
