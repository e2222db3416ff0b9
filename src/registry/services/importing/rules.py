"""The checks that several kinds share, and those of one kind."""

from registry.domain.errors import Bilingual
from registry.services.importing.checks import Check

UNKNOWN_REGION = Check(
    "check/unknown_region",
    "region_code",
    "region.unknown",
    Bilingual("登记簿中没有该行政区划代码", "the register has no such region"),
)
ENDED_REGION = Check(
    "check/ended_region",
    "region_code",
    "region.not-in-force",
    Bilingual("该行政区划代码已于 {detail} 停用", "the region code is no longer in force; its last day was {detail}"),
    Bilingual("该行政区划代码尚未启用", "the region code is not in force yet"),
)
UNKNOWN_INSTITUTION = Check(
    "check/unknown_institution",
    "institution_code",
    "institution.unknown",
    Bilingual("登记簿中没有该机构，请先导入机构", "the register has no such institution; import institutions first"),
)
UNKNOWN_PERSON = Check(
    "check/unknown_person",
    "citizen_id",
    "person.unknown",
    Bilingual("登记簿中没有该人员，请先导入人员", "the register has no such person; import people first"),
)
UNKNOWN_OCCUPATION = Check(
    "check/unknown_occupation",
    "occupation",
    "occupation.unknown",
    Bilingual("职业目录中没有该代码", "the catalogue of occupations has no such code"),
)
UNKNOWN_ORGANISATION = Check(
    "check/unknown_organisation",
    "organisation_code",
    "organisation.unknown",
    Bilingual("登记簿中没有该经营主体，请先导入", "the register has no such organisation; import organisations first"),
)
UNKNOWN_DISPATCHER = Check(
    "employments/unknown_dispatcher",
    "dispatched_by",
    "organisation.unknown",
    UNKNOWN_ORGANISATION.reason,
)
UNKNOWN_EVALUATOR = Check(
    "certificates/unknown_evaluator",
    "evaluator_code",
    "evaluator.unknown",
    Bilingual(
        "登记簿中没有该评价机构，请先导入",
        "the register has no such evaluation organisation; import evaluation-organisations first",
    ),
)
EVALUATOR_CONTRADICTION = Check(
    "evaluation_organisations/contradiction",
    "evaluator_code",
    "evaluator.contradiction",
    Bilingual(
        "与第 {detail} 行对同一评价机构的名称、主体、类型或地区不一致",
        "row {detail} tells another name, organisation, type or region of the same evaluation organisation",
    ),
)
UNKNOWN_PARENT = Check(
    "regions/unknown_parent",
    "parent_code",
    "region.parent-unknown",
    Bilingual(
        "文件和登记簿中没有在同一时期有效的上级区划",
        "neither the file nor the register has that region above at any time of this row's validity",
    ),
)
PARENT_LEVEL = Check(
    "regions/parent_level",
    "parent_code",
    "region.parent-level",
    Bilingual("上级区划的级别 {detail} 不高于本级", "its level {detail} is not above that of this row"),
)

_OVERLAP = Bilingual("与第 {detail} 行的期间重叠", "the period overlaps that of row {detail}")
EMPLOYMENT_OVERLAP = Check(
    "employments/overlap",
    "started_on",
    "employment.overlap",
    _OVERLAP,
    Bilingual(
        "同一人在同一机构同一岗位的期间与登记簿重叠",
        "the period overlaps another of the same person, institution and occupation",
    ),
)
REGION_OVERLAP = Check(
    "regions/overlap",
    "valid_from",
    "region.overlap",
    _OVERLAP,
    Bilingual("与同一代码的另一有效期重叠", "the period overlaps another of the same code"),
)
ACCREDITATION_OVERLAP = Check(
    "evaluation_organisations/overlap",
    "accredited_from",
    "accreditation.overlap",
    _OVERLAP,
    Bilingual("与同一评价机构的另一备案期间重叠", "the period overlaps another accreditation of the same organisation"),
)
IMPORT_RULE_OVERLAP = Check(
    "import_rules/overlap",
    "effective_from",
    "import-rule.overlap",
    _OVERLAP,
    Bilingual("与同一规则的另一有效期重叠", "the period overlaps another of the same rule"),
)

_OUTSIDE = Bilingual("不在您所管辖的地区内", "it lies outside the region you are responsible for")
REGION_OUTSIDE = Check("check/region_outside_scope", "region_code", "scope.region", _OUTSIDE, scoped=True)
FORMER_REGION_OUTSIDE = Check(
    "check/former_region_outside_scope",
    "region_code",
    "scope.region",
    Bilingual(
        "登记簿中位于地区 {detail}，不在您所管辖的地区内",
        "the register has it in region {detail}, outside the region you are responsible for",
    ),
    scoped=True,
)
INSTITUTION_OUTSIDE = Check(
    "check/institution_outside_scope", "institution_code", "scope.region", _OUTSIDE, scoped=True
)
OTHER_INSTITUTION = Check(
    "check/other_institution",
    "institution_code",
    "scope.institution",
    Bilingual("仅可报送本机构的数据", "an institution states what is its own alone"),
    scoped=True,
)
IMPORT_RULE_OUTSIDE = Check(
    "import_rules/outside_scope",
    "rule",
    "scope.region",
    Bilingual("导入规则适用于全国，应由管理员导入", "rules of imports hold everywhere; an administrator imports them"),
    scoped=True,
)
PLACE_OUTSIDE = Check("regions/outside_scope", "region_code", "scope.region", _OUTSIDE, scoped=True)
PERSON_OUTSIDE = Check(
    "check/person_outside_scope",
    "citizen_id",
    "scope.region",
    Bilingual("该人员仅在您所管辖的地区以外任职", "this person works only outside the region you are responsible for"),
    scoped=True,
)


def duplicate(folder: str, column: str) -> Check:
    """A row whose natural key an earlier row of the file has."""
    reason = Bilingual("与第 {detail} 行重复", "it repeats row {detail}")
    return Check(f"{folder}/duplicate", column, "row.duplicate", reason)
