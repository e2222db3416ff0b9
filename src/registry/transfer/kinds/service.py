"""What an institution does, and how it is assessed: residents, assessed grades, measures."""

from decimal import Decimal

from registry.domain.errors import Bilingual
from registry.domain.institutions import AbilityClass
from registry.transfer import rules
from registry.transfer.columns import ImportKind
from registry.transfer.kinds.fields import DAY, ORGANISATION, column
from registry.transfer.values import Choice, Count, Number, PolicyName, Text

HEADCOUNT = Count(0, 1_000_000)
MEASURE = Number(Decimal(1 - 10**12), Decimal(10**12 - 1), 6)
POLICY_NAME = PolicyName()


def points(most: int) -> Number:
    """Points of one part of an assessment."""
    return Number(Decimal(0), Decimal(most), 2)


RESIDENTS = ImportKind(
    "residents",
    Bilingual("在住老年人", "residents by ability class"),
    (
        column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        column("ability_class*", Choice(tuple(AbilityClass)), "能力等级", "ability class"),
        column("day_from*", DAY, "起始日", "day from which the count stands"),
        column("headcount*", HEADCOUNT, "人数", "number of residents"),
    ),
    ("institution_code", "ability_class", "day_from"),
)

ASSESSMENTS = ImportKind(
    "assessments",
    Bilingual("等级评定", "assessed grades (GB/T 37276-2018)"),
    (
        column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        column("decided_on*", DAY, "评定日期", "day of the decision"),
        column("grade*", Count(1, 5), "等级(1至5)", "grade"),
        column("environment*", points(120), "环境得分", "points for environment"),
        column("facilities*", points(130), "设施设备得分", "points for facilities"),
        column("operations*", points(150), "运营管理得分", "points for operations"),
        column("service*", points(600), "服务得分", "points for service"),
        column("valid_from*", DAY, "有效期起", "first day of validity"),
        column("valid_to*", DAY, "有效期至(最后一日)", "last day of validity"),
        column("assessor*", Text(), "评定单位", "who assessed"),
        column("document_number", Text(100), "文号", "number of the document"),
    ),
    ("institution_code", "decided_on"),
    (rules.not_before("valid_to", "valid_from"),),
)

MEASURES = ImportKind(
    "measures",
    Bilingual("指标", "measures per institution and day"),
    (
        column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        column("measure_code*", POLICY_NAME, "指标代码", "code of the measure"),
        column("day*", DAY, "日期", "day the measure is for"),
        column("value", MEASURE, "数值(空=未报送)", "value; empty means not submitted"),
        column("flag", POLICY_NAME, "例外标记", "exception flag"),
    ),
    ("institution_code", "measure_code", "day"),
)
