"""Enumerations of the schema: the domain's terms with their Chinese words, and those that only the API has."""

from typing import Any

import strawberry

from registry.domain.access import Role
from registry.domain.attestation import StatementFault
from registry.domain.certificates import CertificateKind
from registry.domain.complaints import ComplaintState
from registry.domain.credit.vocabulary import (
    CaseState,
    CaseStepKind,
    CreditWindowCode,
    EndKind,
    EntryOrigin,
    EntryStepKind,
    Intake,
    ListKind,
    Recommendation,
    RepairClass,
    ServiceWay,
    SubjectKind,
)
from registry.domain.flags import FlagSeverity, FlagState
from registry.domain.institutions import InstitutionKind, LegalForm, OperatingStatus
from registry.domain.procurement import Verdict, VerdictReason
from registry.domain.regions import RegionLevel
from registry.domain.sources import QualityRule
from registry.domain.terms import Term
from registry.domain.uploads import UploadState
from registry.domain.webhooks import DisabledFor, WebhookState
from registry.domain.workforce import Education, SkillLevel


def term_enum(terms: type[Term], description: str) -> Any:
    """Return the GraphQL enumeration of a domain's terms, each described by its Chinese word."""
    wrapped: Any = strawberry.enum(terms, description=description)
    definition = wrapped.__strawberry_definition__
    for value, member in zip(definition.values, terms, strict=True):
        value.description = member.zh
    return wrapped


class ChangeSetKind(Term):
    """Why a change set was published, as the register keeps it."""

    SEED = "SEED", "初始化"
    IMPORT = "IMPORT", "数据导入"
    RUN = "RUN", "评级运行"
    POLICY = "POLICY", "政策发布"
    CORRECTION = "CORRECTION", "更正"
    DECISION = "DECISION", "处理决定"
    ERASURE = "ERASURE", "个人信息删除"
    RULE = "RULE", "规则变更"


class RunKind(Term):
    """The kind of a rating run."""

    FULL = "FULL", "全量评级"
    INCREMENTAL = "INCREMENTAL", "增量评级"


class RunStage(Term):
    """What a rating run does just then."""

    READ = "READ", "读取登记数据"
    SCORE = "SCORE", "计算评分"
    WRITE = "WRITE", "写入变动"


class RunState(Term):
    """Whether a rating run goes on; what was refused, broke or was killed has failed and published nothing."""

    UNDER_WAY = "UNDER_WAY", "进行中"
    PUBLISHED = "PUBLISHED", "已发布"
    FAILED = "FAILED", "未完成"


class ChangeAction(Term):
    """What a change did."""

    ADDED = "ADDED", "新增"
    AMENDED = "AMENDED", "更正"
    ENDED = "ENDED", "终止"
    ERASED = "ERASED", "个人信息已删除"


class ChangeKind(Term):
    """What a change is about."""

    REGION = "REGION", "行政区划"
    ORGANISATION = "ORGANISATION", "经营主体"
    INSTITUTION = "INSTITUTION", "机构"
    EVALUATION_ORGANISATION = "EVALUATION_ORGANISATION", "评价机构"
    ACCREDITATION = "ACCREDITATION", "评价机构备案"
    ASSESSMENT = "ASSESSMENT", "等级评定"
    RATING_POLICY = "RATING_POLICY", "评级政策"
    RATING = "RATING", "信用评级"
    EQUIVALENCE = "EQUIVALENCE", "比照认定"
    POPULATION = "POPULATION", "老年人口"
    PERSON = "PERSON", "人员(限监管部门)"
    EMPLOYMENT = "EMPLOYMENT", "任职(限监管部门)"
    CERTIFICATE = "CERTIFICATE", "证书(限监管部门)"
    CERTIFICATE_STATUS = "CERTIFICATE_STATUS", "证书状态(限监管部门)"
    RESIDENT_COUNT = "RESIDENT_COUNT", "入住人数(限监管部门)"
    TRAINING = "TRAINING", "培训记录(限监管部门)"
    AWARD = "AWARD", "技能等级奖励(限监管部门)"
    MEASURE = "MEASURE", "指标数据(限监管部门)"
    WAGE_BAND = "WAGE_BAND", "工资水平调查(限监管部门)"
    IMPORT_RULE = "IMPORT_RULE", "导入规则(限监管部门)"
    QUALITY_NOTE = "QUALITY_NOTE", "数据质量提示(限监管部门)"
    CREDIT_ENTRY = "CREDIT_ENTRY", "信用名单记录"
    ENTRY_STEP = "ENTRY_STEP", "名单记录办理步骤(限监管部门)"
    CREDIT_CASE = "CREDIT_CASE", "信用案件(限监管部门)"
    CASE_STEP = "CASE_STEP", "信用案件办理步骤(限监管部门)"
    FLAG = "FLAG", "预警(限监管部门)"


