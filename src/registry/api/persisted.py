"""Documents named by their hash: those of clients, those that operators trust, and those that were sent before."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.documents import SCHEME, Client, client_of, document_hash
from registry.domain.errors import Bilingual, ConfigurationError, Forbidden, InputError

KNOWN_SECONDS = 10.0
"""How long a process goes by what it knows of clients before it looks again."""
_LONGEST_KEPT = 20_000

ASKING: ContextVar[Actor] = ContextVar("asking", default=ANONYMOUS)
"""Who sent the request that is being read."""

Learn = Callable[[int | None], Awaitable[tuple[int, Mapping[str, Client]] | None]]
"""From the state that is known (None: nothing) to that of now with every client; None where nothing changed."""


class UnknownDocument(Exception):
    """A client named a document by a hash alone, and it is not known here: the client sends it again in full."""


def read_documents(path: Path) -> dict[str, str]:
    """Return documents by hash from a file: a JSON object of hashes and texts, a manifest of Apollo, or one document.

    Rule: `document.file`.
    """
    try:
        content = path.read_bytes()
        if path.suffix in {".graphql", ".gql"}:
            text = content.decode()
            return {document_hash(text): text}
        given = orjson.loads(content)
        if isinstance(given.get("operations"), list):
            given = {operation["id"]: operation["body"] for operation in given["operations"]}
        found = {key.removeprefix(SCHEME): text for key, text in given.items()}
        wrong = [key for key, text in found.items() if document_hash(text) != key]
    except (OSError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise _unusable(path, str(error)) from error
    if wrong:
        raise _unusable(path, f"{wrong[0]} is not the SHA-256 of its document")
    return found


def _unusable(path: Path, reason: str) -> ConfigurationError:
    zh, en = f"无法使用受信文档清单 {path}：{reason}", f"The trusted documents in {path} cannot be used: {reason}"
    return ConfigurationError(Bilingual(zh, en), rule="document.file", path=(path.name,))


@dataclass(slots=True)
class Persisted:
    """Documents by hash: `trusted` for everybody, those of clients, and those sent for as long as they are asked for.

    Where the public may run `only_trusted` ones, or a client its own only, others are refused. `learn` tells what
    clients there are; without it there are none.
    """

    trusted: Mapping[str, str] = field(default_factory=dict)
    only_trusted: bool = False
    capacity: int = 1_000
    learn: Learn | None = None
    sent: OrderedDict[str, str] = field(default_factory=OrderedDict)
    clients: Mapping[str, Client] = field(default_factory=dict)
    _state: int | None = None
    _due: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def renew(self) -> None:
        """Look what clients there are, unless that was done lately; nobody is answered before it was done once."""
        if self.learn is None or monotonic() < self._due:
            return
        async with self._lock:
            if monotonic() < self._due:
                return
            told = await self.learn(self._state)
            if told is not None:
                self._state, self.clients = told
            self._due = monotonic() + KNOWN_SECONDS

    def completed(self, request: dict[str, Any], actor: Actor) -> dict[str, Any]:
        """Return a request with its document in full; UnknownDocument where only a hash is known.

        Rules: `document.id`, `document.hash`, `document.trusted`, `document.own`.
        """
        named = _named(request)
        if named is None:
            return request
        text = request.get("query")
        if not isinstance(text, str) or not text:
            return {**request, "query": self._find(named, actor)}
        if document_hash(text) != named:
            raise _refused("document.hash", "散列值与文档不符", "The hash is not that of the document")
        self._require_allowed(actor, named)
        self._keep(named, text)
        return request

    def admit(self, actor: Actor, text: str) -> None:
        """Refuse what its sender may not run. Rules: `document.trusted`, `document.own`."""
        if self._is_bound(actor):
            self._require_allowed(actor, document_hash(text))

    def _is_bound(self, actor: Actor) -> bool:
        return self.only_trusted if actor.role is Role.PUBLIC else self._client(actor).only_own

    def _client(self, actor: Actor) -> Client:
        return self.clients.get(client_of(actor), _NOBODY) if self.clients else _NOBODY

    def _require_allowed(self, actor: Actor, named: str) -> None:
        if not self._is_bound(actor) or named in self._client(actor).documents:
            return
        if actor.role is not Role.PUBLIC:
            message = Bilingual(
                "该客户端只能执行为其登记的文档", "This client may run documents registered for it only"
            )
            raise Forbidden(message, rule="document.own", path=("query",))
        if named not in self.trusted:
            message = Bilingual("公众只能执行受信文档", "The public may run trusted documents only")
            raise Forbidden(message, rule="document.trusted", path=("query",))

    def _find(self, named: str, actor: Actor) -> str:
        self._require_allowed(actor, named)
        text = self._client(actor).documents.get(named) or self.trusted.get(named) or self.sent.get(named)
        if text is None:
            raise UnknownDocument
        if named in self.sent:
            self.sent.move_to_end(named)
        return text

    def _keep(self, named: str, text: str) -> None:
        if named in self.trusted or len(text) > _LONGEST_KEPT:
            return
        self.sent[named] = text
        if len(self.sent) > self.capacity:
            self.sent.popitem(last=False)


_NOBODY = Client()


def _named(request: Mapping[str, Any]) -> str | None:
    """Return the hash by which a request names its document; None where it names none."""
    named = request.get("documentId")
    if named is not None:
        if not isinstance(named, str) or not named:
            raise _refused("document.id", "documentId 应为文本", "documentId must be a text")
        return named.removeprefix(SCHEME)
    extensions = request.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if persisted is None:
        return None
    fits = isinstance(persisted, dict) and persisted.get("version") == 1
    found = persisted.get("sha256Hash") if fits else None
    if not isinstance(found, str):
        en = "persistedQuery has version 1 and a sha256Hash"
        raise _refused("document.id", "persistedQuery 应含 version 1 与 sha256Hash", en)
    return found


def _refused(rule: str, zh: str, en: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=("documentId",))
