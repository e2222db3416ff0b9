"""The change feed: what each change set added, amended or ended, in register order, without gaps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import Argument, column, instant
from registry.api.planner.keyset import Key
from registry.api.planner.roots import STAFF_ROLES
from registry.api.planner.sql import Parameters
from registry.api.scalars import Json, Long
from registry.api.types.filters import codes
from registry.api.types.paging import fixed
from registry.api.types.terms import ChangeAction, ChangeKind
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
    }
)


@strawberry.type(description="One change of one thing. 变更")
class Change:
    """An entry of the feed."""

    position: Long = column("position", "Position of its change set; positions have no gaps. 登记位置")
    ordinal: int = column("ordinal", "Its place within the change set. 序号")
    recorded_at: datetime = instant("recorded_at", "When its change set was recorded. 登记时刻")
    kind: ChangeKind = column("kind", "What it is about. 变更类型")
    action: ChangeAction = column("action", "What happened. 变更动作")
    code: str | None = column("code", "Code of the thing, or of the institution it belongs to. 代码")
    current: Json | None = column("current", "What it is now; null where it ended or was erased. 现内容")
    previous: Json | None = column("previous", "What it was before; null where it is new or was erased. 原内容")
    cause: str = column("cause", "Why the change set was published. 原因")


def _resume(after: list[object] | None, parameters: Parameters) -> str:
    if after is None:
        return "true"
    position = parameters.once("after position", after[0], "bigint")
    return f"s.position >= {position} AND (s.position > {position} OR c.ordinal > {parameters.add(after[1], 'bigint')})"


_ENTRIES = """(SELECT e.* FROM disclosure.change_set AS s CROSS JOIN LATERAL (
  SELECT c.*, s.position, s.recorded_at, s.cause FROM {view} AS c
   WHERE c.change_id = s.id AND {resume} AND ({kinds} IS NULL OR c.kind = ANY ({kinds}))
   ORDER BY c.ordinal LIMIT {limit}) AS e) AS {row}"""


def feed(view: str) -> Connection:
    """Return the feed over a view of changes; change sets lead, so that reading resumes at an entry of their index."""
    return Connection(
        _ENTRIES.replace("{view}", view),
        fixed("changes", Key("{row}.position", "bigint"), Key("{row}.ordinal", "bigint")),
        arguments={"kinds": Argument("text[]", codes)},
        resume=_resume,
    )


PUBLIC_FEED = feed("disclosure.change")
STAFF_FEED = feed("register.staff_change")


def admit_kinds(given: Mapping[str, Any], actor: Actor) -> None:
    """Refuse kinds that are for staff. Rule: `changes.kind`."""
    if actor.role not in STAFF_ROLES and STAFF_KINDS.intersection(given.get("kinds") or ()):
        message = Bilingual("该类变更仅限监管部门查询", "Changes of this kind are for regulators")
        raise Forbidden(message, rule="changes.kind", path=("kinds",))
