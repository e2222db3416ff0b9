"""Retries: the same actor, key and input get the same answer; another input under the same key is a conflict."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from registry.db.pool import execute, fetch_row, fetch_value
from registry.domain.errors import Bilingual, Conflict, InputError
from registry.services.transactions import Work


def _digest(operation: str, wanted: Mapping[str, object]) -> bytes:
    text = json.dumps([operation, wanted], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


async def _take_key(work: Work, idempotency_key: str, wait: bool) -> None:
    name = f"{work.actor.identity} {idempotency_key}"
    if wait:
        await execute(work.connection, "idempotency/lock", name)
    elif not await fetch_value(work.connection, "idempotency/try_lock", name):
        raise Conflict(
            Bilingual("同一幂等键的请求正在处理", "A request with this idempotency key is under way"),
            rule="idempotency.under-way",
            path=("input", "idempotencyKey"),
        )


async def find_answer(
    work: Work, idempotency_key: str | None, operation: str, wanted: Mapping[str, object], *, wait: bool = True
) -> dict[str, Any] | None:
    """Return the earlier answer, or None; until commit no other transaction can pass here with the same key.

    A second transaction with the same key waits for the first, or is refused with Conflict where `wait` is false:
    a use case that takes a second connection must not let others wait for it on theirs.
    """
    if idempotency_key is None:
        return None
    if not 1 <= len(idempotency_key) <= 200:
        raise InputError(
            Bilingual("幂等键须为 1 至 200 个字符", "An idempotency key has 1 to 200 characters"),
            rule="idempotency.length",
            path=("input", "idempotencyKey"),
        )
    await _take_key(work, idempotency_key, wait)
    row = await fetch_row(work.connection, "idempotency/find", work.actor.identity, idempotency_key)
    if row is None:
        return None
    if row["input_digest"] != _digest(operation, wanted):
        raise Conflict(
            Bilingual("该幂等键已用于另一请求", "This idempotency key was used for another request"),
            rule="idempotency.other-input",
            path=("input", "idempotencyKey"),
        )
    answer: dict[str, Any] = json.loads(row["answer"])
    return answer


async def remember_answer(
    work: Work, idempotency_key: str | None, operation: str, wanted: Mapping[str, object], answer: Mapping[str, object]
) -> None:
    """Keep the answer for retries, in the same transaction as the act."""
    if idempotency_key is None:
        return
    text = json.dumps(answer, default=str, ensure_ascii=False)
    digest = _digest(operation, wanted)
    await execute(
        work.connection, "idempotency/remember", work.actor.identity, idempotency_key, operation, digest, text
    )
