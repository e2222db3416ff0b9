"""The dated rules that an authority edits: what the files of them hold, by the name of the file."""

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from registry.domain.credit.vocabulary import CreditWindowCode, ListKind, RepairClass
from registry.domain.errors import Bilingual
from registry.domain.flags import FlagSeverity
from registry.domain.identifiers import refuse
from registry.domain.terms import Term
from registry.transfer import rules
from registry.transfer.columns import Column, CrossRule, Fields, ImportKind
from registry.transfer.kinds.fields import DAY, OCCUPATION, REGION, column
from registry.transfer.values import Choice, Code, Count, Identifier, PolicyName, Text

_CHINA_CODES = {ListKind.RED: 2, ListKind.WATCH: 4, ListKind.BLACK: 8}
_LONGEST = 100_000


class _Truth(Term):
    TRUE = "true", "是"
    FALSE = "false", "否"


class _Counted(Term):
    BEDS = "BEDS", "床位"
    ELDERLY = "ELDERLY", "老年人"


class _Per(Term):
    ADDRESS = "ADDRESS", "来源地址"
    INSTITUTION = "INSTITUTION", "机构"


def _truth(text: str) -> str:
    """`true` or `false`. Rule: `choice.unknown`."""
    lower = text.strip().lower()
    return lower if lower in {"true", "false"} else Choice(tuple(_Truth)).parse(text)


