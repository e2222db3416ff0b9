"""/.well-known/jwks.json: the public keys by which what the register signed is verified, those of the past too."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.services.checkpoints import published_keys

JWKS_PATH = "/.well-known/jwks.json"
_HEADERS = {"cache-control": "public, max-age=300"}
_READER = operator("jwks")


def key_routes(database: Database) -> list[Route]:
    """Return the route of the key set (RFC 7517), in the order in which the keys began to sign."""

    async def keys(_request: Request) -> Response:
        published = await published_keys(database, _READER)
        return JSONResponse({"keys": published}, headers=_HEADERS)

    return [Route(JWKS_PATH, keys)]
