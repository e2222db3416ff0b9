"""The import kinds: which columns each file has, in which order, and what they hold."""

import difflib
from collections.abc import Mapping
from decimal import Decimal

from registry.domain.certificates import CertificateKind, CertificateStatus
from registry.domain.errors import Bilingual
from registry.domain.identifiers import normalise_code, parse_citizen_id, parse_institution_code, refuse
from registry.domain.institutions import AbilityClass, InstitutionKind, LegalForm, OperatingStatus
from registry.domain.regions import RegionLevel, parse_region_code
from registry.domain.workforce import APPOINTED_LEVELS, Education, EvaluatorType, Occupation, SkillLevel
from registry.transfer import rules
from registry.transfer.columns import Column, ImportKind
from registry.transfer.values import Choice, Code, Count, Day, Identifier, Number, PolicyName, Text, ValueType


def parse_evaluator_code(text: str) -> str:
    """The code of an evaluation organisation (备案号): 2 to 40 digits, capitals or -. Rule: `evaluator-code.format`."""
    code = normalise_code(text)
    if not (2 <= len(code) <= 40 and code.isascii() and code.replace("-", "").isalnum()):
        zh, en = (
            "评价机构代码应为2至40位数字、字母或 -",
            "an evaluation organisation's code has 2 to 40 digits, letters or -",
        )
        raise refuse("evaluator-code.format", zh, en)
    return code


def _certificate_text(text: str) -> str:
    return normalise_code(text)


ORGANISATION = Identifier(
    parse_institution_code, "18位统一社会信用代码,或 体系:代码", "an 18-character USCC, or SCHEME:CODE", few=True
)
REGION = Identifier(parse_region_code, "6位区划代码或 ISO 3166 代码", "GB/T 2260 or ISO 3166 code", few=True)
CITIZEN = Identifier(parse_citizen_id, "18位公民身份号码", "an 18-character citizen number")
EVALUATOR = Identifier(parse_evaluator_code, "评价机构备案号", "the evaluation organisation's code", few=True)
CERTIFICATE = Identifier(_certificate_text, "证书编号", "the certificate's number")
OCCUPATION = Code(Occupation)
POLICY_NAME = PolicyName()
DAY = Day()
BEDS = Count(0, 100_000)
HEADCOUNT = Count(0, 1_000_000)
FTE = Number(Decimal("0.001"), Decimal(1), 3)
MEASURE = Number(Decimal(1 - 10**12), Decimal(10**12 - 1), 6)
STATUS = Choice(tuple(OperatingStatus))
APPOINTED = Choice(tuple(level for level in SkillLevel if level in APPOINTED_LEVELS))


def _column(name: str, of: ValueType, zh: str, en: str, *, required: bool = False, personal: bool = False) -> Column:
    return Column(name.rstrip("*"), of, Bilingual(zh, en), required or name.endswith("*"), personal)


def _points(most: int) -> Number:
    return Number(Decimal(0), Decimal(most), 2)


ORGANISATIONS = ImportKind(
    "organisations",
    Bilingual("经营主体", "organisations (legal entities)"),
    (
        _column("organisation_code*", ORGANISATION, "经营主体代码", "code of the organisation"),
        _column("name*", Text(), "名称", "name"),
        _column("legal_form*", Choice(tuple(LegalForm)), "主体类型", "legal form"),
        _column("region_code*", REGION, "登记地区划代码", "region of registration"),
        _column("status*", STATUS, "状态", "status"),
        _column("registered_on", DAY, "登记日期", "day of registration"),
        _column("address", Text(500), "地址", "address"),
        _column("legal_representative", Text(100), "法定代表人", "legal representative", personal=True),
    ),
    ("organisation_code",),
)

