"""The root fields of the query type; all but `viewer` are answered by the planner."""

from datetime import date, datetime
from functools import partial

import strawberry

from registry.api.list_queries import ListQueries
from registry.api.planner.connections import Connection
from registry.api.planner.declare import Argument, ForStaff, One, argument
from registry.api.planner.nodes import NodeById, NodesByIds, institution_named
from registry.api.planner.searches import Search
from registry.api.root_fields import AS_OF, REVIEWED, root
from registry.api.types.answers import ANSWERS, RatingAnswer
from registry.api.types.attestations import Attestation, StatementVerification
from registry.api.types.audit import TRAIL, AuditEvent, AuditTrailFilter, admit_to_trail
from registry.api.types.changes import PUBLIC_FEED, STAFF_FEED, Change, admit_kinds
from registry.api.types.filters import canonical_code
from registry.api.types.imports import IMPORTS, ImportBatch, ImportFilter, admit_to_imports
from registry.api.types.institution_search import SPREAD, InstitutionFilter, InstitutionOrder, institution_ordering
from registry.api.types.institutions import Institution
from registry.api.types.organisations import Organisation
from registry.api.types.paging import BOTH_WAYS, FORWARD, Node, Page, paged
from registry.api.types.people import PERSON, Person, admit_to_people
from registry.api.types.policies import NEWEST_FIRST as POLICIES_NEWEST_FIRST
from registry.api.types.policies import RatingPolicy, RatingPolicyFilter
from registry.api.types.procurement import (
    CHECK,
    CHECK_LOOKING_BACK,
    ProcurementCheck,
    ProcurementCriteria,
    look_of,
)
from registry.api.types.quality_notes import NOTES, QualityNote, QualityNoteFilter, admit_staff
from registry.api.types.regions import BY_CODE as REGIONS_BY_CODE
from registry.api.types.regions import VALID_ON_DAY, Region, RegionFilter
from registry.api.types.reviews import Review, StatementReview
from registry.api.types.run_progress import UNDER_WAY, RunProgress, admit_to_progress
from registry.api.types.runs import NEWEST_FIRST as RUNS_NEWEST_FIRST
from registry.api.types.runs import RatingRun, RatingRunFilter
from registry.api.types.sources import SOURCES, SourceFilter, SourceReport, admit_to_sources
from registry.api.types.statements import NOT_FOR_ALL, STATEMENT, ProcurementStatement, admit_to_statements
from registry.api.types.statistics import STATISTICS, RegionStatistics
from registry.api.types.terms import ChangeKind
from registry.api.types.uploads import BRINGERS, UPLOADS, Upload, UploadFilter, admit_to_uploads
from registry.api.types.viewer import Viewer, viewer_of
from registry.api.types.webhooks import OWNERS, WEBHOOKS, Webhook, admit_to_webhooks
from registry.domain.access import BUYING_ROLES


