"""Transactions of use cases: scoped to the actor, published as one change set, audited, or nothing at all."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from registry.db.mapping import mapped_errors
from registry.db.pool import (
    LONGEST_WAIT_FOR_CONNECTION_SECONDS,
    Connection,
    Database,
    execute,
    fetch_row,
    fetch_value,
    read_instant,
)
from registry.domain.actors import Actor


class ChangeKind(StrEnum):
    """Why a change set was published."""

    SEED = "SEED"
    IMPORT = "IMPORT"
    RUN = "RUN"
    POLICY = "POLICY"
    CORRECTION = "CORRECTION"
    DECISION = "DECISION"
    ERASURE = "ERASURE"
    RULE = "RULE"


@dataclass(frozen=True, slots=True)
class Published:
    """Where a change set stands in the register: its gap-free position and its time in UTC."""

    position: int
    recorded_at: datetime


KeptRecord = tuple[str, str, str | None]
"""A table, and the column and value that name rows of it; all of them where the value is None."""


@dataclass(slots=True)
class Work:
    """An open transaction of one actor.

    `record` is what the act is about, besides versions: its event has the digest of it, and of how it was before where
    the act began with `look_at`.
    """

    connection: Connection
    actor: Actor
    request_id: str | None = None
    record: KeptRecord | None = None
    looked_at: str | None = None

    async def look_at(self, record: KeptRecord) -> None:
        """Note the digest of a record before it is changed or shown."""
        self.record, self.looked_at = record, await self._digest(record)

    async def audit(
        self,
        action: str,
        subject: str | None,
        details: Mapping[str, object] | None = None,
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> None:
        """Append one event to the audit chain; the chain's head stays locked until commit, so call it last."""
        text = json.dumps(details or {}, ensure_ascii=False, sort_keys=True, default=str)
        if before is None and after is None and self.record is not None:
            before, after = self.looked_at, await self._digest(self.record)
        await fetch_value(
            self.connection,
            "change/append_audit_event",
            self.actor.identity,
            action,
            subject,
            self.request_id,
            before,
            after,
            text,
        )

    async def _digest(self, record: KeptRecord) -> str | None:
        digest: str | None = await fetch_value(self.connection, "change/digest_record", *record)
        return digest


@dataclass(slots=True)
class Change(Work):
    """An open change set: rows carry `change_id` and ordinals from 1 in the order they were written.

    `nothing_done` marks what turned out to need nothing, as a retry answered from memory: nothing is audited.
    `publishes_empty` publishes even when no row changed (a run is an event in itself).
    """

    change_id: int = 0
    cause: str = ""
    written: int = 0
    published: Published | None = None
    details: dict[str, object] = field(default_factory=dict)
    subject: str | None = None
    nothing_done: bool = False
    publishes_empty: bool = False

    async def reserve_from(self, count: int) -> int:
        """Count `count` rows as written and return the ordinal before the first of them."""
        base = self.written
        self.written += count
        await execute(self.connection, "change/set_ordinal_base", self.written)
        return base


@asynccontextmanager
async def acting(
    database: Database,
    actor: Actor,
    *,
    request_id: str | None = None,
    isolation: str | None = None,
    readonly: bool = False,
    statement_timeout_ms: int = 0,
) -> AsyncIterator[Work]:
    """Open a transaction on the staff pool that sees what the actor may see; timeout 0 means none."""
    with mapped_errors():
        async with (
            database.staff.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection,
            connection.transaction(isolation=isolation, readonly=readonly),  # type: ignore[arg-type]
        ):
            institution = actor.institution_code or ""
            await execute(connection, "session/act_for", actor.scope, institution, statement_timeout_ms, actor.identity)
            yield Work(connection, actor, request_id)


@asynccontextmanager
async def acting_beside(database: Database, work: Work) -> AsyncIterator[Work]:
    """Open a second transaction that reads the very instant that a REPEATABLE READ one reads, for work side by side.

    Where the pool has no connection to spare it gives the first, so that transactions never wait for each other.
    """
    pool = database.staff
    if pool.get_idle_size() == 0 and pool.get_size() >= pool.get_max_size():
        yield work
        return
    instant = await fetch_value(work.connection, "session/share_instant")
    with mapped_errors():
        async with (
            pool.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await read_instant(connection, instant)
            actor, institution = work.actor, work.actor.institution_code or ""
            await execute(connection, "session/act_for", actor.scope, institution, 0, actor.identity)
            yield Work(connection, work.actor, work.request_id)


@asynccontextmanager
async def publishing(
    database: Database,
    actor: Actor,
    kind: ChangeKind,
    cause: str,
    *,
    action: str,
    source: str | None = None,
    request_id: str | None = None,
) -> AsyncIterator[Change]:
    """Open a change set; on a clean end publish it if anything was written, and audit it, as the last acts."""
    async with acting(database, actor, request_id=request_id) as work:
        change_id = await fetch_value(work.connection, "change/open")
        change = Change(work.connection, actor, request_id, change_id=change_id, cause=cause)
        yield change
        if change.nothing_done:
            return
        before, after = await _digests(change)
        if change.written or change.publishes_empty:
            change.published = await _publish(change, kind, source)
            change.details |= {"position": change.published.position, "changeKind": kind, "changeCause": change.cause}
        await change.audit(action, change.subject, change.details, before=before, after=after)


async def _digests(change: Change) -> tuple[str | None, str | None]:
    """Digest what the change set replaced and what it leaves, before anybody has to wait for its publication."""
    before, after = None, None
    if change.written:
        told = await fetch_row(change.connection, "change/digest", change.written)
        assert told is not None  # noqa: S101 - a function with OUT parameters returns one row
        change.details["digests"], before, after = told
    return before, after


async def _publish(change: Change, kind: ChangeKind, source: str | None) -> Published:
    row = await fetch_row(
        change.connection,
        "change/publish",
        change.change_id,
        kind,
        change.actor.identity,
        change.cause,
        source,
        change.request_id,
        change.written,
    )
    assert row is not None  # noqa: S101 - a function with OUT parameters returns one row
    return Published(row["published_position"], row["published_at"])
