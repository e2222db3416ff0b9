"""How often callers may ask: dated rules by role, and for single callers, that an administrator edits."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.db.pool import Database, execute, fetch, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError
from registry.services.permissions import require
from registry.services.transactions import Work, acting

LARGEST = 2**31 - 1
_CALLER = re.compile(r"(key:[1-9]\d{0,17}|oidc:.{1,200})")


class Window(StrEnum):
    """The time within which requests are counted: a minute of the clock, a law day."""

    MINUTE = "MINUTE"
    DAY = "DAY"


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """The most requests that each caller of a role, or one caller, may make in a window; None: any number.

    `whom` is a role or the identity of a caller (`key:12`, `oidc:…`). Of the public a caller is an address.
    """

    whom: str
    per: Window
    most: int | None
    effective_from: date
    effective_to: date | None
    reason: str


async def list_limits(database: Database, actor: Actor) -> list[RequestLimit]:
    """Return every rule by caller, window and day."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "access/list_request_limits")
    return [RequestLimit(whom, Window(per), *rest) for whom, per, *rest in rows]


async def set_limit(database: Database, actor: Actor, limit: RequestLimit, today: date) -> None:
    """Let a rule hold from its day on, in the place of what held or was planned then; processes learn it in a minute.

    Rules: `request-limit.whom`, `request-limit.most`, `request-limit.past`, `request-limit.reason`.
    """
    require(actor, Role.ADMIN)
    _require_sound(limit, today)
    async with acting(database, actor) as work:
        await _require_known(work, limit.whom)
        await work.look_at(("request_limit", "whom", limit.whom))
        place = limit.whom, limit.per, limit.effective_from
        await execute(work.connection, "access/drop_request_limits_from", *place)
        await execute(work.connection, "access/end_request_limit_from", *place)
        given = limit.whom, limit.per, limit.most, limit.effective_from, limit.reason.strip()
        await execute(work.connection, "access/add_request_limit", *given)
        told = {"per": limit.per, "most": limit.most, "from": limit.effective_from, "reason": limit.reason.strip()}
        await work.audit("setRequestLimit", f"request-limit:{limit.whom}", told)


def _refuse(field: str, zh: str, en: str, rule: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=(field,))


def _require_sound(limit: RequestLimit, today: date) -> None:
    if limit.whom not in set(Role) and not _CALLER.fullmatch(limit.whom):
        zh, en = "须为角色、key:编号 或 oidc:主体", "a role, key:ID or oidc:SUBJECT is needed"
        raise _refuse("whom", zh, en, "request-limit.whom")
    if limit.most is not None and not 0 <= limit.most <= LARGEST:
        zh, en = f"须为 0 至 {LARGEST}", f"a limit lies between 0 and {LARGEST}"
        raise _refuse("most", zh, en, "request-limit.most")
    if limit.effective_from < today:
        raise _refuse("from", "只能自今日或以后生效", "a limit begins today or later", "request-limit.past")
    if not limit.reason.strip():
        raise _refuse("reason", "须注明理由", "a limit has a reason", "request-limit.reason")


async def _require_known(work: Work, whom: str) -> None:
    kind, _, number = whom.partition(":")
    if kind == "key" and not await fetch_value(work.connection, "access/key_exists", int(number)):
        raise _refuse("whom", "没有这样的密钥", "there is no such key", "request-limit.whom")


async def forget_counts(database: Database, actor: Actor, today: date) -> int:
    """Forget who asked how often on days that are over; return how many callers that were."""
    require(actor, Role.ADMIN)
    async with acting(database, actor) as work:
        return await execute(work.connection, "access/forget_request_counts", today)
