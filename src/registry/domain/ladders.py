"""Ladders of skill, professional titles and education, between which equivalences hold (双向比照认定)."""

from collections.abc import Mapping

from registry.domain.identifiers import refuse
from registry.domain.terms import Term
from registry.domain.workforce import Education, SkillLevel


class TitleGrade(Term):
    """The grades of a professional title (职称层级) in ascending order. Legal source: 中办发〔2016〕77号."""

    TITLE_ENTRY = "TITLE_ENTRY", "员级"
    TITLE_ASSISTANT = "TITLE_ASSISTANT", "助理级"
    TITLE_INTERMEDIATE = "TITLE_INTERMEDIATE", "中级"
    TITLE_ASSOCIATE_SENIOR = "TITLE_ASSOCIATE_SENIOR", "副高级"
    TITLE_SENIOR = "TITLE_SENIOR", "正高级"


class Ladder(Term):
    """What an equivalence compares."""

    SKILL = "SKILL", "职业技能等级"
    TITLE = "TITLE", "职称"
    EDUCATION = "EDUCATION", "学历"


RUNGS: Mapping[Ladder, tuple[Term, ...]] = {
    Ladder.SKILL: tuple(SkillLevel),
    Ladder.TITLE: tuple(TitleGrade),
    Ladder.EDUCATION: tuple(education for education in Education if education is not Education.NONE),
}
"""The rungs of each ladder in ascending order."""


TITLE_ORDINALS: Mapping[str, int] = {grade.value: ordinal for ordinal, grade in enumerate(TitleGrade, start=11)}
"""The ordinals of the grades of a title, above those of the skill levels so that one column holds either."""


def parse_rung(text: str) -> SkillLevel | TitleGrade:
    """The skill level or the grade of a title that a code names; ValueError for any other."""
    return TitleGrade(text) if text in TITLE_ORDINALS else SkillLevel(text)


def check_rung(ladder: Ladder, rung: str) -> None:
    """Refuses a rung of another ladder. Rule: `equivalence.rung`."""
    if rung not in RUNGS[ladder]:
        known = RUNGS[ladder]
        zh = f"不是{ladder.zh}的级别；可用：{'、'.join(member.zh for member in known)}"
        en = f"not on the ladder {ladder.value}; its rungs: {', '.join(known)}"
        raise refuse("equivalence.rung", zh, en)
