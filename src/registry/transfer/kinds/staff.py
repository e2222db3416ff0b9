"""People, their employments and certificates, and who evaluates them."""

from decimal import Decimal

from registry.domain.certificates import CertificateKind, CertificateStatus
from registry.domain.errors import Bilingual
from registry.domain.identifiers import normalise_code
from registry.domain.ladders import TitleGrade
from registry.domain.workforce import APPOINTED_LEVELS, Education, EvaluatorType, SkillLevel
from registry.transfer import rules
from registry.transfer.columns import ImportKind
from registry.transfer.kinds.fields import CITIZEN, DAY, EVALUATOR, OCCUPATION, ORGANISATION, REGION, column
from registry.transfer.values import Choice, Identifier, Number, Text

CERTIFICATE = Identifier(normalise_code, "证书编号", "the certificate's number")
FTE = Number(Decimal("0.001"), Decimal(1), 3)
APPOINTED = Choice(tuple(level for level in SkillLevel if level in APPOINTED_LEVELS))


EVALUATION_ORGANISATIONS = ImportKind(
    "evaluation-organisations",
    Bilingual("职业技能评价机构", "evaluation organisations"),
    (
        column("evaluator_code*", EVALUATOR, "评价机构备案号", "code of the evaluation organisation"),
        column("name*", Text(), "名称", "name"),
        column("organisation_code", ORGANISATION, "经营主体代码", "code of its legal entity"),
        column("evaluator_type*", Choice(tuple(EvaluatorType)), "评价机构类型", "whom it evaluates"),
        column("region_code*", REGION, "备案地区划代码", "region of accreditation"),
        column("accredited_from*", DAY, "备案起始日", "first day of accreditation"),
        column("accredited_to", DAY, "备案截止日(最后一日)", "last day of accreditation"),
        column("withdrawn_from", DAY, "取消备案起始日", "first day without accreditation, when withdrawn"),
        column("withdrawal_reason", Text(500), "取消备案原因", "reason of the withdrawal"),
    ),
    ("evaluator_code", "accredited_from"),
    (
        rules.not_before("accredited_to", "accredited_from"),
        rules.not_before("withdrawn_from", "accredited_from"),
        rules.needs("withdrawal_reason", "withdrawn_from"),
    ),
)

PEOPLE = ImportKind(
    "people",
    Bilingual("人员", "people"),
    (
        column("citizen_id*", CITIZEN, "公民身份号码", "citizen number", personal=True),
        column("name*", Text(100), "姓名", "name", personal=True),
        column("education", Choice(tuple(Education)), "学历", "highest education"),
        column("registered_on", DAY, "登记日期", "day of registration"),
    ),
    ("citizen_id",),
)

EMPLOYMENTS = ImportKind(
    "employments",
    Bilingual("任职", "employments"),
    (
        column("citizen_id*", CITIZEN, "公民身份号码", "citizen number", personal=True),
        column("institution_code*", ORGANISATION, "用工机构代码", "institution where the person works"),
        column("occupation*", OCCUPATION, "职业", "occupation"),
        column("started_on*", DAY, "到岗日期", "first day"),
        column("ended_on", DAY, "离岗日期(最后一日)", "last day"),
        column("fte*", FTE, "全时当量", "full-time equivalent"),
        column("dispatched_by", ORGANISATION, "劳务派遣单位代码", "code of the dispatching employer"),
        column("appointed_level", APPOINTED, "聘任等级", "level that the employer appointed to"),
        column("position_title", Text(100, few=True), "岗位名称", "title of the post"),
    ),
    ("citizen_id", "institution_code", "occupation", "started_on"),
    (rules.not_before("ended_on", "started_on"),),
)

CERTIFICATES = ImportKind(
    "certificates",
    Bilingual("证书", "certificates"),
    (
        column("certificate_number*", CERTIFICATE, "证书编号", "number of the certificate"),
        column("citizen_id*", CITIZEN, "持证人公民身份号码", "holder's citizen number", personal=True),
        column("kind*", Choice(tuple(CertificateKind)), "证书类别", "kind of certificate"),
        column("occupation*", OCCUPATION, "职业", "occupation"),
        column("level", Choice((*SkillLevel, *TitleGrade)), "等级", "skill level, or grade of a professional title"),
        column("evaluator_code", EVALUATOR, "发证评价机构代码", "evaluation organisation that issued it"),
        column("issued_on*", DAY, "发证日期", "day of issue"),
        column("expires_on", DAY, "有效期至(最后一日)", "last day of validity"),
        column("status*", Choice(tuple(CertificateStatus)), "状态", "status"),
        column(
            "status_from", DAY, "状态起始日", "day from which the status holds; with VALID, the day of reinstatement"
        ),
    ),
    ("certificate_number", "kind"),
    (
        rules.CERTIFICATE_NUMBER,
        rules.CERTIFICATE_LEVEL,
        rules.not_before("expires_on", "issued_on"),
        rules.CERTIFICATE_STATUS_DAY,
        rules.not_before("status_from", "issued_on"),
    ),
)
