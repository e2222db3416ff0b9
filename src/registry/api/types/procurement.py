"""Checks of bidders against criteria (采购核查), now or as of a past instant such as bid closing."""

import builtins
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from registry.api.planner.declare import Argument, ByReader, Column, Many, One, Part, column, planned, utc
from registry.api.planner.roots import Look
from registry.api.planner.sql import Moment, literal
from registry.api.scalars import Long
from registry.api.types.answers import THE_ONE
from registry.api.types.credit_caps import SHOWN, capped_rating
from registry.api.types.credit_entries import CreditEntry
from registry.api.types.filters import canonical_code
from registry.api.types.institution_search import share
from registry.api.types.institutions import GRADE_IN_FORCE, AssessedGrade, Institution
from registry.api.types.organisations import Organisation
from registry.api.types.procurement_sql import (
    ANSWERS,
    ANSWERS_LOOKING_BACK,
    CRITERIA,
    CRITERIA_LOOKING_BACK,
    REASONS,
)
from registry.api.types.ratings import Rating
from registry.api.types.terms import Verdict, VerdictReason
from registry.domain import procurement
from registry.domain.access import BUYING_ROLES
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError
from registry.domain.identifiers import normalise_code, parse_institution_code
from registry.domain.procurement import text_of

MOST_CODES = 1_000


@strawberry.input(description="What a bidder must meet; what is not given is not asked for. 核查条件")
class ProcurementCriteria:
    """Conditions on each code."""

    min_stars: int | None = strawberry.field(default=None, description="At least so many stars. 最低星级")
    min_assessed_grade: int | None = strawberry.field(
        default=None, description="An assessed grade in force of at least so much, 1 to 5. 最低评定等级"
    )
    min_validity_days: int | None = strawberry.field(
        default=None,
        description="An assessed grade valid for at least so many days more. 评定剩余有效天数",
    )
    min_certified_ratio: Decimal | None = strawberry.field(
        default=None, description="At least this share of certified carers, 0 to 1. 最低持证上岗率"
    )
    regions: builtins.list[str] | None = strawberry.field(
        default=None, description="In one of these regions or below, by code. 所在区划(含下级)"
    )
    no_black_entry: bool = strawberry.field(
        default=True, description="On no black list, nor the legal entity that runs it. 未列入失信惩戒名单"
    )
    no_watch_entry: bool = strawberry.field(
        default=False, description="On no watch list, nor the legal entity that runs it. 未列入重点关注名单"
    )
    count_disputed: bool = strawberry.field(
        default=True, description="Whether entries that are disputed count too. 异议处理中的记录是否计入"
    )
    operating: bool = strawberry.field(default=True, description="It must be operating. 须在营业状态")


def _told(language: Callable[[Bilingual], str]) -> str:
    """Return the template of a reason's sentence."""
    cases = " ".join(f"WHEN {literal(reason)} THEN {literal(language(text_of(reason)))}" for reason in VerdictReason)
    return f"CASE {{row}}.code {cases} END"


@strawberry.type(description="One reason for a verdict. 核查理由")
class ProcurementReason:
    """A criterion that is not met, or cannot be told."""

    code: VerdictReason = column("code", "Which. 理由代码")
    verdict: Verdict = column(
        "CASE WHEN {row}.code IN ("
        + ", ".join(f"'{reason}'" for reason in sorted(procurement.UNCERTAIN))
        + ") THEN 'UNDETERMINED' ELSE 'FAILS' END",
        "What it makes of the verdict: FAILS or UNDETERMINED. 对结论的影响",
    )
    text_zh: str = column(
        _told(lambda text: text.zh),
        "In Chinese. 中文说明",
    )
    text_en: str = column(
        _told(lambda text: text.en),
        "In English. 英文说明",
    )
    wanted: str | None = column("wanted", "What the criteria ask for. 要求值")
    found: str | None = column("found", "What the register has. 登记值")
    ground_code: str | None = column("ground_code", "Of an entry: code of its ground. 列入事由代码")
    disputed: bool | None = column("disputed", "Of an entry: whether it was disputed. 是否异议处理中")
    ended_since: bool = column(
        "ended",
        "Of an entry: it was in force at the moment asked about and has ended since, so that nothing more is told of "
        "it. 此后是否已终止",
    )
    entry: CreditEntry | None = planned(
        One("{credit_entry:{row}}", "{row}.id = {parent}.entry_id"), "The entry, while it is in force. 名单记录"
    )