INSTITUTIONS = ImportKind(
    "institutions",
    Bilingual("机构", "institutions (facilities)"),
    (
        _column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        _column("organisation_code*", ORGANISATION, "经营主体代码", "code of the organisation that runs it"),
        _column("name*", Text(), "名称", "name"),
        _column("kind*", Choice(tuple(InstitutionKind)), "机构类别", "what it does"),
        _column("region_code*", REGION, "所在地区划代码", "region it lies in"),
        _column("status*", STATUS, "状态", "status"),
        _column("beds*", BEDS, "床位数", "number of beds"),
        _column("opened_on", DAY, "开办日期", "day of opening"),
        _column("closed_on", DAY, "注销日期(最后一日)", "last day of operation"),
        _column("address", Text(500), "地址", "address"),
    ),
    ("institution_code",),
    (rules.not_before("closed_on", "opened_on"), rules.INSTITUTION_CLOSING),
)

PEOPLE = ImportKind(
    "people",
    Bilingual("人员", "people"),
    (
        _column("citizen_id*", CITIZEN, "公民身份号码", "citizen number", personal=True),
        _column("name*", Text(100), "姓名", "name", personal=True),
        _column("education", Choice(tuple(Education)), "学历", "highest education"),
        _column("registered_on", DAY, "登记日期", "day of registration"),
    ),
    ("citizen_id",),
)

EMPLOYMENTS = ImportKind(
    "employments",
    Bilingual("任职", "employments"),
    (
        _column("citizen_id*", CITIZEN, "公民身份号码", "citizen number", personal=True),
        _column("institution_code*", ORGANISATION, "用工机构代码", "institution where the person works"),
        _column("occupation*", OCCUPATION, "职业", "occupation"),
        _column("started_on*", DAY, "到岗日期", "first day"),
        _column("ended_on", DAY, "离岗日期(最后一日)", "last day"),
        _column("fte*", FTE, "全时当量", "full-time equivalent"),
        _column("dispatched_by", ORGANISATION, "劳务派遣单位代码", "code of the dispatching employer"),
        _column("appointed_level", APPOINTED, "聘任等级", "level that the employer appointed to"),
        _column("position_title", Text(100), "岗位名称", "title of the post"),
    ),
    ("citizen_id", "institution_code", "occupation", "started_on"),
    (rules.not_before("ended_on", "started_on"),),
)

CERTIFICATES = ImportKind(
    "certificates",
    Bilingual("证书", "certificates"),
    (
        _column("certificate_number*", CERTIFICATE, "证书编号", "number of the certificate"),
        _column("citizen_id*", CITIZEN, "持证人公民身份号码", "holder's citizen number", personal=True),
        _column("kind*", Choice(tuple(CertificateKind)), "证书类别", "kind of certificate"),
        _column("occupation*", OCCUPATION, "职业", "occupation"),
        _column("level", Choice(tuple(SkillLevel)), "等级", "skill level"),
        _column("evaluator_code", EVALUATOR, "发证评价机构代码", "evaluation organisation that issued it"),
        _column("issued_on*", DAY, "发证日期", "day of issue"),
        _column("expires_on", DAY, "有效期至(最后一日)", "last day of validity"),
        _column("status*", Choice(tuple(CertificateStatus)), "状态", "status"),
        _column(
            "status_from", DAY, "状态起始日", "day from which the status holds; with VALID, the day of reinstatement"
        ),
    ),
    ("certificate_number",),
    (
        rules.CERTIFICATE_NUMBER,
        rules.CERTIFICATE_LEVEL,
        rules.not_before("expires_on", "issued_on"),
        rules.CERTIFICATE_STATUS_DAY,
        rules.not_before("status_from", "issued_on"),
    ),
)

EVALUATION_ORGANISATIONS = ImportKind(
    "evaluation-organisations",
    Bilingual("职业技能评价机构", "evaluation organisations"),
    (
        _column("evaluator_code*", EVALUATOR, "评价机构备案号", "code of the evaluation organisation"),
        _column("name*", Text(), "名称", "name"),
        _column("organisation_code", ORGANISATION, "经营主体代码", "code of its legal entity"),
        _column("evaluator_type*", Choice(tuple(EvaluatorType)), "评价机构类型", "whom it evaluates"),
        _column("region_code*", REGION, "备案地区划代码", "region of accreditation"),
        _column("accredited_from*", DAY, "备案起始日", "first day of accreditation"),
        _column("accredited_to", DAY, "备案截止日(最后一日)", "last day of accreditation"),
        _column("withdrawn_from", DAY, "取消备案起始日", "first day without accreditation, when withdrawn"),
        _column("withdrawal_reason", Text(500), "取消备案原因", "reason of the withdrawal"),
    ),
    ("evaluator_code", "accredited_from"),
    (
        rules.not_before("accredited_to", "accredited_from"),
        rules.not_before("withdrawn_from", "accredited_from"),
        rules.needs("withdrawal_reason", "withdrawn_from"),
    ),
)

