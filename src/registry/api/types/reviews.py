"""A statement held against what the register knows of the same day now: what differs, and which change set did it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast

import strawberry

from registry.api.checking import answer_check
from registry.api.context import OperationContext, write_instant
from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.declare import Element
from registry.api.planner.rows import Row
from registry.api.scalars import Long
from registry.api.types.attestations import StatedReason
from registry.api.types.filters import canonical_code
from registry.api.types.statements import statement_number
from registry.api.types.terms import ChangeAction, ChangeKind, ChangeSetKind, Verdict
from registry.api.types.traces import as_is, each, told
from registry.domain.review import Difference, differences
from registry.domain.signing import content_signed
from registry.services.statement_review import LateChange, read_late_changes
from registry.services.statements import find_issued


@dataclass(frozen=True, slots=True)
class Review:
    """The review of the statement that the argument names, worked out before the statement is asked."""

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery over it; null where there is no such statement."""
        number = statement_number(compiler.arguments(selected)["id"])
        operation = cast("OperationContext", compiler.executor.context_value)
        schema = compiler.executor.schema._strawberry_schema  # type: ignore[attr-defined]  # strawberry's own way back
        mark = compiler.promise(lambda *_: _reviewed(operation, schema, number), "jsonb")
        compiler.kept = False
        inner = compiler.new_row(row)
        value = Element().compile(compiler, inner, selected)
        source = inner.from_clause(f"(SELECT {mark} AS entry) AS {inner.alias}")
        return f"(SELECT {value} {source} WHERE {inner.alias}.entry IS NOT NULL)"


async def _reviewed(operation: OperationContext, schema: Any, number: str | None) -> str | None:
    api, actor = operation.api, operation.actor
    issued = None if number is None else await find_issued(api.database, actor, number)
    if issued is None:
        return None
    content = content_signed(issued.text)
    now = await answer_check(schema, api, actor, _asked_again(content, operation.instant))
    found = differences(content["check"], now)
    codes = [canonical_code(each.code) for each in found]
    after, upto = content["check"]["position"], now["position"]
    changes = await read_late_changes(api.database, actor, codes, after, upto) if codes else {}
    return json.dumps(_entry(content, now, found, changes), ensure_ascii=False)


def _asked_again(content: Mapping[str, Any], instant: datetime) -> dict[str, Any]:
    """The same question about the same law day, by what is known at this instant."""
    asked, day = content["asked"], content["check"]["lawDay"]
    as_of = asked["asOf"] or f"{day}T12:00:00+08:00"
    return {"codes": asked["codes"], "criteria": asked["criteria"], "asOf": as_of, "knownAt": write_instant(instant)}


def _entry(
    content: Mapping[str, Any],
    now: Mapping[str, Any],
    found: Sequence[Difference],
    changes: Mapping[str, list[LateChange]],
) -> dict[str, Any]:
    day = content["check"]["lawDay"]
    of_code = ((each, changes.get(canonical_code(each.code), [])) for each in found)
    return {
        "id": content["id"],
        "lawDay": day,
        "statedPosition": content["check"]["position"],
        "position": now["position"],
        "recordedAt": now["recordedAt"],
        "differs": bool(found),
        "differences": [{**asdict(each), "changes": [_change(one, day) for one in late]} for each, late in of_code],
    }


def _change(change: LateChange, day: str) -> dict[str, Any]:
    about = None if change.about_from is None else change.about_from.isoformat()
    late = None if about is None else about <= day
    return {**asdict(change), "recorded_at": write_instant(change.recorded_at), "about_from": about, "late": late}


@strawberry.type(description="A change set that touched what bears on a code, since the statement. 此后的变更")
class LateChanges:
    """What it did to rows of one kind."""

    kind: ChangeKind = told("kind", "What the rows are. 变更类型")
    action: ChangeAction = told("action", "What happened to them. 变更动作")
    position: Long = as_is("position", "Position of the change set. 登记位置")
    recorded_at: datetime = told("recorded_at", "When it was recorded. 登记时刻")
    change_set_kind: ChangeSetKind = told("change_set_kind", "What kind of change set it is. 变更集类别")
    cause: str = told("cause", "Why it was published. 原因")
    source: str | None = told("source", "Who stated it; null where no file did. 数据来源")
    about_from: date | None = told(
        "about_from",
        "The first law day that the rows are about; null for what has no days of its own, and for entries. 所涉首日",
    )
    late: bool | None = as_is(
        "late",
        "Whether it is about the law day of the statement or an earlier one: a late correction; false for what came "
        "to be afterwards, null where no day is told. 是否追溯更正",
    )
    fields: list[str] = as_is("fields", "What was amended, where that is public. 变更字段")
    rows: int = as_is("rows", "How many rows. 行数")


@strawberry.type(description="A fact as it was stated, and as it is known now. 事实差异")
class FactDifference:
    """A fact."""

    fact: str = told("fact", "Which, as a path in the statement: `rating.stars`. 事实")
    stated: str | None = told("stated", "As it was stated; null for none. 证明所载")
    now: str | None = told("now", "As it is known now; null for none. 现登记值")


@strawberry.type(description="What differs of one code, and why. 单个代码的差异")
class StatementDifference:
    """A code."""

    code: str = told("code", "The code as it was asked. 所查代码")
    verdict_stated: Verdict = told("stated", "The verdict of the statement. 证明所载结论")
    verdict_now: Verdict = told("now", "The verdict on the same day by what is known now. 现结论")
    reasons_gone: list[StatedReason] = each("gone", "Reasons that fell away. 不再成立的理由")
    reasons_new: list[StatedReason] = each("new", "Reasons that are new. 新增的理由")
    facts: list[FactDifference] = each("facts", "Facts that differ. 事实差异")
    changes: list[LateChanges] = each("changes", "What was recorded since, in register order. 此后登记的变更")


@strawberry.type(
    description="A statement held against what the register knows of the same law day now. The statement itself never "
    "changes. 证明复核"
)
class StatementReview:
    """Result of reviewStatement."""

    id: strawberry.ID = told("id", "The statement's identifier. 证明编号")
    law_day: date = told("lawDay", "The law day that both are about. 核查基准日")
    stated_position: Long = as_is("statedPosition", "The register position that the statement read. 证明所据位置")
    position: Long = as_is("position", "The register position that was read now. 现登记位置")
    recorded_at: datetime | None = told("recordedAt", "When that position was recorded. 登记时刻")
    differs: bool = as_is("differs", "Whether anything differs. 是否有差异")
    differences: list[StatementDifference] = each("differences", "The codes that differ, in their order. 有差异的代码")
