"""Telling a subscriber: the next message after its place, what became of it, and the end of a webhook.

Whoever tells holds the webhook's lock, so nobody else tells it meanwhile. What a message covers is fixed before it is
sent; it moves the place only from where it stood when it was made.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from registry.db.mapping import mapped_errors
from registry.db.pool import Database, Record, execute, fetch, fetch_row, fetch_value
from registry.domain.access import STAFF_ROLES, Role
from registry.domain.actors import EVERYTHING, Actor, operator
from registry.domain.webhooks import (
    END_OF_SET,
    Answer,
    DisabledFor,
    Place,
    SecretSeal,
    WebhookState,
    message_id,
    signed_headers,
)
from registry.services.transactions import acting

TELLER = operator("webhooks")
MOST_CHANGES = 100
LARGEST_BODY_CHARACTERS = 512 * 1024
"""A message ends before the change that would make it longer; a change that is longer by itself goes alone."""
READ_AT_ONCE = 400
_UNSCOPED = frozenset({Role.ADMIN, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent where, with the place that it begins after and the one that it ends at."""

    name: str
    url: str
    body: bytes
    headers: Mapping[str, str]
    turn: int
    start: Place
    end: Place
    changes: int


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the feed: the changes to tell, and the place at which it ends."""

    told: list[str]
    end: Place
    complete: bool


def _actor(row: Record) -> Actor:
    """The key that the webhook belongs to, as it stands now."""
    role = Role(row["key_role"])
    everywhere = role in _UNSCOPED and row["key_region"] is None
    return Actor(
        identity=row["owner"],
        role=role,
        name=row["key_name"],
        region_code=row["key_region"],
        scope=EVERYTHING if everywhere else row["region_path"] or "",
        institution_code=row["key_institution"],
    )


async def find_due(database: Database) -> tuple[list[UUID], float | None]:
    """Return the webhooks that may be told something now, and in how many seconds the next of the others may be."""
    async with acting(database, TELLER, readonly=True) as work:
        row = await fetch_row(work.connection, "webhook/due", END_OF_SET)
    assert row is not None  # noqa: S101 - an aggregate is one row
    return row["due"], row["next_seconds"]


async def take(database: Database, webhook: UUID) -> Record | None:
    """Return a webhook and its key as they stand now; None where it was removed."""
    async with acting(database, TELLER, readonly=True) as work:
        return await fetch_row(work.connection, "webhook/take", webhook)


async def next_message(database: Database, seal: SecretSeal, row: Record) -> Message | None:
    """Return what a webhook is to be told next, fixed so that it is the same if sent again; None when it is told all.

    What concerns the webhook in nothing is passed over.
    """
    start = (row["position"], row["ordinal"])
    if row["sending_position"] is not None:
        page = await _page_until(database, row, start, (row["sending_position"], row["sending_ordinal"]))
    else:
        page = await _next_page(database, row, start)
    if not page.told:
        await _pass(database, row, start, page.end)
        return None
    if row["sending_position"] is None and not await _fix(database, row["id"], start, page.end):
        return None
    return _message(seal, row, start, page)


def _message(seal: SecretSeal, row: Record, start: Place, page: Page) -> Message:
    now = datetime.now(UTC)
    opening = {"type": "changes", "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    data = f'{{"webhook":"{row["id"]}","position":{page.end[0]},"changes":[{",".join(page.told)}]}}'
    body = f'{json.dumps(opening)[:-1]},"data":{data}}}'.encode()
    name = message_id(row["id"], row["turn"], page.end)
    headers = signed_headers(name, now, body, _secrets(seal, row))
    return Message(name, row["url"], body, headers, row["turn"], start, page.end, len(page.told))


def _secrets(seal: SecretSeal, row: Record) -> list[bytes]:
    kept = [sealed for sealed in (row["secret"], row["former_secret"]) if sealed is not None]
    return [seal.open(sealed, row["id"]) for sealed in kept]


async def _rows(database: Database, row: Record, after: Place) -> list[Record]:
    """A page of the feed as the webhook's key may see it."""
    asked = (*after, READ_AT_ONCE, row["kinds"], row["codes"], row["region_code"])
    actor = _actor(row)
    if actor.role in STAFF_ROLES:
        async with acting(database, actor, readonly=True) as work:
            return await fetch(work.connection, "webhook/read_internal", *asked)
    with mapped_errors():
        async with database.public.acquire() as connection:
            return await fetch(connection, "webhook/read_disclosed", *asked)