class MeasureSource(Term):
    """Where a measure comes from."""

    IMPORTED = "IMPORTED", "填报"
    ROSTER = "ROSTER", "由人员登记计算"
    DERIVED = "DERIVED", "由其他指标计算"


class TransformKind(Term):
    """How a figure becomes points or a grade."""

    IDENTITY = "IDENTITY", "原值"
    LINEAR = "LINEAR", "分段线性"
    STEPS = "STEPS", "分档"
    MATRIX = "MATRIX", "矩阵查表"
    PERCENTILE = "PERCENTILE", "百分位"
    RELATIVE = "RELATIVE", "相对均值"
    MINMAX = "MINMAX", "极差"


class StageKind(Term):
    """What may set or move a grade, or stand in its way."""

    MISSING = "MISSING", "数据缺失"
    BASE = "BASE", "基础等级"
    STEP = "STEP", "升降级"
    FLOOR = "FLOOR", "分项底线"
    REQUIREMENT = "REQUIREMENT", "配备要求"
    CAP = "CAP", "封顶"
    UPGRADE_LIMIT = "UPGRADE_LIMIT", "升级限制"
    EXCEPTION = "EXCEPTION", "例外"


class ChangePart(Term):
    """What a rating changed for."""

    POLICY = "POLICY", "政策"
    WEIGHTS = "WEIGHTS", "权重"
    COMPARISON = "COMPARISON", "同组比较"
    OWN_DATA = "OWN_DATA", "自身数据"


class WayKind(Term):
    """A way to the next grade."""

    CERTIFY = "CERTIFY", "在岗护理员取得初级工证书"
    PROMOTE = "PROMOTE", "持证人员晋升一级"
    HIRE = "HIRE", "新聘持证全职护理员"


class CreditStanding(Term):
    """Where an institution stands on credit lists: the gravest kind that it is on."""

    BLACK = "BLACK", "失信惩戒名单"
    WATCH = "WATCH", "重点关注名单"
    RED = "RED", "守信红名单"
    NONE = "NONE", "未列入名单"


class ObjectionOutcome(Term):
    """What becomes of an objection."""

    REJECTED = "REJECTED", "异议不成立"
    CORRECTED = "CORRECTED", "异议成立并更正"
    ANNULLED = "ANNULLED", "异议成立并撤销"


class OrderDirection(Term):
    """The direction of an ordering."""

    ASC = "ASC", "升序"
    DESC = "DESC", "降序"


