"""A statement as a file, over HTTP: for who asked for it, and for auditors."""

import hashlib
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pypdfium2
import pytest
from starlette.applications import Starlette

from registry.app.protections import answer_register_error
from registry.app.statement_files import statement_routes
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor
from registry.domain.errors import RegisterError
from registry.domain.signing import Signer
from registry.services.statements import Statement, issue_statement

BUYER = Actor("key:1", Role.PROCUREMENT, "buyer")
ACTORS = {
    None: ANONYMOUS,
    "buyer": BUYER,
    "rival": Actor("key:2", Role.PROCUREMENT, "rival"),
    "home": Actor("key:3", Role.INSTITUTION, institution_code="FAC:1"),
    "auditor": Actor("key:4", Role.AUDITOR, scope=EVERYTHING),
}
CHECK = {
    "lawDay": "2026-11-23",
    "position": 0,
    "recordedAt": None,
    "showsAllEntries": True,
    "criteria": {"minStars": 4},
    "answers": [],
}


@pytest.fixture
async def issued(database: Database) -> Statement:
    wanted = {"codes": ["x"], "asOf": None, "criteria": None}
    return await issue_statement(database, BUYER, Signer.derive(bytes(32)), CHECK, wanted)


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async def authenticate(header: str | None) -> Actor:
        return ACTORS[header]

    app = Starlette(
        routes=statement_routes(database, authenticate, "https://credit.example"),
        exception_handlers={RegisterError: answer_register_error},
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as opened:
        yield opened


async def got(client: httpx.AsyncClient, path: str, caller: str | None) -> httpx.Response:
    return await client.get(path, headers={"authorization": caller} if caller else {})


async def test_its_asker_and_auditors_get_text_and_paper(client: httpx.AsyncClient, issued: Statement) -> None:
    for caller in ("buyer", "auditor"):
        text = await got(client, f"/statements/{issued.id}.jws", caller)
        assert (text.text, text.headers["content-type"]) == (f"{issued.text}\n", "application/jose")
        paper = await got(client, f"/statements/{issued.id}.pdf", caller)
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.headers["cache-control"] == text.headers["cache-control"] == "no-store"
        (page,) = pypdfium2.PdfDocument(paper.content)
        said = "".join(page.get_textpage().get_text_range().split())
        assert f"https://credit.example/statements?sha256={hashlib.sha256(issued.text.encode()).hexdigest()}" in said


@pytest.mark.parametrize(("caller", "status"), [(None, 401), ("home", 403), ("rival", 404)])
async def test_nobody_else_does(client: httpx.AsyncClient, issued: Statement, caller: str | None, status: int) -> None:
    for kind in ("jws", "pdf"):
        assert (await got(client, f"/statements/{issued.id}.{kind}", caller)).status_code == status


async def test_what_there_is_not_is_not_found(client: httpx.AsyncClient, issued: Statement) -> None:
    answer = await got(client, f"/statements/{uuid4()}.pdf", "auditor")
    assert (answer.status_code, answer.json()["error"]["rule"]) == (404, "statement.unknown")
    assert (await got(client, "/statements/x.pdf", "auditor")).status_code == 404
