"""The rules of credit lists: dated rows, each with its legal basis."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import Many, column, planned
from registry.api.planner.keyset import Key, Ordering
from registry.api.scalars import Json
from registry.api.types.filters import condition
from registry.api.types.paging import fixed
from registry.api.types.regions import Region, region_of
from registry.api.types.terms import CreditWindowCode, FlagSeverity, ListKind, RepairClass

_FROM, _TO = "First day of the rule. 生效日期", "Last day of the rule; null while it is open. 失效日期"
_BASIS = "The legal source it rests on. 法律依据"
_CONFIRMED = "Whether its content was read in that source; if not, an authority has yet to confirm it. 是否已核实"
HELD = "{row}.effective_from <= {the_day} AND ({row}.effective_to IS NULL OR {row}.effective_to >= {the_day})"


def held_on(day: str) -> str:
    """Return the condition of a rule in force on a day."""
    return HELD.replace("{the_day}", day)


@strawberry.type(description="Why a subject is listed. 列入事由")
class CreditGround:
    """A ground as its rule says."""

    code: str = column("code", "Its code. 事由代码")
    kind: ListKind = column("list_kind", "The kind of lists it belongs to. 名单类别")
    name_zh: str = column("name_zh", "Its Chinese name. 中文名称")
    name_en: str = column("name_en", "Its English name. 英文名称")
    court_only: bool = column(
        "court_only", "Whether it follows from a court's decision alone (失信被执行人). 是否仅依法院决定"
    )
    effective_from: date = column("effective_from", _FROM)
    effective_to: date | None = column("effective_to", _TO)
    legal_basis: str = column("legal_basis", _BASIS)
    confirmed: bool = column("confirmed", _CONFIRMED)


@strawberry.type(description="What follows from an entry while it is in force. 激励或惩戒措施")
class CreditConsequence:
    """A consequence as its rule says."""

    measure: str = column("measure", "Code of the measure. 措施代码")
    ground: str | None = column("nullif({row}.ground_code, '')", "The ground it is for; null for all. 事由代码")
    name_zh: str = column("name_zh", "Its Chinese name. 中文名称")
    name_en: str = column("name_en", "Its English name. 英文名称")
    effective_from: date = column("effective_from", _FROM)
    effective_to: date | None = column("effective_to", _TO)
    legal_basis: str = column("legal_basis", _BASIS)
    confirmed: bool = column("confirmed", _CONFIRMED)


def _of_list(relation: str, where: str) -> Many:
    overlaps = (
        "{row}.effective_from <= coalesce({parent}.effective_to, 'infinity') "
        "AND coalesce({row}.effective_to, 'infinity') >= {parent}.effective_from"
    )
    return Many(relation, "{row}.id", f"{where} AND {overlaps}")


@strawberry.type(description="A credit list by the rules of its days. 信用名单")
class CreditList:
    """A list as its rule says."""

    code: str = column("code", "Its code. 名单代码")
    kind: ListKind = column("kind", "Red, watch or black. 名单类别")
    name_zh: str = column("name_zh", "Its Chinese name. 中文名称")
    name_en: str = column("name_en", "Its English name. 英文名称")
    region: Region | None = region_of("region_code", "Where it is kept, and below. 适用区划")
    authority: str = column("authority", "Who decides on it, as its basis says. 列入机关")
    credit_china_code: int = column("credit_china_code", "Credit China's code: 2 red, 4 watch, 8 black. 信用中国代码")
    needs_consent: bool = column(
        "needs_consent", "Whether listing needs the consent of the next higher authority. 是否须上级同意"
    )
    effective_from: date = column("effective_from", _FROM)
    effective_to: date | None = column("effective_to", _TO)
    legal_basis: str = column("legal_basis", _BASIS)
    confirmed: bool = column("confirmed", _CONFIRMED)
    grounds: list[CreditGround] = planned(
        _of_list("{credit_ground:{row}}", "{row}.list_kind = {parent}.kind"),
        "Its grounds over its days. 列入事由",
    )
    consequences: list[CreditConsequence] = planned(
        _of_list("{credit_consequence:{row}}", "{row}.list_code = {parent}.code"),
        "What follows from being on it, over its days. 激励或惩戒措施",
    )


@strawberry.type(description="How long entries of a class are published. 公示期限")
class CreditTerm:
    """A term as its rule says."""

    repair_class: RepairClass = column("repair_class", "The class. 失信程度")
    least_months: int = column("least_months", "Months before repair can be asked for. 最短公示期(月)")
    most_months: int | None = column(
        "most_months", "Months after which publication ends by itself; null without such an end. 最长公示期(月)"
    )
    published: bool = column("published", "Whether entries are published in principle. 是否公示")
    effective_from: date = column("effective_from", _FROM)
    effective_to: date | None = column("effective_to", _TO)
    legal_basis: str = column("legal_basis", _BASIS)
    confirmed: bool = column("confirmed", _CONFIRMED)


@strawberry.type(description="How long a step of the procedure may take. 办理期限")
class CreditWindow:
    """A window as its rule says."""

    code: CreditWindowCode = column("code", "What it is for. 期限类别")
    days: int = column("days", "How many days; that of the act is not counted, the last one counts in full. 天数")
    working: bool = column("working", "Whether they are Chinese working days; if not, calendar days. 是否工作日")
    effective_from: date = column("effective_from", _FROM)
    effective_to: date | None = column("effective_to", _TO)
    legal_basis: str = column("legal_basis", _BASIS)
    confirmed: bool = column("confirmed", _CONFIRMED)


@strawberry.type(description="What raises a flag. 预警规则")
class FlagRule:
    """A rule of flags."""

    code: str = column("code", "Its code, the `rule` of its flags. 规则代码")
    severity: FlagSeverity = column("severity", "How much its flags weigh. 级别")
    parameters: Json = column("parameters", "The numbers that it compares with, by name. 参数")
    effective_from: date = column("effective_from", _FROM)
    effective_to: date | None = column("effective_to", _TO)
    legal_basis: str = column("legal_basis", _BASIS)
    confirmed: bool = column("confirmed", _CONFIRMED)


@strawberry.input(description="Which rules; all given fields must hold. 名单规则筛选条件")
class CreditListFilter:
    """Conditions on lists."""

    kind: ListKind | None = condition("{row}.kind = {value}", "text", "The kind. 名单类别", str)
    in_force_on: date | None = condition(HELD.replace("{the_day}", "{value}"), "date", "In force on this day. 该日有效")


@strawberry.input(description="Which terms; all given fields must hold. 公示期限筛选条件")
class CreditTermFilter:
    """Conditions on terms."""

    repair_class: RepairClass | None = condition("{row}.repair_class = {value}", "text", "The class. 失信程度", str)
    in_force_on: date | None = condition(HELD.replace("{the_day}", "{value}"), "date", "In force on this day. 该日有效")


@strawberry.input(description="Which rules; all given fields must hold. 规则筛选条件")
class DatedRuleFilter:
    """Conditions on rules that have a code and days."""

    code: str | None = condition("{row}.code = {value}", "text", "Its code. 代码")
    in_force_on: date | None = condition(HELD.replace("{the_day}", "{value}"), "date", "In force on this day. 该日有效")


def _by_code(name: str) -> Callable[[Mapping[str, Any]], Ordering]:
    return fixed(name, Key("{row}.code", "text"), Key("{row}.effective_from", "date"), Key("{row}.id", "bigint"))


LISTS = Connection("{credit_list:{row}}", _by_code("creditLists"))
WINDOWS = Connection("{credit_window:{row}}", _by_code("creditWindows"))
FLAG_RULES = Connection("register.told_flag_rule AS {row}", _by_code("flagRules"))
TERMS = Connection(
    "{credit_term:{row}}",
    fixed(
        "creditTerms",
        Key("{row}.repair_class", "text"),
        Key("{row}.effective_from", "date"),
        Key("{row}.id", "bigint"),
    ),
)
