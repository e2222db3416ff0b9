"""The callers of the tests, and what counts their operations."""

from collections.abc import Awaitable, Callable
from typing import Any

from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor
from registry.domain.errors import Bilingual, Unauthenticated

ACTORS = {
    None: ANONYMOUS,
    "Bearer admin": Actor("key:1", Role.ADMIN, "admin", scope=EVERYTHING),
    "Bearer auditor": Actor("key:2", Role.AUDITOR, "auditor", scope=EVERYTHING),
    "Bearer jilin": Actor("key:3", Role.REGULATOR, "jilin", "220000", "CN/220000"),
    "Bearer buyer": Actor("key:4", Role.PROCUREMENT, "buyer"),
    "Bearer home": Actor("key:5", Role.INSTITUTION, "home", institution_code="914403001922038216"),
}

Ask = Callable[..., Awaitable[dict[str, Any]]]


async def authenticate(authorization: str | None) -> Actor:
    """Return the test's actor, by its name as the key."""
    if authorization not in ACTORS:
        raise Unauthenticated(Bilingual("密钥无效", "The key is not valid"), rule="authentication.key")
    return ACTORS[authorization]


class Counting:
    """Keeps what the endpoint reports."""

    def __init__(self) -> None:
        self.operations: list[tuple[str, str | None, tuple[str, ...]]] = []
        self.fallbacks: list[str] = []

    def operation(self, kind: str, name: str | None, seconds: float, error_codes: tuple[str, ...]) -> None:
        assert seconds >= 0
        self.operations.append((kind, name, error_codes))

    def fallback(self, field_name: str) -> None:
        self.fallbacks.append(field_name)