async def _next_page(database: Database, row: Record, start: Place) -> Page:
    """Read on until there is something to tell or the end of what was published when the webhook was taken."""
    place = start
    while True:
        rows = await _rows(database, row, place)
        page = _cut(rows, place)
        if page.told or len(rows) < READ_AT_ONCE:
            break
        place = page.end
    if page.complete and len(rows) < READ_AT_ONCE:
        return Page(page.told, max(page.end, (row["head"], END_OF_SET)), complete=True)
    return page


async def _page_until(database: Database, row: Record, start: Place, end: Place) -> Page:
    """Read again what was fixed; where less of it is to be seen than a page holds, what there is of it."""
    told, place = list[str](), start
    while True:
        rows = await _rows(database, row, place)
        within = [one for one in rows if (one["position"], one["ordinal"]) <= end]
        told += [one["told"] for one in within if one["told"] is not None]
        if len(within) < READ_AT_ONCE:
            return Page(told, end, complete=True)
        place = within[-1]["position"], within[-1]["ordinal"]


def _cut(rows: Sequence[Record], start: Place) -> Page:
    """Take as many changes as a message holds."""
    told, characters, end = list[str](), 0, start
    for row in rows:
        text = row["told"]
        full = len(told) == MOST_CHANGES or characters + len(text or "") > LARGEST_BODY_CHARACTERS
        if text is not None and told and full:
            return Page(told, end, complete=False)
        if text is not None:
            told.append(text)
            characters += len(text)
        end = row["position"], row["ordinal"]
    return Page(told, end, complete=True)


async def _fix(database: Database, webhook: UUID, start: Place, end: Place) -> bool:
    """Keep where the message ends before it is sent; False where the webhook was paused, moved or removed meanwhile."""
    async with acting(database, TELLER) as work:
        return bool(await execute(work.connection, "webhook/begin_sending", webhook, *start, *end))


async def _pass(database: Database, row: Record, start: Place, end: Place) -> None:
    async with acting(database, TELLER) as work:
        await execute(work.connection, "webhook/advance", row["id"], *start, row["turn"], *end, False)


async def settle(
    database: Database, row: Record, message: Message, answer: Answer, pause: timedelta
) -> DisabledFor | None:
    """Keep what became of a message: the place moves on, or it is tried again after `pause`, or no more.

    Returns why the webhook was disabled, where it was.
    """
    webhook = row["id"]
    async with acting(database, TELLER) as work:
        if answer.accepted:
            await execute(work.connection, "webhook/advance", webhook, *message.start, message.turn, *message.end, True)
            return None
        failed = webhook, *message.start, message.turn, answer.told, pause
        past = await fetch_value(work.connection, "webhook/fail", *failed)
    if past is None:
        return None
    reason = DisabledFor.GONE if answer.gone else DisabledFor.FAILURES if past else None
    return reason if reason is not None and await disable(database, webhook, reason) else None


async def disable(database: Database, webhook: UUID, reason: DisabledFor) -> bool:
    """Tell no more, and note it in the audit chain; the alert address is told where there is one."""
    async with acting(database, TELLER) as work:
        await work.look_at(("webhook", "id", str(webhook)))
        done = bool(await execute(work.connection, "webhook/disable", webhook, reason))
        if done:
            await work.audit("disableWebhook", f"webhook:{webhook}", {"reason": reason})
    return done


def alert(seal: SecretSeal, row: Record) -> Message:
    """Return the message that tells the alert address that the webhook was disabled, and why."""
    now, place = datetime.now(UTC), (row["position"], row["ordinal"])
    data: dict[str, Any] = {
        "webhook": str(row["id"]),
        "reason": row["disabled_for"],
        "fault": row["fault"],
        "disabledAt": row["disabled_at"].isoformat(),
        "position": row["position"],
    }
    told = {"type": "disabled", "timestamp": now.isoformat(timespec="milliseconds"), "data": data}
    body, name = json.dumps(told).encode(), f"alert_{row['id'].hex}_{int(row['disabled_at'].timestamp())}"
    return Message(
        name, row["alert_url"], body, signed_headers(name, now, body, _secrets(seal, row)), 0, place, place, 0
    )


async def end_alert(database: Database, webhook: UUID, answer: Answer, pause: timedelta) -> bool:
    """Keep what became of an alert; True while it is to be tried again."""
    async with acting(database, TELLER) as work:
        return bool(await fetch_value(work.connection, "webhook/end_alert", webhook, answer.accepted, pause))


def may_be_told(row: Record) -> bool:
    """Tell whether the webhook is active, its key opens, and it is time."""
    return bool(row["state"] == WebhookState.ACTIVE and row["key_valid"] and row["due"])
