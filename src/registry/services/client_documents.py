"""Documents by client: registered, listed, removed, and whether a client may run anything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from registry.db.mapping import mapped_errors
from registry.db.pool import (
    LONGEST_WAIT_FOR_CONNECTION_SECONDS,
    Database,
    execute,
    fetch,
    fetch_value,
)
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.documents import EVERYBODY, SCHEME, Client, client_name, document_hash
from registry.domain.errors import Bilingual, InputError, NotFound
from registry.services.permissions import require
from registry.services.transactions import Work, acting

LARGEST_DOCUMENT = 20_000
MOST_DOCUMENTS = 2_000
_SUBJECT = "oidc:"


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A client as lists show it."""

    client: str
    only_own: bool
    documents: int


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document of one client, as lists show it."""

    client: str
    only_own: bool
    sha256: str
    text: str = field(repr=False)
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What registering documents did for one client."""

    client: str
    added: int
    removed: int
    documents: int


def _refuse(rule: str, zh: str, en: str, *path: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=path)


async def register_documents(
    database: Database, actor: Actor, client: str, documents: Mapping[str, str], *, replace: bool = False
) -> Registered:
    """Let documents by hash belong to a client; where they `replace`, its others go.

    Rules: `document.client`, `document.hash`, `document.size`, `document.count`.
    """
    require(actor, Role.ADMIN)
    _require_sound(documents)
    async with acting(database, actor) as work:
        name = await _known(work, client)
        await work.look_at(("client_document", "client", name))
        await execute(work.connection, "document/note_client", name, None)
        hashes, texts = list(documents), list(documents.values())
        removed = await execute(work.connection, "document/remove_others", name, hashes) if replace else 0
        added = await execute(work.connection, "document/add", name, hashes, texts, actor.identity)
        held: int = await fetch_value(work.connection, "document/count", name)
        if held > MOST_DOCUMENTS:
            zh, en = f"每个客户端至多登记 {MOST_DOCUMENTS} 份文档", f"A client has at most {MOST_DOCUMENTS} documents"
            raise _refuse("document.count", zh, en)
        told = {"added": added, "removed": removed, "documents": held, "replace": replace}
        await work.audit("registerDocuments", f"client:{name}", told)
    return Registered(name, added, removed, held)


def _require_sound(documents: Mapping[str, str]) -> None:
    for key, text in documents.items():
        if document_hash(text) != key:
            raise _refuse("document.hash", "散列值与文档不符", "The hash is not that of the document", key)
        if not 0 < len(text) <= LARGEST_DOCUMENT:
            zh, en = f"文档须为 1 至 {LARGEST_DOCUMENT} 个字符", f"A document has 1 to {LARGEST_DOCUMENT} characters"
            raise _refuse("document.size", zh, en, key)


async def _known(work: Work, client: str) -> str:
    """Return a client's name; it is the public, somebody of the issuer, or whoever holds a key of that name."""
    name = client_name(client)
    free = name == EVERYBODY or (name.startswith(_SUBJECT) and len(name) > len(_SUBJECT))
    if not free and not await fetch_value(work.connection, "document/key_named", name):
        zh, en = "须为 public、oidc:主体 或某一密钥的名称", "public, oidc:SUBJECT or the name of a key is needed"
        raise _refuse("document.client", zh, en, "client")
    return name


async def set_mode(database: Database, actor: Actor, client: str, *, only_own: bool) -> ClientInfo:
    """Let a client run its own documents only, or any; processes learn it within ten seconds.

    Rule: `document.client`.
    """
    require(actor, Role.ADMIN)
    async with acting(database, actor) as work:
        name = await _known(work, client)
        if name == EVERYBODY:
            zh, en = "公众的模式由 PUBLIC_DOCUMENTS 设定", "The mode of the public is the setting PUBLIC_DOCUMENTS"
            raise _refuse("document.client", zh, en, "client")
        await work.look_at(("document_client", "name", name))
        await execute(work.connection, "document/note_client", name, only_own)
        held: int = await fetch_value(work.connection, "document/count", name)
        await work.audit("setDocumentMode", f"client:{name}", {"onlyOwn": only_own, "documents": held})
    return ClientInfo(name, only_own, held)


async def remove_document(database: Database, actor: Actor, client: str, sha256: str) -> str:
    """Take a document from a client; return its hash. Rule: `document.unknown`."""
    require(actor, Role.ADMIN)
    name, named = client_name(client), sha256.removeprefix(SCHEME).lower()
    async with acting(database, actor) as work:
        await work.look_at(("client_document", "client", name))
        if not await execute(work.connection, "document/remove", name, [named]):
            message = Bilingual("该客户端没有此文档", "The client has no such document")
            raise NotFound(message, rule="document.unknown", path=("sha256",))
        await execute(work.connection, "document/note_client", name, None)
        await work.audit("removeDocument", f"client:{name}", {"sha256": named})
    return named


async def list_clients(database: Database, actor: Actor) -> list[ClientInfo]:
    """Return every client that documents were registered for, or whose mode was set."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    async with acting(database, actor, readonly=True) as work:
        return [ClientInfo(*row) for row in await fetch(work.connection, "document/list_clients")]


async def list_documents(database: Database, actor: Actor, client: str | None = None) -> list[DocumentInfo]:
    """Return registered documents by client and hash; of one client where it is named."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    name = None if client is None else client_name(client)
    async with acting(database, actor, readonly=True) as work:
        return [DocumentInfo(*row) for row in await fetch(work.connection, "document/list", name)]


async def read_clients(database: Database, known: int | None) -> tuple[int, dict[str, Client]] | None:
    """Return the state of all clients and what they are; None while the state is the one that is known."""
    with mapped_errors():
        async with database.staff.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection:
            state: int = await fetch_value(connection, "document/read_state")
            if state == known:
                return None
            clients = await fetch(connection, "document/list_clients")
            documents: dict[str, dict[str, str]] = {name: {} for name, *_ in clients}
            for row in await fetch(connection, "document/list", None):
                documents[row["client"]][row["sha256"]] = row["text"]
    return state, {name: Client(documents[name], only_own) for name, only_own, _ in clients}
