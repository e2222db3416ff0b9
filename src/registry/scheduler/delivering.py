"""Delivering to webhooks: a loop of its own in every worker; each webhook is told by one worker at a time, in order.

A worker holds the locks of the webhooks it tells on one connection of its own: when the worker or the connection dies,
the locks are free at once. Webhooks do not wait for each other: each is told by a task that holds no database
connection while it waits for its receiver.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from registry.db.mapping import domain_error, mapped_errors
from registry.db.pool import STAFF_ROLE, Connection, Database, connect, fetch_value
from registry.domain.errors import RegisterError
from registry.domain.webhooks import Answer, DisabledFor, Pauses, SecretSeal, WebhookState
from registry.scheduler.metrics import WEBHOOK_CHANGES, WEBHOOK_MESSAGES, WEBHOOKS_DISABLED
from registry.scheduler.worker import Register
from registry.services.webhooks import telling
from registry.services.webhooks.telling import Message

CHANNEL = "register_changes"
MOST_AT_ONCE = 1_000
GRACE_SECONDS = 5.0
ALERT_PAUSES = 4
"""An alert is tried again as a message is after so many failures."""
_log = structlog.get_logger("registry.webhooks")
_chance = secrets.SystemRandom().random


class Sender(Protocol):
    """Sends one message to one address."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return what came of it."""


@dataclass(slots=True)
class Deliverer:
    """The loop of one worker process; `find_register` gives None while the database is away."""

    find_register: Callable[[], Register | None]
    seal: SecretSeal
    sender: Sender
    poll_seconds: float = 5.0
    pauses: Pauses = field(default_factory=Pauses)

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until told to stop; a message on its way then gets GRACE_SECONDS."""
        while not stopping.is_set():
            register = self.find_register()
            if register is not None:
                await self._serve(register, stopping)
            await _wait(stopping, self.poll_seconds)

    async def _serve(self, register: Register, stopping: asyncio.Event) -> None:
        try:
            connection = await connect(register.address, STAFF_ROLE)
            try:
                await _Round(self, register.database, connection).go_on(
                    lambda: not stopping.is_set() and self.find_register() == register, stopping
                )
            finally:
                with suppress(TimeoutError, RegisterError), mapped_errors():
                    await connection.close(timeout=GRACE_SECONDS)
        except Exception as error:  # whatever a database answers, the next round finds what this one left
            known = error if isinstance(error, RegisterError) else domain_error(error)
            if known is None:
                _log.exception("webhooks.failed")
            else:
                _log.warning("webhooks.unavailable", rule=known.rule, reason=known.message.en)


@dataclass(slots=True)
class _Round:
    """What one connection holds: the locks, and the tasks that tell under them."""

    deliverer: Deliverer
    database: Database
    connection: Connection
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _telling: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ending: bool = False

    async def go_on(self, wanted: Callable[[], bool], stopping: asyncio.Event) -> None:
        """Look at every piece of news, when a webhook may be tried again, and now and then without."""
        with mapped_errors():
            await self.connection.add_listener(CHANNEL, lambda *_: self._news.set())
            self.connection.add_termination_listener(lambda *_: self._news.set())
        watch = asyncio.create_task(self._wake_at(stopping))
        try:
            while wanted() and not self.connection.is_closed():
                self._news.clear()
                seconds = await self._look()
                await _wait(self._news, min(self.deliverer.poll_seconds, max(seconds, 0.01)))
        finally:
            watch.cancel()
            await self._end(GRACE_SECONDS if not self.connection.is_closed() else 0)

    async def _wake_at(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._ending = True
        self._news.set()

    async def _end(self, grace_seconds: float) -> None:
        """Without the connection the locks are gone, and another worker may have them already."""
        self._ending = True
        tasks = set(self._telling.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> float:
        """Begin to tell every webhook that is due and told by nobody; return in how many seconds the next may be."""
        due, seconds = await telling.find_due(self.database)
        for webhook in due:
            if webhook not in self._telling and len(self._telling) < MOST_AT_ONCE and await self._try_lock(webhook):
                task = asyncio.create_task(self._tell_on(webhook))
                self._telling[webhook] = task
        return self.deliverer.poll_seconds if seconds is None else seconds

    async def _try_lock(self, webhook: UUID) -> bool:
        async with self._asking:
            return bool(await fetch_value(self.connection, "webhook/try_lock", webhook))

    async def _tell_on(self, webhook: UUID) -> None:
        """Tell a webhook until it was told all, or is to wait; then give its lock up."""
        try:
            while not self._ending and await self._tell(webhook):
                pass
        except Exception as error:  # the next round finds what this one left
            known = error if isinstance(error, RegisterError) else domain_error(error)
            reason = "internal" if known is None else known.rule
            _log.error("webhook.failed", webhook=str(webhook), reason=reason, exc_info=known is None)
            await asyncio.sleep(self.deliverer.pauses.first_seconds)
        finally:
            self._telling.pop(webhook, None)
            with suppress(RegisterError):
                async with self._asking:
                    await fetch_value(self.connection, "webhook/unlock", webhook)
            self._news.set()

    async def _tell(self, webhook: UUID) -> bool:
        """Tell the next message; False when there is none, or it did not arrive."""
        row = await telling.take(self.database, webhook)
        if row is not None and row["alert_due"] and row["due"]:
            return await self._alert(telling.alert(self.deliverer.seal, row), webhook)
        if row is not None and row["state"] == WebhookState.ACTIVE and not row["key_valid"]:
            await self._disabled(webhook, telling.disable(self.database, webhook, DisabledFor.KEY))
            return False
        if row is None or not telling.may_be_told(row):
            return False
        message = await telling.next_message(self.database, self.deliverer.seal, row)
        if message is None:
            return False
        answer = await self.deliverer.sender.post(message.url, message.body, message.headers)
        pause = self._pause(row["failures"] + 1, answer)
        disabled = await telling.settle(self.database, row, message, answer, pause)
        _count(webhook, message, answer, disabled)
        return answer.accepted

    async def _alert(self, message: Message, webhook: UUID) -> bool:
        answer = await self.deliverer.sender.post(message.url, message.body, message.headers)
        await telling.end_alert(self.database, webhook, answer, self._pause(ALERT_PAUSES, answer))
        return False

    async def _disabled(self, webhook: UUID, done: Awaitable[bool]) -> None:
        if await done:
            WEBHOOKS_DISABLED.inc()
            _log.warning("webhook.disabled", webhook=str(webhook), reason=DisabledFor.KEY)

    def _pause(self, failures: int, answer: Answer) -> timedelta:
        pause = self.deliverer.pauses.after(failures, _chance())
        return max(pause, timedelta(seconds=answer.retry_after_seconds))


def _count(webhook: UUID, message: Message, answer: Answer, disabled: DisabledFor | None) -> None:
    WEBHOOK_MESSAGES.labels("ACCEPTED" if answer.accepted else "FAILED").inc()
    if answer.accepted:
        WEBHOOK_CHANGES.inc(message.changes)
        return
    _log.info("webhook.not-accepted", webhook=str(webhook), message=message.name, fault=answer.told)
    if disabled is not None:
        WEBHOOKS_DISABLED.inc()
        _log.warning("webhook.disabled", webhook=str(webhook), reason=disabled)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
