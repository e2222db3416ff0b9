"""Documents of clients: who registers them, what is refused, and what processes learn."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.documents import Client, client_name, document_hash
from registry.domain.errors import Forbidden, InputError
from registry.services import client_documents
from registry.services.client_documents import list_clients, read_clients, register_documents, remove_document, set_mode

CLI = operator("cli")
TEXT = "{ __typename }"
ONE = {document_hash(TEXT): TEXT}
Act = Callable[[Database, Actor], Coroutine[Any, Any, object]]
ACTS: list[Act] = [
    lambda database, actor: register_documents(database, actor, "public", ONE),
    lambda database, actor: set_mode(database, actor, "oidc:x", only_own=True),
    lambda database, actor: remove_document(database, actor, "public", document_hash(TEXT)),
]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.REGULATOR, Role.PROCUREMENT])
@pytest.mark.parametrize("act", ACTS)
async def test_only_an_administrator_changes_documents(database: Database, act: Act, role: Role) -> None:
    with pytest.raises(Forbidden):
        await act(database, Actor("key:1", role, "x"))
    assert await list_clients(database, Actor("key:2", Role.AUDITOR)) == []


@pytest.mark.parametrize(
    ("documents", "rule"),
    [
        ({document_hash("x"): TEXT}, "document.hash"),
        ({document_hash(""): ""}, "document.size"),
        ({document_hash("a" * 20_001): "a" * 20_001}, "document.size"),
    ],
)
async def test_what_is_no_document_is_refused(database: Database, documents: dict[str, str], rule: str) -> None:
    with pytest.raises(InputError) as refused:
        await register_documents(database, CLI, "public", documents)
    assert refused.value.rule == rule


async def test_a_client_has_only_so_many(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_documents, "MOST_DOCUMENTS", 2)
    texts = [f"{{ a{number}: __typename }}" for number in range(3)]
    with pytest.raises(InputError) as refused:
        await register_documents(database, CLI, "public", {document_hash(text): text for text in texts})
    assert refused.value.rule == "document.count"
    assert await read_clients(database, None) == (0, {}), "nothing stays of what was refused"


async def test_what_changed_is_learnt_and_nothing_else(database: Database) -> None:
    state = 0
    for act, known in (
        (ACTS[0], {"public": Client(ONE)}),
        (ACTS[1], {"public": Client(ONE), "oidc:x": Client({}, only_own=True)}),
        (ACTS[2], {"public": Client(), "oidc:x": Client({}, only_own=True)}),
    ):
        assert await read_clients(database, state) is None
        await act(database, CLI)
        told = await read_clients(database, state)
        assert told is not None
        state, clients = told
        assert clients == known


def test_a_client_is_known_by_its_name_however_it_is_written() -> None:
    assert client_name("  City Portal ") == client_name("city portal") == "city portal"
