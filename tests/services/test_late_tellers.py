"""A teller that lost its lock while its message was on the way learns what came of it after another has gone on."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.scheduler.receiving import make_authority, receiving
from tests.scheduler.subscribed import SECRET_KEY, fill, make_key, rename, subscribe

from registry.db.pool import Connection, Database
from registry.domain.webhooks import Answer, SecretSeal
from registry.services.webhooks import telling
from registry.services.webhooks.telling import Message

SEAL = SecretSeal(SECRET_KEY)
PAUSE = timedelta(hours=1)


@pytest.fixture
async def webhook(database: Database, tmp_path_factory: pytest.TempPathFactory) -> UUID:
    await fill(database)
    async with receiving(make_authority(tmp_path_factory.mktemp("authority"))) as receiver:
        return (await subscribe(database, receiver, await make_key(database))).id


async def _next(database: Database, webhook: UUID) -> Message:
    row = await telling.take(database, webhook)
    assert row is not None
    message = await telling.next_message(database, SEAL, row)
    assert message is not None
    return message


async def _settle(database: Database, webhook: UUID, message: Message, status: int) -> None:
    row = await telling.take(database, webhook)
    assert row is not None
    await telling.settle(database, row, message, Answer(status), PAUSE)


async def _standing(admin: Connection) -> tuple[object, ...]:
    row = await admin.fetchrow("SELECT position, ordinal, failures, fault, sending_position FROM register.webhook")
    assert row is not None
    return tuple(row)


@pytest.mark.parametrize("late", [200, 500, 410])
async def test_what_is_learnt_late_changes_nothing(
    database: Database, admin: Connection, webhook: UUID, late: int
) -> None:
    await rename(database, 1, "一")
    first = await _next(database, webhook)
    await _settle(database, webhook, first, 200)
    await rename(database, 1, "二")
    second = await _next(database, webhook)
    on_its_way = await _standing(admin)
    await _settle(database, webhook, first, late)
    assert await _standing(admin) == on_its_way
    assert await admin.fetchval("SELECT state FROM register.webhook") == "ACTIVE"
    await _settle(database, webhook, second, 200)
    assert (await _standing(admin))[:2] == second.end > first.end


async def test_the_same_message_is_made_again_after_a_failure(
    database: Database, admin: Connection, webhook: UUID
) -> None:
    await rename(database, 1, "一")
    message = await _next(database, webhook)
    await _settle(database, webhook, message, 500)
    assert (await _standing(admin))[2:4] == (1, "STATUS_500")
    await rename(database, 1, "二")
    again = await _next(database, webhook)
    assert (again.name, again.start, again.end) == (message.name, message.start, message.end)
