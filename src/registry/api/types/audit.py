"""The audit trail: every act that changed the register or told a secret, in the order of its chain; for staff."""

from datetime import datetime

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import column
from registry.api.planner.keyset import Key
from registry.api.scalars import Json, Long
from registry.api.types.admission import staff_alone
from registry.api.types.filters import condition
from registry.api.types.paging import fixed
from registry.domain.errors import Bilingual


def _told(name: str) -> str:
    return f"{{row}}.payload::jsonb ->> '{name}'"


@strawberry.type(description="An event of the audit chain; never altered. 审计事件")
class AuditEvent:
    """Who did what, when, and its place in the chain."""

    sequence: Long = column("sequence", "Its place in the chain, from 1 without gaps. 序号")
    recorded_at: datetime = column(_told("recordedAt"), "When it was appended. 记录时刻")
    actor: str = column("actor", "Who acted: `key:` and a number, `cli`, `scheduler`, … 操作者")
    scope: str | None = column("scope", "Path of the region that they acted in, or ALL. 操作者所辖范围")
    action: str = column("action", "What was done. 操作")
    subject: str | None = column("subject", "To what. 对象")
    request_id: str | None = column(_told("requestId"), "The request, as the log names it. 请求标识")
    before: str | None = column(_told("before"), "Digest of what stood before. 变更前摘要")
    after: str | None = column(_told("after"), "Digest of what stands after. 变更后摘要")
    details: Json = column("{row}.payload::jsonb -> 'details'", "More about it; numbers of people are masked. 详情")
    text: str = column("payload", "The event as its hash covers it, JSON. 事件原文")
    previous_hash: str = column("encode({row}.previous_hash, 'hex')", "SHA-256 of the event before. 前一事件摘要")
    hash: str = column(
        "encode({row}.hash, 'hex')", "SHA-256 of the bytes of the one before and of this text in UTF-8. 事件摘要"
    )


@strawberry.input(description="Which events; all given fields must hold. 审计筛选条件")
class AuditTrailFilter:
    """Conditions on events."""

    actions: list[str] | None = condition("{row}.action = ANY ({value})", "text[]", "One of these actions. 操作")
    actor: str | None = condition("{row}.actor = {value}", "text", "By this actor. 操作者")
    subject: str | None = condition("{row}.subject = {value}", "text", "On this subject. 对象")


TRAIL = Connection(
    "register.audit_event AS {row}", fixed("auditTrail", Key("{row}.sequence", "bigint", descending=True))
)


admit_to_trail = staff_alone(
    Bilingual("审计事件仅限监管部门查询", "The audit trail is for regulators"), rule="audit.role"
)
