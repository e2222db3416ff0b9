"""Checks of bidders (采购核查): the verdict on one code, and the reasons for it."""

from registry.domain.errors import Bilingual
from registry.domain.terms import Term


class Verdict(Term):
    """What a check says of one code."""

    MEETS = "MEETS", "符合条件"
    FAILS = "FAILS", "不符合条件"
    UNDETERMINED = "UNDETERMINED", "无法判定"


class VerdictReason(Term):
    """Why a code does not meet the criteria, or why the register cannot tell."""

    MALFORMED_CODE = "MALFORMED_CODE", "代码格式或校验位有误"
    UNKNOWN_CODE = "UNKNOWN_CODE", "登记簿中没有该代码"
    SEVERAL_INSTITUTIONS = "SEVERAL_INSTITUTIONS", "该主体办有多家机构，请按机构代码核查"
    NO_INSTITUTION = "NO_INSTITUTION", "该主体没有存续的机构"
    UNKNOWN_REGION = "UNKNOWN_REGION", "条件中的区划代码不存在"
    NOT_OPERATING = "NOT_OPERATING", "不在营业状态"
    NOT_RATED = "NOT_RATED", "没有信用评级"
    RATING_SUSPENDED = "RATING_SUSPENDED", "信用评级因名单记录中止"
    STARS_BELOW = "STARS_BELOW", "星级低于要求"
    CAPPED_BY_ENDED_ENTRY = "CAPPED_BY_ENDED_ENTRY", "当时有效、现已终止的名单记录使星级低于要求"
    NO_ASSESSED_GRADE = "NO_ASSESSED_GRADE", "没有有效的等级评定"
    GRADE_BELOW = "GRADE_BELOW", "评定等级低于要求"
    VALIDITY_SHORT = "VALIDITY_SHORT", "等级评定剩余有效期不足"
    NO_CERTIFIED_RATIO = "NO_CERTIFIED_RATIO", "没有持证上岗率数据"
    CERTIFIED_RATIO_BELOW = "CERTIFIED_RATIO_BELOW", "持证上岗率低于要求"
    OUTSIDE_REGIONS = "OUTSIDE_REGIONS", "不在要求的区划内"
    BLACK_ENTRY = "BLACK_ENTRY", "列入失信惩戒名单"
    WATCH_ENTRY = "WATCH_ENTRY", "列入重点关注名单"
    PAST_ENTRIES_NOT_SHOWN = "PAST_ENTRIES_NOT_SHOWN", "此后终止的名单记录不向查询者公开，无法确认当时情况"


ENGLISH = {
    VerdictReason.MALFORMED_CODE: "The code is not well formed, or its check character is wrong",
    VerdictReason.UNKNOWN_CODE: "The register has nobody with this code",
    VerdictReason.SEVERAL_INSTITUTIONS: "The organisation runs several institutions: check the one that will work",
    VerdictReason.NO_INSTITUTION: "The organisation runs no institution",
    VerdictReason.UNKNOWN_REGION: "A region of the criteria does not exist",
    VerdictReason.NOT_OPERATING: "It is not operating",
    VerdictReason.NOT_RATED: "It has no rating",
    VerdictReason.RATING_SUSPENDED: "Its rating is suspended by an entry on a credit list",
    VerdictReason.STARS_BELOW: "It has fewer stars than wanted",
    VerdictReason.CAPPED_BY_ENDED_ENTRY: "An entry in force then, ended since, left it fewer stars than wanted",
    VerdictReason.NO_ASSESSED_GRADE: "It has no assessed grade in force",
    VerdictReason.GRADE_BELOW: "Its assessed grade is lower than wanted",
    VerdictReason.VALIDITY_SHORT: "Its assessed grade does not remain valid long enough",
    VerdictReason.NO_CERTIFIED_RATIO: "Its share of certified carers is not known",
    VerdictReason.CERTIFIED_RATIO_BELOW: "Its share of certified carers is lower than wanted",
    VerdictReason.OUTSIDE_REGIONS: "It lies outside the wanted regions",
    VerdictReason.BLACK_ENTRY: "It is on a black list",
    VerdictReason.WATCH_ENTRY: "It is on a watch list",
    VerdictReason.PAST_ENTRIES_NOT_SHOWN: "Entries that have ended since are not shown here: what was then is unknown",
}

UNCERTAIN = frozenset(
    {
        VerdictReason.MALFORMED_CODE,
        VerdictReason.UNKNOWN_CODE,
        VerdictReason.SEVERAL_INSTITUTIONS,
        VerdictReason.NO_INSTITUTION,
        VerdictReason.UNKNOWN_REGION,
        VerdictReason.NOT_RATED,
        VerdictReason.NO_CERTIFIED_RATIO,
        VerdictReason.PAST_ENTRIES_NOT_SHOWN,
    }
)
"""Reasons for which nothing can be told; any other is a criterion that is not met."""


def text_of(reason: VerdictReason) -> Bilingual:
    """Return the sentence for people."""
    return Bilingual(reason.zh, ENGLISH[reason])


def verdict_of(reasons: set[VerdictReason]) -> Verdict:
    """Return the verdict: one criterion that is not met decides, then one that cannot be told."""
    if reasons - UNCERTAIN:
        return Verdict.FAILS
    return Verdict.UNDETERMINED if reasons else Verdict.MEETS