@strawberry.type(description="What the check says of one code. 单个代码的核查结果")
class ProcurementAnswer:
    """The verdict on one code with all its reasons, and the facts that it rests on."""

    code: str = column("asked", "The code as it was asked. 所查代码")
    verdict: Verdict = column(
        "(ARRAY['MEETS', 'UNDETERMINED', 'FAILS'])[coalesce({row}.gravity, 0) + 1]", "The verdict. 核查结论"
    )
    reasons: builtins.list[ProcurementReason] = planned(
        Many(REASONS, "{row}.place, {row}.entry_id, {row}.ground_code"),
        "Every criterion that is not met or cannot be told; empty where the code meets them all. 核查理由",
    )
    institution: Institution | None = planned(THE_ONE, "The institution that was checked; null without one. 机构")
    organisation: Organisation | None = planned(
        One("{organisation:{row}}", "{row}.id = {parent}.organisation_id"),
        "The legal entity behind the code; null where the code is unknown. 经营主体",
    )
    rating: Rating | None = planned(
        One(
            f"({capped_rating('{parent}.institution_id', '{parent}.organisation_id')}) AS {{row}}",
            SHOWN.replace("{rated}", "{row}"),
        ),
        "Its rating, with its policy. 信用评级",
    )
    certified_ratio: Decimal | None = column(
        "{row}.certified_ratio::text", "Its share of certified carers as the latest run measured it. 持证上岗率"
    )
    assessed_grade: AssessedGrade | None = planned(
        One(
            GRADE_IN_FORCE.relation,
            GRADE_IN_FORCE.where.replace("{parent}.id", "{parent}.institution_id"),
            GRADE_IN_FORCE.order,
        ),
        "Its assessed grade in force on the law day of the question. 评定等级",
    )
    entries: builtins.list[CreditEntry] = planned(
        Many(
            "{credit_entry:{row}}",
            "{row}.decided_on DESC, {row}.id DESC",
            "({row}.institution_id = {parent}.institution_id OR {row}.organisation_id = {parent}.organisation_id) "
            "AND {row}.in_force_from <= {day} AND ({row}.in_force_to IS NULL OR {row}.in_force_to >= {day})",
        ),
        "Entries of every kind that bear on it, disputed ones too: its own, and those of the legal entity. 名单记录",
    )


@strawberry.type(description="The criteria as they were applied. 适用的核查条件")
class AppliedCriteria:
    """What was given and what stands where nothing was."""

    min_stars: int | None = column("min_stars", "Least stars. 最低星级")
    min_assessed_grade: int | None = column("min_assessed_grade", "Least assessed grade. 最低评定等级")
    min_validity_days: int | None = column("min_validity_days", "Least days of validity left. 评定剩余有效天数")
    min_certified_ratio: Decimal | None = column(
        "{row}.min_certified_ratio::text", "Least share of certified carers. 最低持证上岗率"
    )
    regions: builtins.list[str] | None = column("to_json({row}.regions)", "Regions. 区划")
    no_black_entry: bool = column("no_black_entry", "No black entry. 未列入失信惩戒名单")
    no_watch_entry: bool = column("no_watch_entry", "No watch entry. 未列入重点关注名单")
    count_disputed: bool = column("count_disputed", "Disputed entries count. 异议记录计入")
    operating: bool = column("operating", "It must be operating. 须在营业状态")