for _terms, _description in (
    (Role, "The role of a caller. 角色"),
    (LegalForm, "The legal form of an organisation. 组织形式"),
    (InstitutionKind, "What an institution does. 机构类型"),
    (OperatingStatus, "Whether an organisation or institution operates. 经营状态"),
    (CertificateKind, "What a certificate certifies. 证书类别"),
    (Education, "The highest education of a person. 学历"),
    (SkillLevel, "The eight skill levels, ascending (人社部发〔2022〕14号). 技能等级"),
    (RegionLevel, "The level of a region. 行政区划级别"),
    (ChangeSetKind, "Why a change set was published. 变更集类别"),
    (RunKind, "Whether a run rated everybody or only those whose data changed. 评级批次类型"),
    (RunStage, "What a rating run does just then. 评级阶段"),
    (
        RunState,
        "Whether a rating run goes on; what is FAILED was refused, broke or was killed. 评级状态",
    ),
    (ChangeAction, "What a change did. 变更动作"),
    (ChangeKind, "What a change is about; kinds marked 限监管部门 are seen by staff alone. 变更类型"),
    (FlagState, "Where a flag stands; it is resolved once. 预警状态"),
    (ComplaintState, "Where a complaint stands. 举报状态"),
    (FlagSeverity, "How much a flag weighs. 预警级别"),
    (Verdict, "What a check says of one code. 核查结论"),
    (StatementFault, "What does not hold of a statement. 证明核验问题"),
    (VerdictReason, "Why a code does not meet the criteria, or why that cannot be told. 核查理由"),
    (QualityRule, "Why a quality note was raised. 数据质量规则"),
    (MeasureSource, "Where a measure comes from. 指标来源"),
    (TransformKind, "How a figure becomes points or a grade. 换算方式"),
    (StageKind, "What may set or move a grade, or stand in its way. 定级环节"),
    (ChangePart, "What a rating changed for. 变化原因"),
    (WayKind, "A way to the next grade. 升级路径"),
    (ListKind, "The kind of a credit list. 信用名单类别"),
    (EntryOrigin, "Where an entry on a credit list comes from. 名单记录来源"),
    (CreditWindowCode, "What a window of the procedure is for. 期限类别"),
    (RepairClass, "The class by which the term of an entry goes. 失信程度"),
    (EndKind, "What ended an entry before its last day. 名单记录终止方式"),
    (SubjectKind, "What a case is about. 对象类别"),
    (Intake, "Where the lead of a case came from; a complaint is a lead, never a finding. 线索来源"),
    (ServiceWay, "How a notice was served. 送达方式"),
    (Recommendation, "What a review recommends. 审核意见"),
    (CaseState, "Where a case stands; LISTED and DISMISSED end it. 案件状态"),
    (CaseStepKind, "A step of a case. 案件办理步骤"),
    (EntryStepKind, "A step of an entry after its decision. 名单记录办理步骤"),
    (ObjectionOutcome, "What becomes of an objection. 异议处理结果"),
    (CreditStanding, "Where an institution stands on credit lists: the gravest kind that it is on. 信用名单状态"),
    (WebhookState, "Whether a webhook is told of changes. 推送状态"),
    (DisabledFor, "Why the register stopped telling a webhook. 停用原因"),
    (UploadState, "Where an upload stands. 上传状态"),
    (OrderDirection, "The direction of an ordering; items without a value come last either way. 排序方向"),
):
    term_enum(_terms, _description)

__all__ = [
    "CaseState",
    "CaseStepKind",
    "CertificateKind",
    "ChangeAction",
    "ChangeKind",
    "ChangePart",
    "ChangeSetKind",
    "ComplaintState",
    "CreditStanding",
    "CreditWindowCode",
    "DisabledFor",
    "Education",
    "EndKind",
    "EntryOrigin",
    "EntryStepKind",
    "FlagSeverity",
    "FlagState",
    "InstitutionKind",
    "Intake",
    "LegalForm",
    "ListKind",
    "MeasureSource",
    "ObjectionOutcome",
    "OperatingStatus",
    "OrderDirection",
    "QualityRule",
    "Recommendation",
    "RegionLevel",
    "RepairClass",
    "Role",
    "RunKind",
    "RunStage",
    "RunState",
    "ServiceWay",
    "SkillLevel",
    "StageKind",
    "StatementFault",
    "SubjectKind",
    "TransformKind",
    "UploadState",
    "Verdict",
    "VerdictReason",
    "WayKind",
    "WebhookState",
]