def _object(text: str) -> str:
    """A JSON object, as text. Rule: `rule.parameters`."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise refuse("rule.parameters", "应为 JSON 对象", "it should be a JSON object")
    return text


def _minutes(text: str) -> str:
    """A stretch of time as PostgreSQL reads it: minutes, hours or days. Rule: `rule.interval`."""
    count, _, unit = text.strip().partition(" ")
    known = unit.rstrip("s") in {"minute", "hour", "day"} and count.isascii() and count.isdigit()
    if not known or not timedelta() < timedelta(minutes=int(count[:6])) <= timedelta(minutes=_LONGEST):
        raise refuse("rule.interval", "应如 1 hour、30 minutes、1 day", "like 1 hour, 30 minutes, 1 day")
    return f"{int(count)} {unit}"


TRUTH = Identifier(_truth, "true(是)或 false(否)", "true or false", few=True)
_MONTHS, _DAYS = Count(0, 1_200), Count(1, 3_660)
_NAMES = (
    column("name_zh*", Text(), "中文名称", "Chinese name"),
    column("name_en*", Text(), "英文名称", "English name"),
)


def _check_china_code(fields: Fields) -> None:
    wanted = _CHINA_CODES[ListKind(str(fields["kind"]))]
    if fields["credit_china_code"] != wanted:
        zh, en = f"该类名单的信用中国代码为{wanted}", f"Credit China's code of this kind of list is {wanted}"
        raise refuse("rule.china-code", zh, en)


def _check_months(fields: Fields) -> None:
    least, most = fields["least_months"], fields["most_months"]
    if isinstance(least, int) and isinstance(most, int) and (most < least or most == 0):
        raise refuse("rule.months", "最长期限不得短于最短期限", "the longest term is shorter than the least")


def _ruled(
    name: str, title: Bilingual, columns: tuple[Column, ...], key: tuple[str, ...], *checks: CrossRule
) -> ImportKind:
    dated = (
        column("effective_from*", DAY, "生效日期", "first day in force"),
        column("effective_to", DAY, "失效日期(最后一日)", "last day in force; empty: until another follows"),
        column("legal_basis*", Text(500), "依据", "legal basis"),
        column("confirmed*", TRUTH, "是否已对照来源核实", "whether somebody read it in the source named"),
    )
    order = rules.not_before("effective_to", "effective_from")
    return ImportKind(name, title, columns + dated, (*key, "effective_from"), (order, *checks))


RULE_KINDS: Mapping[str, ImportKind] = {
    kind.name: kind
    for kind in (
        _ruled(
            "credit-lists",
            Bilingual("信用名单", "credit lists"),
            (
                column("code*", PolicyName(), "名单代码", "code of the list"),
                column("kind*", Choice(tuple(ListKind)), "名单类别", "kind of list"),
                *_NAMES,
                column("region_code*", REGION, "适用地区", "where the list is kept"),
                column("authority*", Text(), "列入机关", "who decides"),
                column("credit_china_code*", Count(2, 8), "信用中国代码", "Credit China's code"),
                column("needs_consent*", TRUTH, "是否须上级同意", "needs the consent of the next higher authority"),
            ),
            ("code",),
            CrossRule("credit_china_code", _check_china_code),
        ),
        _ruled(
            "credit-grounds",
            Bilingual("列入事由", "grounds"),
            (
                column("code*", Code(), "事由代码", "code of the ground"),
                column("list_kind*", Choice(tuple(ListKind)), "名单类别", "kind of list it is for"),
                *_NAMES,
                column("court_only*", TRUTH, "是否仅由法院认定", "follows from a court's decision alone"),
            ),
            ("code",),
        ),
        _ruled(
            "credit-terms",
            Bilingual("公示期限", "terms of publication"),
            (
                column("repair_class*", Choice(tuple(RepairClass)), "失信程度", "class of the entry"),
                column("least_months*", _MONTHS, "最短公示月数", "months before repair can be asked for"),
                column("most_months", _MONTHS, "最长公示月数", "months at which it ends by itself; empty: it does not"),
                column("published*", TRUTH, "是否公示", "false where in principle nothing is published"),
            ),
            ("repair_class",),
            CrossRule("most_months", _check_months),
        ),
        _ruled(
            "credit-consequences",
            Bilingual("奖惩措施", "consequences"),
            (
                column("list_code*", PolicyName(), "名单代码", "code of the list"),
                column("ground_code", Code(), "事由代码;空=全部", "code of the ground; empty: every ground"),
                column("measure*", Code(), "措施代码", "code of the measure"),
                *_NAMES,
            ),
            ("list_code", "ground_code", "measure"),
        ),
        _ruled(
            "credit-windows",
            Bilingual("程序期限", "windows of the procedure"),
            (
                column("code*", Choice(tuple(CreditWindowCode)), "期限类别", "what it is for"),
                column("days*", _DAYS, "天数", "how many days"),
                column("working*", TRUTH, "是否工作日", "true: Chinese working days; false: calendar days"),
            ),
            ("code",),
        ),
        _ruled(
            "flag-rules",
            Bilingual("预警规则", "rules of flags"),
            (
                column("code*", Code(), "规则代码", "code of a rule that the program knows"),
                column("severity*", Choice(tuple(FlagSeverity)), "严重程度", "how grave"),
                column(
                    "parameters*", Identifier(_object, "JSON 对象", "a JSON object"), "参数", "what it compares with"
                ),
            ),
            ("code",),
        ),
        _ruled(
            "staffing-rules",
            Bilingual("人员配备", "how many staff are needed"),
            (
                column("occupation*", OCCUPATION, "职业", "occupation"),
                column("counted*", Choice(tuple(_Counted)), "计数对象", "of what a full number needs one"),
                column("one_per*", Count(1, 1_000_000), "每多少配一名", "how many for one"),
            ),
            ("occupation", "counted"),
        ),
        _ruled(
            "complaint-limits",
            Bilingual("投诉限额", "limits on complaints"),
            (
                column("per*", Choice(tuple(_Per)), "计数对象", "counted for each what"),
                column("most*", Count(1, 1_000_000), "至多", "how many"),
                column("within*", Identifier(_minutes, "如 1 hour", "like 1 hour"), "时间内", "within which time"),
            ),
            ("per",),
        ),
    )
}
"""Every kind of rules by its name; the table is the name with underscores and without the final s."""