@strawberry.type(
    description="A check of bidders. Asking changes nothing; the same question at the same position has the same "
    "answer. 采购核查"
)
class ProcurementCheck:
    """One answer for each code, in the order asked."""

    law_day: date = planned(Column("{day}"), "The law day on which validity was judged. 核查基准日")
    position: Long = column("coalesce({position}, {row}.position)", "Register position that was read. 登记簿位置")
    recorded_at: datetime | None = planned(
        Column(
            f"CASE WHEN isfinite({{row}}.recorded_at) THEN {utc('{row}.recorded_at')} END",
            f"(SELECT {utc('s.recorded_at')} FROM {{change_set:s}} WHERE s.position = {{position}})",  # noqa: S608 - declared
        ),
        "When that position was recorded. 登记时刻",
    )
    shows_all_entries: bool = column(
        "shows_entries",
        "Whether every entry that was in force at the moment asked about was counted, those that have ended since too. "
        "They are for procurement, within the term of the rule LOOK_BACK, and for staff. 是否计入此后终止的记录",
    )
    criteria: AppliedCriteria = planned(Part(), "The criteria as they were applied. 适用的核查条件")
    answers: builtins.list[ProcurementAnswer] = planned(
        ByReader(Many(ANSWERS, "{row}.place"), Many(ANSWERS_LOOKING_BACK, "{row}.place")),
        "One answer for each code, in the order asked. 核查结果",
    )


def checked_codes(texts: builtins.list[str]) -> builtins.list[str]:
    """Return typed codes as the register writes them. Rule: `procurement.codes` for none or more than MOST_CODES."""
    if not 1 <= len(texts) <= MOST_CODES:
        message = Bilingual(f"一次核查 1 至 {MOST_CODES} 个代码", f"A check takes 1 to {MOST_CODES} codes")
        raise InputError(message, rule="procurement.codes", path=("codes",))
    return [canonical_code(text) for text in texts]


def _well_formed(texts: builtins.list[str]) -> builtins.list[bool]:
    return [_is_well_formed(canonical_code(text)) for text in texts]


def _is_well_formed(code: str) -> bool:
    try:
        parse_institution_code(code)
    except InputError:
        return False
    return True


def _criterion(name: str, convert: Callable[[Any], object] = lambda value: value) -> Callable[[Any], object]:
    def read(criteria: Mapping[str, Any]) -> object:
        value = criteria.get(name)
        return None if value is None else convert(value)

    return read


def _least(name: str, most: int) -> Callable[[Any], object]:
    def checked(value: int) -> int:
        if not 0 < value <= most:
            message = Bilingual(f"应在 1 至 {most} 之间", f"It lies between 1 and {most}")
            raise InputError(message, rule="procurement.criteria", path=("criteria", name))
        return value

    return _criterion(name, checked)


def _regions(given: builtins.list[str]) -> builtins.list[str]:
    if not given:
        message = Bilingual("至少给出一个区划代码", "At least one region is needed")
        raise InputError(message, rule="procurement.criteria", path=("criteria", "regions"))
    return [normalise_code(code) for code in given]


def _of_criteria(type_name: str, convert: Callable[[Any], object]) -> Argument:
    return Argument(type_name, convert, source="criteria")


_ARGUMENTS = {
    "codes": Argument("text[]", checked_codes),
    "asked": Argument("text[]", source="codes"),
    "wellFormed": Argument("boolean[]", _well_formed, source="codes"),
    "minStars": _of_criteria("integer", _least("minStars", 100)),
    "minAssessedGrade": _of_criteria("integer", _least("minAssessedGrade", 5)),
    "minValidityDays": _of_criteria("integer", _least("minValidityDays", 36_500)),
    "minCertifiedRatio": _of_criteria("numeric", _criterion("minCertifiedRatio", share)),
    "regions": _of_criteria("text[]", _criterion("regions", _regions)),
    **{
        name: _of_criteria("boolean", _criterion(name))
        for name in ("noBlackEntry", "noWatchEntry", "countDisputed", "operating")
    },
}
CHECK = One(CRITERIA, arguments=_ARGUMENTS)
CHECK_LOOKING_BACK = One(CRITERIA_LOOKING_BACK, arguments=_ARGUMENTS)


def look_of(given: Mapping[str, Any], actor: Actor, moment: Moment) -> Look | None:
    """Return what is recorded of a look at what was in force in the past."""
    if actor.role not in BUYING_ROLES or moment.asked is None:
        return None
    return Look("procurementCheck", {"asOf": moment.asked, "codes": [canonical_code(code) for code in given["codes"]]})
