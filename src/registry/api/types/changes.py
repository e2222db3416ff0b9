"""The change feed: what each change set added, amended or ended, in register order, without gaps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import Argument, Column, coded_id, column, instant, planned
from registry.api.planner.keyset import Key, Ordering
from registry.api.planner.sql import Parameters
from registry.api.scalars import Json, Long
from registry.api.types.filters import codes
from registry.api.types.terms import ChangeAction, ChangeKind
from registry.domain.access import STAFF_ROLES
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden

STAFF_KINDS = frozenset(
    {
        ChangeKind.PERSON,
        ChangeKind.EMPLOYMENT,
        ChangeKind.CERTIFICATE,
        ChangeKind.CERTIFICATE_STATUS,
        ChangeKind.TRAINING,
        ChangeKind.AWARD,
        ChangeKind.RESIDENT_COUNT,
        ChangeKind.MEASURE,
        ChangeKind.WAGE_BAND,
        ChangeKind.IMPORT_RULE,
        ChangeKind.QUALITY_NOTE,
        ChangeKind.ENTRY_STEP,
        ChangeKind.CREDIT_CASE,
        ChangeKind.CASE_STEP,
        ChangeKind.FLAG,
    }
)


FEED_ORDER = Ordering.of("changes", Key("{row}.position", "bigint"), Key("{row}.ordinal", "bigint"))
_TYPE = "replace(initcap(replace({row}.kind, '_', ' ')), ' ', '') || ':' || {row}.entity_id"


@strawberry.type(description="One change of one thing. 变更")
class Change:
    """An entry of the feed."""

    cursor: str = planned(
        Column(FEED_ORDER.cursor(["{row}.position", "{row}.ordinal"])),
        "Its place in the feed: what follows is asked for, or subscribed to, with it as `after`. 游标",
    )
    position: Long = column("position", "Position of its change set; positions have no gaps. 登记位置")
    ordinal: int = column("ordinal", "Its place within the change set. 序号")
    recorded_at: datetime = instant("recorded_at", "When its change set was recorded. 登记时刻")
    kind: ChangeKind = column("kind", "What it is about. 变更类型")
    entity_id: strawberry.ID = planned(
        Column(coded_id(_TYPE)),
        "Identifier of the thing: the same in each of its changes, and its global identifier if it is a node. 对象标识",
    )
    action: ChangeAction = column("action", "What happened. 变更动作")
    code: str | None = column("code", "Code of the thing, or of the institution it belongs to. 代码")
    current: Json | None = column("current", "What it is now; null where it ended or was erased. 现内容")
    previous: Json | None = column("previous", "What it was before; null where it is new or was erased. 原内容")
    cause: str = column("cause", "Why the change set was published. 原因")
    source: str | None = column("source", "Who stated it; null where no file did. 数据来源")


def _resume(after: Sequence[object] | None, parameters: Parameters) -> dict[str, str]:
    position, ordinal = after or (0, 0)
    return {"after": f"{parameters.add(position, 'bigint')}, {parameters.add(ordinal, 'bigint')}"}


_ENTRIES = """(SELECT c.*, s.recorded_at, s.cause, s.source FROM {feed}.changes({after}, {limit}, {kinds}) AS c
  JOIN disclosure.change_set AS s ON s.id = c.change_id) AS {row}"""


def feed(schema: str) -> Connection:
    """Return the feed that a schema's functions give: to everybody, or to staff."""
    return Connection(
        _ENTRIES.replace("{feed}", schema),
        lambda _: FEED_ORDER,
        arguments={"kinds": Argument("text[]", codes)},
        resume=_resume,
        counted=f"{schema}.find_changes({{after}}, {{limit}}, {{kinds}}) AS {{row}}",
    )


PUBLIC_FEED = feed("disclosure")
STAFF_FEED = feed("register")


def admit_kinds(given: Mapping[str, Any], actor: Actor) -> None:
    """Refuse kinds that are for staff. Rule: `changes.kind`."""
    if actor.role not in STAFF_ROLES and STAFF_KINDS.intersection(given.get("kinds") or ()):
        message = Bilingual("该类变更仅限监管部门查询", "Changes of this kind are for regulators")
        raise Forbidden(message, rule="changes.kind", path=("kinds",))
