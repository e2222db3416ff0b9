"""/statements/: an issued statement as its signed text or on paper (PDF), for who asked for it and for auditors."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from registry.db.pool import Database
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, NotFound
from registry.services.statements import Statement, find_issued

STATEMENTS_PATH = "/statements/"
_AT_ONCE = 1
"""A statement of a thousand codes keeps a core busy for two seconds."""

Authenticate = Callable[[str | None], Awaitable[Actor]]


class StatementFiles:
    """The statements of a register that people reach at an address."""

    def __init__(self, database: Database, authenticate: Authenticate, address: str) -> None:
        self._database, self._authenticate, self._address = database, authenticate, address
        self._printing = asyncio.Semaphore(_AT_ONCE)

    async def text(self, request: Request) -> Response:
        """Answer with the compact JWS."""
        issued = await self._issued(request)
        return _file(f"{issued.text}\n".encode(), "application/jose", f"{issued.id}.jws")

    async def paper(self, request: Request) -> Response:
        """Answer with the PDF."""
        from registry.reports.statement_pdf import statement_pdf

        issued = await self._issued(request)
        async with self._printing:
            made = await asyncio.to_thread(statement_pdf, issued.text, self._address)
        return _file(made, "application/pdf", f"{issued.id}.pdf")

    async def _issued(self, request: Request) -> Statement:
        actor = await self._authenticate(request.headers.get("authorization"))
        number: UUID = request.path_params["number"]
        issued = await find_issued(self._database, actor, str(number))
        if issued is None:
            raise NotFound(Bilingual("没有该证明", "There is no such statement"), rule="statement.unknown")
        return issued


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def statement_routes(database: Database, authenticate: Authenticate, address: str) -> list[Route]:
    """Return the routes of issued statements; `address` is what their codes lead to."""
    files = StatementFiles(database, authenticate, address)
    return [
        Route(f"{STATEMENTS_PATH}{{number:uuid}}.jws", files.text),
        Route(f"{STATEMENTS_PATH}{{number:uuid}}.pdf", files.paper),
    ]
