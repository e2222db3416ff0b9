"""How the site asks the register: a GraphQL document with variables, and the answer or why there is none."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Told = TypeVar("Told")


class Ask(Protocol):
    """Answers a document as the GraphQL endpoint answers the public: `data`, `errors`, `extensions`."""

    async def __call__(
        self, document: str, variables: Mapping[str, object], address: str | None = None
    ) -> dict[str, Any]:
        """Return the response object; `address` is where the reader connects from, which limits go by."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and the register position at which it was read."""

    data: dict[str, Any]
    position: int


class Refused(Exception):
    """The register refused a question; `code` as in `extensions.code`, the reason in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.reason = {"zh": zh, "en": en}


async def answer(ask: Ask, document: str, variables: Mapping[str, object], address: str | None = None) -> Answer:
    """Ask, and return the whole answer; raises Refused when any part of it failed."""
    response = await ask(document, variables, address)
    for error in response["errors"]:
        extensions = error.get("extensions") or {}
        told = str(error["message"])
        raise Refused(str(extensions.get("code", "INTERNAL")), str(extensions.get("messageZh", told)), told)
    position = (response["extensions"].get("register") or {}).get("position", 0)
    return Answer(response["data"], int(position))


async def or_refusal(question: Awaitable[Told]) -> Told | Refused:
    """Return what was told, or why the reader cannot ask so; other refusals are raised."""
    try:
        return await question
    except Refused as refusal:
        if refusal.code != "BAD_USER_INPUT":
            raise
        return refusal