RESIDENTS = ImportKind(
    "residents",
    Bilingual("在住老年人", "residents by ability class"),
    (
        _column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        _column("ability_class*", Choice(tuple(AbilityClass)), "能力等级", "ability class"),
        _column("day_from*", DAY, "起始日", "day from which the count stands"),
        _column("headcount*", HEADCOUNT, "人数", "number of residents"),
    ),
    ("institution_code", "ability_class", "day_from"),
)

ASSESSMENTS = ImportKind(
    "assessments",
    Bilingual("等级评定", "assessed grades (GB/T 37276-2018)"),
    (
        _column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        _column("decided_on*", DAY, "评定日期", "day of the decision"),
        _column("grade*", Count(1, 5), "等级(1至5)", "grade"),
        _column("environment*", _points(120), "环境得分", "points for environment"),
        _column("facilities*", _points(130), "设施设备得分", "points for facilities"),
        _column("operations*", _points(150), "运营管理得分", "points for operations"),
        _column("service*", _points(600), "服务得分", "points for service"),
        _column("valid_from*", DAY, "有效期起", "first day of validity"),
        _column("valid_to*", DAY, "有效期至(最后一日)", "last day of validity"),
        _column("assessor*", Text(), "评定单位", "who assessed"),
        _column("document_number", Text(100), "文号", "number of the document"),
    ),
    ("institution_code", "decided_on"),
    (rules.not_before("valid_to", "valid_from"),),
)

MEASURES = ImportKind(
    "measures",
    Bilingual("指标", "measures per institution and day"),
    (
        _column("institution_code*", ORGANISATION, "机构代码", "code of the institution"),
        _column("measure_code*", POLICY_NAME, "指标代码", "code of the measure"),
        _column("day*", DAY, "日期", "day the measure is for"),
        _column("value", MEASURE, "数值(空=未报送)", "value; empty means not submitted"),
        _column("flag", POLICY_NAME, "例外标记", "exception flag"),
    ),
    ("institution_code", "measure_code", "day"),
)

REGIONS = ImportKind(
    "regions",
    Bilingual("行政区划", "regions"),
    (
        _column("region_code*", REGION, "区划代码", "code of the region"),
        _column("name*", Text(), "名称", "name"),
        _column("name_en", Text(), "英文名称", "English name"),
        _column("parent_code", REGION, "上级区划代码", "code of the region above"),
        _column("level*", Choice(tuple(RegionLevel)), "级别", "level"),
        _column("valid_from*", DAY, "启用日期", "first day of validity"),
        _column("valid_to", DAY, "停用日期(最后一日)", "last day of validity"),
    ),
    ("region_code", "valid_from"),
    (rules.REGION_PARENT, rules.not_before("valid_to", "valid_from")),
)

KINDS: Mapping[str, ImportKind] = {
    kind.name: kind
    for kind in (
        REGIONS,
        ORGANISATIONS,
        INSTITUTIONS,
        EVALUATION_ORGANISATIONS,
        PEOPLE,
        EMPLOYMENTS,
        CERTIFICATES,
        RESIDENTS,
        ASSESSMENTS,
        MEASURES,
    )
}
"""Every kind by its name, in the order in which files that refer to each other are imported."""


def get_kind(name: str) -> ImportKind:
    """The kind of a name. Rule: `import.kind`, with the nearest known name."""
    if name in KINDS:
        return KINDS[name]
    near = difflib.get_close_matches(name, KINDS, n=1)
    zh = f"未知的导入类别;{'是否为 ' + near[0] + '?' if near else ''}可用:{'、'.join(KINDS)}"
    en = f"unknown import kind; {'did you mean ' + near[0] + '? ' if near else ''}known: {', '.join(KINDS)}"
    raise refuse("import.kind", zh, en)
