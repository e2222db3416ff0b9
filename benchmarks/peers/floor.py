"""The floor: a handler that does nothing but run the planner's own statement and pass its text on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from registry.db.pool import PUBLIC_ROLE, open_pool


def _value(given: Any) -> Any:
    return date.fromisoformat(given["date"]) if isinstance(given, dict) else given


def create_app(address: str, statements: Path) -> Starlette:
    """Return the application; `statements` is a JSON object of statements by root field."""
    texts: dict[str, str] = orjson.loads(statements.read_bytes())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with await open_pool(address, PUBLIC_ROLE, size=10, statement_timeout_ms=10_000) as pool:
            app.state.pool = pool
            yield

    async def answer(request: Request) -> Response:
        field: str = request.path_params["field"]
        values = orjson.loads(await request.body())
        row = await request.app.state.pool.fetchrow(texts[field], *[_value(given) for given in values])
        return Response('{"data":{"' + field + '":' + (row["answer"] or "null") + "}}", media_type="application/json")

    return Starlette(routes=[Route("/{field}", answer, methods=["POST"])], lifespan=lifespan)
