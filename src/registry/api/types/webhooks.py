"""Webhooks as their owners see them: where they lead, what they watch, how far they were told, and what is wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import One, column, instant
from registry.api.planner.keyset import Key
from registry.api.scalars import Long
from registry.api.types.paging import fixed
from registry.api.types.terms import ChangeKind, DisabledFor, WebhookState
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden

OWNERS = frozenset(Role) - {Role.PUBLIC}


@strawberry.type(
    description="An address that is told of changes as they happen, in order, signed as Standard Webhooks say. It "
    "belongs to an API key and is told what that key may see. 变更推送"
)
class Webhook:
    """A webhook without its secret."""

    id: strawberry.ID = column("{row}.id::text", "Its identifier. 推送标识")
    url: str = column("url", "Where messages go. 接收地址")
    alert_url: str | None = column("alert_url", "Where it is told that the webhook was disabled. 告警地址")
    codes: list[str] | None = column("to_json({row}.codes)", "The codes watched; null for all. 关注的代码")
    kinds: list[ChangeKind] | None = column("to_json({row}.kinds)", "The kinds watched; null for all. 关注的变更类型")
    region_code: str | None = column("region_code", "The region watched; null for all. 关注的地区")
    state: WebhookState = column("state", "Whether it is told. 状态")
    position: Long = column("position", "Position of the change set up to which it was told. 已推送至的登记位置")
    created_at: datetime = instant("created_at", "When it was made. 创建时刻")
    delivered_at: datetime | None = instant("delivered_at", "When a message was last accepted. 最近送达时刻")
    failures: int = column("failures", "How often in a row the next message was not accepted. 连续失败次数")
    failing_since: datetime | None = instant("failing_since", "Since when it was not accepted. 开始失败时刻")
    fault: str | None = column(
        "fault", "Why: STATUS_ and the answer's number, ADDRESS, CONNECTION, CERTIFICATE, TIMEOUT, ANSWER. 失败原因"
    )
    next_attempt_at: datetime | None = instant(
        "next_attempt", "When it is tried again; null where nothing failed. 下次重试时刻"
    )
    disabled_at: datetime | None = instant("disabled_at", "When the register stopped telling. 停用时刻")
    disabled_for: DisabledFor | None = column("disabled_for", "Why the register stopped telling. 停用原因")


_KEPT = (
    "(SELECT w.*, CASE WHEN w.state = 'ACTIVE' AND w.failures > 0 THEN w.next_attempt_at END AS next_attempt "
    "FROM register.webhook AS w) AS {row}"
)
WEBHOOKS = Connection(_KEPT, fixed("webhooks", Key("{row}.id::text", "text")))
CHANGED = One(_KEPT, "{row}.id = {number}")


def admit_to_webhooks(_: Mapping[str, Any], actor: Actor) -> None:
    """Refuse who has no key. Rule: `webhooks.role`."""
    if actor.role not in OWNERS:
        raise Forbidden(Bilingual("推送须有密钥", "Webhooks are for holders of keys"), rule="webhooks.role")
