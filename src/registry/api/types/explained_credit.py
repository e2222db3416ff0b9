"""What entries on credit lists make of a rating on a law day, as its explanation tells it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from registry.api.planner.declare import One, planned
from registry.api.types.terms import ListKind
from registry.api.types.traces import Wording, as_is, each, inside, told

Entry = Annotated["CreditEntry", strawberry.lazy("registry.api.types.credit_entries")] | None  # type: ignore[name-defined]  # noqa: F821


def _entry() -> Any:
    return planned(
        One("{credit_entry:{row}}", "{row}.id = ({parent}.entry ->> 'entry_id')::bigint"),
        "The entry in force that meets it; the first one, where several do. 名单记录",
    )


@strawberry.type(description="A cap of the policy that an entry in force sets off. 名单封顶")
class ExplainedCreditCap:
    """A cap that took effect."""

    code: str = told("code", "Its code in the policy. 规则代码")
    list_kind: ListKind = told("list", "The kind of list. 名单类别")
    at_most: int = as_is("at_most", "The highest grade that it leaves; 0 where the rating is suspended. 最高等级")
    title: Wording | None = inside("title", "What it is for. 名称")
    legal_basis: str | None = told("basis", "The legal source. 法律依据")
    entry: Entry = _entry()


@strawberry.type(description="Points that the policy gives for an entry in force on a red list. 红名单加分")
class ExplainedCreditPoints:
    """A rule that is met."""

    code: str = told("code", "Its code in the policy. 规则代码")
    points: Decimal = told("points", "The points that it adds. 加分")
    title: Wording | None = inside("title", "What they are for. 名称")
    legal_basis: str | None = told("basis", "The legal source. 法律依据")
    entry: Entry = _entry()


@strawberry.type(
    description="What entries in force on credit lists make of the rating on the law day of the question; nothing of "
    "it is stored with the rating. 信用名单的作用"
)
class ExplainedCredit:
    """Grade and score after entries."""

    day: date = told("day", "The law day on which entries are in force. 基准日")
    stars: int = as_is("stars", "The grade after caps; 0 for none. 封顶后星级")
    suspended: bool = as_is("suspended", "Whether an entry leaves no rating to show. 是否暂停评级")
    score: Decimal | None = told("score", "The score with points; null where not scored. 加分后得分")
    caps: list[ExplainedCreditCap] = each("caps", "The caps that took effect, in the policy's order. 生效的封顶")
    points: list[ExplainedCreditPoints] = each("points", "The rules that give points, in its order. 加分项")