@strawberry.type(description="What can be asked of the register. 查询")
class Query(ListQueries):
    """The query type; credit lists come from their own module."""

    institution: Institution | None = root(
        One("{institution:{row}}", "{row}.code = {code}", arguments={"code": Argument("text", canonical_code)}),
        "The institution with this code; null when the code is unknown. 按代码查询机构",
        (
            argument("code", str, "A unified social credit code as it is, another scheme as `SCHEME:CODE`. 机构代码"),
            AS_OF,
        ),
        subject=lambda given: canonical_code(given["code"]),
        together=True,
    )
    institutions: Page[Institution] = paged(
        Search("{institution:{row}}", institution_ordering, counted=SPREAD),
        "Institutions, filtered and ordered. If no order is asked for: all of them by code, those that a filter finds "
        "in a fixed order without meaning. 机构列表",
        (
            argument("filter", InstitutionFilter | None, "Which institutions. 筛选条件"),
            argument("order_by", list[InstitutionOrder] | None, "In which order; several keys in turn. 排序"),
            AS_OF,
        ),
        wrap=root,
    )
    organisation: Organisation | None = root(
        One("{organisation:{row}}", "{row}.code = {uscc}", arguments={"uscc": Argument("text", canonical_code)}),
        "The legal entity with this unified social credit code; null when the code is unknown. 按代码查询经营主体",
        (argument("uscc", str, "Unified social credit code, or `SCHEME:CODE`. 统一社会信用代码"), AS_OF),
        together=True,
    )
    ratings: list[RatingAnswer] = root(
        ANSWERS,
        "How up to 1,000 codes are rated: one answer for each, in the order asked. 批量查询评级",
        (argument("codes", list[str], "Codes of institutions, or of organisations. 代码"), AS_OF),
    )
    procurement_check: ProcurementCheck = root(
        CHECK,
        "Whether up to 1,000 codes meet criteria, now or as of an instant such as bid closing: a verdict for each, "
        "with every reason. Without criteria: operating, and on no black list. 采购核查",
        (
            argument("codes", list[str], "Codes of institutions, or of organisations; 1 to 1,000. 代码"),
            AS_OF,
            argument(
                "known_at",
                datetime | None,
                "Judge the law day of asOf by what was recorded by this instant, instead of by asOf: what is known of "
                "it since. 按此时点已登记的内容核查 asOf 当日",
            ),
            argument("criteria", ProcurementCriteria | None, "What they must meet. 核查条件"),
        ),
        staff=CHECK_LOOKING_BACK,
        readers=BUYING_ROLES,
        look=look_of,
    )
    procurement_statement: ProcurementStatement | None = root(
        NOT_FOR_ALL,
        "An issued statement, for who asked for it and for auditors; null for others. 采购核查证明",
        (argument("id", strawberry.ID, "Its identifier. 证明编号"),),
        staff=STATEMENT,
        readers=BUYING_ROLES,
        admit=admit_to_statements,
    )
    review_statement: StatementReview | None = root(
        Review(),
        "An issued statement held against what is known of the same law day now: what differs, and which change sets "
        "were recorded since. For who asked for it and for auditors; null for others. 证明复核",
        (argument("id", strawberry.ID, "Its identifier. 证明编号"),),
        admit=admit_to_statements,
        weight=REVIEWED,
    )
    verify_statement: StatementVerification = root(
        Attestation(),
        "Whether a statement is this register's: by its signed text, or by the digest that is printed on it. For "
        "everybody; give the text as a variable, and nothing of it stays. 核验采购核查证明",
        (
            argument("jws", str | None, "The signed text: compact JWS. 签名文本"),
            argument("sha256", str | None, "SHA-256 of the signed text, hexadecimal. 签名文本摘要"),
        ),
    )
    regions: Page[Region] = paged(
        Connection("{region:{row}}", REGIONS_BY_CODE, unless_filtered={"validOn": VALID_ON_DAY}),
        "Regions by code; those valid on the law day of the question, unless the filter names a day. 行政区划",
        (argument("filter", RegionFilter | None, "Which regions. 筛选条件"), AS_OF),
        wrap=root,
    )
    region_statistics: RegionStatistics = root(
        STATISTICS,
        "What the register counted of a region and all below it: institutions, ratings, workforce and wages. 区域统计",
        (
            argument("code", str, "Code of the region; `CN` for the nation. 区划代码"),
            argument("from", date | None, "The first day; the newest alone if not given. 起始日期"),
            argument("to", date | None, "The last day. 截止日期"),
        ),
    )
    rating_policies: Page[RatingPolicy] = paged(
        Connection("{rating_policy:{row}}", POLICIES_NEWEST_FIRST),
        "Rating policies, the newest first. 评级政策",
        (argument("filter", RatingPolicyFilter | None, "Which policies. 筛选条件"), AS_OF),
        wrap=root,
    )
    rating_runs: Page[RatingRun] = paged(
        Connection("{rating_run:{row}}", RUNS_NEWEST_FIRST),
        "Rating runs, the newest first. 评级批次",
        (argument("filter", RatingRunFilter | None, "Which runs. 筛选条件"), AS_OF),
        wrap=root,
    )
    run_under_way: RunProgress | None = root(
        UNDER_WAY,
        "The run that goes on just now, null if none does; `runProgress` follows it. For staff. 进行中的评级",
        staff=UNDER_WAY,
        admit=admit_to_progress,
    )
    changes: Page[Change] = root(
        PUBLIC_FEED,
        "What changed, in register order and without gaps; a cursor resumes at any place. Staff see the kinds that are "
        "theirs, in their region. 变更流",
        (*FORWARD, argument("kinds", list[ChangeKind] | None, "Only changes of these kinds. 变更类型")),
        staff=STAFF_FEED,
        admit=admit_kinds,
    )
    quality_notes: Page[QualityNote] = root(
        NOTES,
        "What sources say otherwise than the register, the newest first, open and ended. For regulators in their "
        "region, auditors and administrators; others are refused. 数据质量提示",
        (*BOTH_WAYS, argument("filter", QualityNoteFilter | None, "Which notes. 筛选条件")),
        staff=NOTES,
        admit=admit_staff,
    )
    webhooks: Page[Webhook] = root(
        WEBHOOKS,
        "Webhooks of the key that asks, by identifier; auditors and administrators see all. For every holder of a "
        "key. 变更推送",
        BOTH_WAYS,
        staff=WEBHOOKS,
        readers=OWNERS,
        admit=admit_to_webhooks,
    )
    uploads: Page[Upload] = root(
        UPLOADS,
        "Files that the caller brings over HTTP, by identifier: how far they are and what became of them; auditors and "
        "administrators see all. For those who bring data. 文件上传进度",
        (*BOTH_WAYS, argument("filter", UploadFilter | None, "Which uploads. 筛选条件")),
        staff=UPLOADS,
        readers=BRINGERS,
        admit=admit_to_uploads,
    )
    person: Person | None = root(
        ForStaff(PERSON),
        "The person with this identifier, the citizen number masked; null where the region has none. For regulators in "
        "their region, auditors and administrators; others are refused. 从业人员",
        (argument("id", strawberry.ID, "Global identifier, or the register's number. 人员标识"),),
        staff=PERSON,
        admit=admit_to_people,
    )
    imports: Page[ImportBatch] = paged(
        IMPORTS,
        "Files that the register took in, the newest first. For regulators those of their region and the operator's, "
        "for auditors and administrators all; others are refused. 数据导入记录",
        (argument("filter", ImportFilter | None, "Which imports. 筛选条件"),),
        wrap=partial(root, staff=IMPORTS, admit=admit_to_imports),
    )
    sources: Page[SourceReport] = root(
        SOURCES,
        "How good what sources deliver is, by source and kind: late, missing, contradicting, rejected. For regulators "
        "of what concerns their region, for auditors and administrators of all; others are refused. 来源数据质量报告",
        (*BOTH_WAYS, argument("filter", SourceFilter | None, "Which sources. 筛选条件")),
        staff=SOURCES,
        admit=admit_to_sources,
    )
    audit_trail: Page[AuditEvent] = paged(
        TRAIL,
        "Events of the audit chain, the newest first. For auditors and administrators all, for regulators what "
        "authorities of their region did; others are refused. 审计事件",
        (argument("filter", AuditTrailFilter | None, "Which events. 筛选条件"),),
        wrap=partial(root, staff=TRAIL, admit=admit_to_trail),
    )
    node: Node | None = root(
        NodeById(),
        "The object with this global identifier; null when there is none. 按全局标识查询",
        (argument("id", strawberry.ID, "Global identifier. 全局标识"),),
        subject=institution_named,
        together=True,
    )
    nodes: list[Node | None] = root(
        NodesByIds(),
        "The objects with these global identifiers, up to 1,000, in the order asked. 按全局标识批量查询",
        (argument("ids", list[strawberry.ID], "Global identifiers. 全局标识"),),
    )

    viewer: Viewer = strawberry.field(resolver=viewer_of, description="Who is asking. 当前用户")
