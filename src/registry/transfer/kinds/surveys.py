"""What surveys find: elderly people per region, and what staff earn, by bands."""

from registry.domain.errors import Bilingual
from registry.domain.workforce import SkillLevel
from registry.transfer import rules
from registry.transfer.columns import ImportKind
from registry.transfer.kinds.fields import DAY, OCCUPATION, ORGANISATION, REGION, column
from registry.transfer.values import Choice, Count

PEOPLE = Count(0, 2_000_000_000)
YUAN_A_MONTH = Count(0, 10_000_000)

POPULATION = ImportKind(
    "population",
    Bilingual("老年人口", "elderly people per region"),
    (
        column("region_code*", REGION, "区划代码", "code of the region, whose whole population it is"),
        column("day_from*", DAY, "起始日", "day from which the count stands"),
        column("aged_60*", PEOPLE, "60岁及以上人数", "people of 60 years and more"),
        column("aged_65", PEOPLE, "65岁及以上人数", "of these, people of 65 years and more"),
        column("aged_80", PEOPLE, "80岁及以上人数", "of these, people of 80 years and more"),
    ),
    ("region_code", "day_from"),
    (rules.no_more("aged_65", "aged_60"), rules.no_more("aged_80", "aged_65"), rules.no_more("aged_80", "aged_60")),
)

WAGES = ImportKind(
    "wages",
    Bilingual("工资水平调查", "wages by bands, as institutions report them"),
    (
        column("institution_code*", ORGANISATION, "用工机构代码", "institution where the people work"),
        column("occupation*", OCCUPATION, "职业", "occupation"),
        column("level", Choice(tuple(SkillLevel)), "技能等级(空=不分等级)", "skill level; empty means of any"),
        column("surveyed_on*", DAY, "调查时点", "day of the survey"),
        column("from_yuan*", YUAN_A_MONTH, "月工资下限(税前,含)", "least yuan a month before tax in the band"),
        column(
            "below_yuan", YUAN_A_MONTH, "月工资上限(不含,空=以上)", "yuan below which the band ends; empty means open"
        ),
        column("people*", Count(0, 1_000_000), "人数", "people in the band"),
    ),
    ("institution_code", "occupation", "level", "surveyed_on", "from_yuan"),
    (rules.WAGE_BAND,),
)
