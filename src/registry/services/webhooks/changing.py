"""What the owner of a webhook does with it: pause, resume, give another secret, remove."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from registry.db.pool import Database, Record, execute, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, NotFound
from registry.domain.webhooks import FORMER_SECRET_HOURS, SecretSeal, WebhookState, write_secret
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.transactions import Work, acting
from registry.services.webhooks.making import OWNERS, Keyed, ShownSecret, begin_at

Deed = Callable[[Work, Record], Awaitable[Mapping[str, Any] | None]]
"""Does it, and returns what the audit chain is told; None where there was nothing to do."""

Asked = tuple[str, str, dict[str, object]]
"""Operation, identifier of the webhook, and what else was given."""


async def _find(work: Work, number: str) -> Record:
    """Return a webhook that is the actor's to change, locked. Rule: `webhook.unknown`."""
    row = None
    with suppress(ValueError):
        row = await fetch_row(work.connection, "webhook/find", UUID(number))
    own = row is not None and (row["owner"] == work.actor.identity or work.actor.role is Role.ADMIN)
    if row is None or not own:
        message = Bilingual("没有这样的推送", "There is no such webhook")
        raise NotFound(message, rule="webhook.unknown", path=("input", "id"))
    return row


async def _once(
    database: Database, actor: Actor, asked: Asked, do: Deed, *, idempotency_key: str | None, request_id: str | None
) -> str:
    """Do something with a webhook, once for an idempotency key, and return the identifier."""
    require(actor, *OWNERS)
    operation, number, given = asked[0], asked[1], {"id": asked[1], **asked[2]}
    async with acting(database, actor, request_id=request_id) as work:
        earlier = await find_answer(work, idempotency_key, operation, given)
        if earlier is not None:
            return str(earlier["id"])
        webhook = await _find(work, number)
        await work.look_at(("webhook", "id", str(webhook["id"])))
        told = await do(work, webhook)
        identifier = str(webhook["id"])
        await remember_answer(work, idempotency_key, operation, given, {"id": identifier})
        if told is not None:
            await work.audit(operation, f"webhook:{identifier}", told)
    return identifier


async def pause_webhook(
    database: Database,
    actor: Actor,
    number: str,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> str:
    """Stop telling until it is resumed; where it is not active nothing changes. Returns its identifier."""

    async def pause(work: Work, _: Record) -> Mapping[str, Any] | None:
        return {} if await execute(work.connection, "webhook/pause", UUID(number)) else None

    return await _once(
        database, actor, ("pauseWebhook", number, {}), pause, idempotency_key=idempotency_key, request_id=request_id
    )


async def resume_webhook(
    database: Database,
    actor: Actor,
    number: str,
    position: int | None = None,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> str:
    """Tell on from where it stands, or from the change set after `position`. Returns its identifier."""

    async def resume(work: Work, webhook: Record) -> Mapping[str, Any] | None:
        if position is None and webhook["state"] == WebhookState.ACTIVE and not webhook["failures"]:
            return None
        place = (None, None) if position is None else await begin_at(work, position)
        await execute(work.connection, "webhook/resume", webhook["id"], *place)
        await fetch_value(work.connection, "webhook/wake")
        return {"position": position, "was": webhook["position"], "wasState": webhook["state"]}

    asked: Asked = "resumeWebhook", number, {"position": position}
    return await _once(database, actor, asked, resume, idempotency_key=idempotency_key, request_id=request_id)


async def remove_webhook(
    database: Database,
    actor: Actor,
    number: str,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> str:
    """Remove a webhook; what it was told up to stays in the audit event. Returns its identifier."""

    async def remove(work: Work, webhook: Record) -> Mapping[str, Any] | None:
        await execute(work.connection, "webhook/remove", webhook["id"])
        return {"url": webhook["url"], "position": webhook["position"]}

    return await _once(
        database, actor, ("removeWebhook", number, {}), remove, idempotency_key=idempotency_key, request_id=request_id
    )


async def rotate_secret(
    database: Database,
    keyed: Keyed,
    actor: Actor,
    number: str,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> ShownSecret:
    """Give another secret; for a day messages are signed by the former one as well. A retry is shown the same."""
    secret = keyed.mint(actor, idempotency_key)

    async def rotate(work: Work, webhook: Record) -> Mapping[str, Any] | None:
        sealed = SecretSeal(keyed.secret_key).seal(secret, webhook["id"])
        await execute(work.connection, "webhook/rotate", webhook["id"], sealed, FORMER_SECRET_HOURS)
        return {}

    asked: Asked = "rotateWebhookSecret", number, {}
    found = await _once(database, actor, asked, rotate, idempotency_key=idempotency_key, request_id=request_id)
    return ShownSecret(found, write_secret(secret))
