"""What the API is given by the application, and what one request and one operation carry through it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from graphql import GraphQLError

from registry.api.errors import describe
from registry.api.persisted import Persisted
from registry.api.planner.shapes import Shapes
from registry.db.pool import MOST_EXPLAINED_AT_ONCE, Database
from registry.db.rounds import Rounds
from registry.db.wakeups import Wakeups
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.errors import Bilingual, ConfigurationError
from registry.domain.personal import PersonalKeys
from registry.domain.reachable import Reach
from registry.domain.signing import Signer

Authenticate = Callable[[str | None], Awaitable[Actor]]
"""From the value of the Authorization header (None: absent) to the actor; raises Unauthenticated."""

Admit = Callable[[Actor, str | None], Awaitable[Mapping[str, str]]]
"""Counts one request of an actor from an address; gives headers that tell what is left, or raises RateLimited."""


class Observer(Protocol):
    """Counts what happens at the endpoint; every method returns at once and never raises."""

    def operation(self, kind: str, name: str | None, seconds: float, error_codes: tuple[str, ...]) -> None:
        """An operation (`query`, `mutation`, `subscription` or `unknown`) was answered."""

    def fallback(self, field_name: str) -> None:
        """A root field was answered by a resolver because the planner has no plan for it."""


class SilentObserver:
    """Counts nothing."""

    def operation(self, kind: str, name: str | None, seconds: float, error_codes: tuple[str, ...]) -> None:
        """Do nothing."""

    def fallback(self, field_name: str) -> None:
        """Do nothing."""


def utc_now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


async def everybody_is_public(authorization: str | None) -> Actor:  # noqa: ARG001 - the signature of Authenticate
    """Treat every caller as the public, whatever it says of itself."""
    return ANONYMOUS


async def everybody_is_admitted(actor: Actor, address: str | None) -> Mapping[str, str]:  # noqa: ARG001 - as Admit
    """Let every request through and count none."""
    return {}


def no_signer() -> Signer:
    """Refuse, where the application holds no signing key. Rule: `signing-key.missing`."""
    message = Bilingual("未设置 SIGNING_KEY", "SIGNING_KEY is not set")
    raise ConfigurationError(message, rule="signing-key.missing", path=("SIGNING_KEY",))


def no_personal_keys() -> PersonalKeys:
    """Refuse, where the application holds no key of personal data. Rule: `personal-key.missing`."""
    message = Bilingual("未设置 PII_KEY", "PII_KEY is not set")
    raise ConfigurationError(message, rule="personal-key.missing", path=("PII_KEY",))


@dataclass(frozen=True, slots=True)
class ApiContext:
    """Everything the API needs from the application.

    `admit` counts requests against limits; `secret` keys the hashes of API keys; `introspection` opens the schema and
    GraphiQL to clients; `public_budget` is what a request of the public may cost, that of other roles is a multiple;
    `persisted` are documents known by their hashes; `request_id` reads the id under which the application logs the
    current request; `personal_keys` gives what opens citizen numbers, asked only where one is to be told; `signer`
    the key that signs statements; `reach` is where webhooks may lead.
    """

    database: Database
    authenticate: Authenticate = everybody_is_public
    admit: Admit = everybody_is_admitted
    secret: bytes = field(default=b"", repr=False)
    observe: Observer = field(default_factory=SilentObserver)
    introspection: bool = True
    public_budget: int = 10_000
    persisted: Persisted = field(default_factory=Persisted)
    clock: Callable[[], datetime] = utc_now
    request_id: Callable[[], str | None] = lambda: None
    personal_keys: Callable[[], PersonalKeys] = no_personal_keys
    signer: Callable[[], Signer] = no_signer
    reach: Reach = field(default_factory=Reach)
    rounds: Rounds = field(init=False, repr=False, compare=False)
    wakeups: Wakeups = field(init=False, repr=False, compare=False)
    explaining: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_EXPLAINED_AT_ONCE))

    def __post_init__(self) -> None:
        """Let questions share round trips, and followers one ear, on the public pool."""
        object.__setattr__(self, "rounds", Rounds(self.database.public))
        object.__setattr__(self, "wakeups", Wakeups(self.database.public))

    def described(self, error: GraphQLError) -> GraphQLError:
        """Return an error as callers may see it."""
        return describe(error, self.request_id(), introspection=self.introspection)


@dataclass(slots=True)
class RequestContext:
    """One HTTP request or one WebSocket connection.

    `authorization` is the credential by which the actor is known, `address` where the client connects from. `spent` is
    what the operations of one HTTP request cost together; a connection has none: each operation may cost the whole
    budget.
    """

    api: ApiContext
    actor: Actor
    authorization: str | None = field(default=None, repr=False)
    connection_params: dict[str, object] | None = field(default=None, repr=False)
    spent: int | None = None
    address: str | None = field(default=None, repr=False)

    def spend(self, cost: int) -> int:
        """Count the cost of one operation; return what counts against the budget."""
        if self.spent is None:
            return cost
        self.spent += cost
        return self.spent


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the register makes of an instant asked about."""

    asked: datetime
    position: int
    recorded_at: datetime | None
    beyond_head: bool


@dataclass(slots=True)
class OperationContext:
    """One operation: who asks, when, and what its answers were read at; `executor` is what executes a subscription."""

    api: ApiContext
    actor: Actor
    instant: datetime
    authorization: str | None = field(default=None, repr=False)
    executor: Any = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    resolved: dict[datetime, Awaitable[Resolved]] = field(default_factory=dict)
    instants: dict[datetime, Resolved] = field(default_factory=dict)
    explained: dict[tuple[object, ...], Awaitable[str | None]] = field(default_factory=dict)
    read_at: tuple[int, str | None] | None = None
    cost: dict[str, int] | None = None
    shapes: Shapes = field(default_factory=Shapes)

    def note_read(self, position: int, recorded_at: str | None) -> None:
        """Remember the lowest position that any part of the answer was read at."""
        if self.read_at is None or position < self.read_at[0]:
            self.read_at = (position, recorded_at)

    def register_extension(self) -> dict[str, object]:
        """Return `extensions.register`: the position of the answer, and each instant asked with what it means."""
        if self.read_at is None:
            return {}
        report: dict[str, object] = {"position": self.read_at[0], "recordedAt": self.read_at[1]}
        if self.instants:
            report["asOf"] = [_instant_report(resolved) for resolved in self.instants.values()]
        return {"register": report}


def _instant_report(resolved: Resolved) -> dict[str, object]:
    return {
        "asked": write_instant(resolved.asked),
        "resolvedPosition": resolved.position,
        "recordedAt": None if resolved.recorded_at is None else write_instant(resolved.recorded_at),
        "beyondHead": resolved.beyond_head,
    }


def write_instant(instant: datetime) -> str:
    """Return an aware instant as the scalar DateTime writes it: UTC, microseconds, Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)
