"""Documents named by their hash: those that operators trust, and those that clients sent before."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from registry.domain.access import Role
from registry.domain.errors import Bilingual, ConfigurationError, Forbidden, InputError

_SCHEME = "sha256:"
_LONGEST_KEPT = 20_000


class UnknownDocument(Exception):
    """A client named a document by a hash alone, and it is not known here: the client sends it again in full."""


def document_hash(text: str) -> str:
    """Return the SHA-256 of a document's text, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def read_trusted(path: Path) -> dict[str, str]:
    """Return documents by hash from a JSON object of hashes and texts. Rule: `document.file`."""
    try:
        given = orjson.loads(path.read_bytes())
        found = {key.removeprefix(_SCHEME): text for key, text in given.items()}
        wrong = [key for key, text in found.items() if document_hash(text) != key]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise _unusable(path, str(error)) from error
    if wrong:
        raise _unusable(path, f"{wrong[0]} is not the SHA-256 of its document")
    return found


def _unusable(path: Path, reason: str) -> ConfigurationError:
    zh, en = f"无法使用受信文档清单 {path}：{reason}", f"The trusted documents in {path} cannot be used: {reason}"
    return ConfigurationError(Bilingual(zh, en), rule="document.file", path=("TRUSTED_DOCUMENTS",))


@dataclass(slots=True)
class Persisted:
    """Documents by hash: `trusted` for good, those that clients sent for as long as they are asked for.

    Where the public may run `only_trusted` ones, others are refused.
    """

    trusted: Mapping[str, str] = field(default_factory=dict)
    only_trusted: bool = False
    capacity: int = 1_000
    sent: OrderedDict[str, str] = field(default_factory=OrderedDict)

    def completed(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a request with its document in full; UnknownDocument where only a hash is known.

        Rules: `document.id`, `document.hash`.
        """
        named = self._named(request)
        if named is None:
            return request
        text = request.get("query")
        if not isinstance(text, str) or not text:
            return {**request, "query": self._find(named)}
        if document_hash(text) != named:
            raise _refused("document.hash", "散列值与文档不符", "The hash is not that of the document")
        self._keep(named, text)
        return request

    def admit(self, role: Role, text: str) -> None:
        """Refuse the public what nobody trusts, where it may run trusted documents only. Rule: `document.trusted`."""
        if self.only_trusted and role is Role.PUBLIC and document_hash(text) not in self.trusted:
            message = Bilingual("公众只能执行受信文档", "The public may run trusted documents only")
            raise Forbidden(message, rule="document.trusted", path=("query",))

    def _named(self, request: Mapping[str, Any]) -> str | None:
        named = request.get("documentId")
        if named is not None:
            if not isinstance(named, str) or not named:
                raise _refused("document.id", "documentId 应为文本", "documentId must be a text")
            return named.removeprefix(_SCHEME)
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

    def _find(self, named: str) -> str:
        text = self.trusted.get(named) or self.sent.get(named)
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


def _refused(rule: str, zh: str, en: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=("documentId",))
