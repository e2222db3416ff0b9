"""The workforce: occupations, the skill ladder, education, and who evaluates skill."""

from registry.domain.terms import Term


class Occupation(Term):
    """The occupations (职业) shipped with the register; the catalogue itself is data and can grow."""

    CARER = "CARER", "养老护理员"
    HEALTH_CARE_WORKER = "HEALTH_CARE_WORKER", "健康照护师"
    ABILITY_ASSESSOR = "ABILITY_ASSESSOR", "老年人能力评估师"
    SOCIAL_WORKER = "SOCIAL_WORKER", "社会工作者"
    REHABILITATION = "REHABILITATION", "康复"
    NUTRITION = "NUTRITION", "营养"
    NURSE = "NURSE", "护士"
    DOCTOR = "DOCTOR", "医师"
    MANAGER = "MANAGER", "管理"
    LOGISTICS = "LOGISTICS", "后勤"


class SkillLevel(Term):
    """The eight skill levels (新八级工) in ascending order. Legal source: 人社部发〔2022〕14号."""

    APPRENTICE = "APPRENTICE", "学徒工"
    JUNIOR = "JUNIOR", "初级工"
    INTERMEDIATE = "INTERMEDIATE", "中级工"
    SENIOR = "SENIOR", "高级工"
    TECHNICIAN = "TECHNICIAN", "技师"
    SENIOR_TECHNICIAN = "SENIOR_TECHNICIAN", "高级技师"
    SPECIAL_GRADE_TECHNICIAN = "SPECIAL_GRADE_TECHNICIAN", "特级技师"
    CHIEF_TECHNICIAN = "CHIEF_TECHNICIAN", "首席技师"

    @property
    def ordinal(self) -> int:
        """1 (apprentice) to 8 (chief technician); 0 is kept for "no level"."""
        return _ORDINALS[self]

    @classmethod
    def from_ordinal(cls, ordinal: int) -> "SkillLevel":
        """The level of an ordinal 1 to 8; KeyError for any other."""
        return _LEVELS[ordinal]


_LEVELS = dict(enumerate(SkillLevel, start=1))
_ORDINALS = {level: ordinal for ordinal, level in _LEVELS.items()}

APPOINTED_LEVELS = frozenset({SkillLevel.APPRENTICE, SkillLevel.CHIEF_TECHNICIAN})
"""Posts that an employer appoints; no certificate carries them."""


class Education(Term):
    """The highest education (学历) of a person."""

    NONE = "NONE", "无"
    PRIMARY = "PRIMARY", "小学"
    SECONDARY = "SECONDARY", "初中及高中"
    VOCATIONAL = "VOCATIONAL", "中等职业教育"
    COLLEGE = "COLLEGE", "大专"
    BACHELOR = "BACHELOR", "本科"
    POSTGRADUATE = "POSTGRADUATE", "研究生"


class EvaluatorType(Term):
    """Who an evaluation organisation (职业技能评价机构) evaluates: its own staff or anybody."""

    EMPLOYER = "EMPLOYER", "用人单位"
    SOCIAL = "SOCIAL", "社会培训评价组织"
