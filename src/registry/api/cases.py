"""Cases through the API: opened, notified, defended, reviewed, consented to, decided; inputs, payloads, mutations."""

from datetime import date
from typing import Annotated

import strawberry

from registry.api.credit_acts import CaseStepInput, Failures, Info, PaperInput, case_step, paper_of
from registry.api.inputs import INPUT, once
from registry.api.planner.nodes import write_id
from registry.api.planner.roots import ROOT, Root
from registry.api.types.credit_cases import CASE_TAKEN, READERS, UNSEEN, CreditCase
from registry.api.types.filters import canonical_code
from registry.api.types.terms import CaseState, Intake, Recommendation, RepairClass, ServiceWay, SubjectKind
from registry.domain.errors import Bilingual, InputError
from registry.services import credit


@strawberry.input(description="A case to open. 立案")
class OpenCaseInput(PaperInput):
    """Input of openCase."""

    list_code: str = strawberry.field(description="Code of the list. 名单代码")
    ground_code: str = strawberry.field(description="Code of the ground. 事由代码")
    subject_kind: SubjectKind = strawberry.field(description="What it is about. 对象类别")
    subject: str = strawberry.field(
        description="Code of the organisation or institution; the register's number of a person. 对象代码"
    )
    intake: Intake = strawberry.field(description="Where the lead came from. 线索来源")
    intake_reference: str | None = strawberry.field(
        default=None, description="The flag, complaint or transfer it came from. 线索编号"
    )


@strawberry.input(description="The service of a notice with reasons and the right to state and defend. 送达告知书")
class ServeNoticeInput(CaseStepInput):
    """Input of serveNotice."""

    way: ServiceWay = strawberry.field(description="How it was served. 送达方式")
    served_on: date = strawberry.field(description="When it reached the subject. 送达日期")
    proof: str = strawberry.field(description="The proof of service. 送达证明")


@strawberry.input(description="What the subject stated, or that it waives it; `reason` says so. 陈述申辩")
class RecordDefenceInput(CaseStepInput):
    """Input of recordDefence."""


@strawberry.input(description="A review by another person than opened the case. 审核")
class ReviewCaseInput(CaseStepInput):
    """Input of reviewCase."""

    recommendation: Recommendation = strawberry.field(description="What it recommends. 审核意见")


@strawberry.input(description="The answer of the next higher authority. 上一级机关意见")
class ConsentToCaseInput(CaseStepInput):
    """Input of consentToCase."""

    given: bool = strawberry.field(description="Whether it consents. 是否同意")


@strawberry.input(description="A decision to list. 列入决定")
class ListingInput:
    """Part of the input of decideCase."""

    document_number: str = strawberry.field(description="Number of the decision. 决定文书号")
    authority: str = strawberry.field(description="Who decides. 决定机关")
    repair_class: RepairClass = strawberry.field(description="The class by which its term goes. 失信程度")
    legal_basis: str = strawberry.field(description="The legal source. 法律依据")
    remedy: str = strawberry.field(description="How and until when it can be contested. 救济途径和期限")
    evidence: str = strawberry.field(description="The evidence. 证据")
    months: int | None = strawberry.field(
        default=None, description="A shorter term, in months; the class's maximum if not given. 公示期(月)"
    )


@strawberry.input(description="A decision not to list; `reason` says why. 不予列入决定")
class DismissalInput:
    """Part of the input of decideCase."""

    document_number: str | None = strawberry.field(default=None, description="Number of the decision. 决定文书号")


@strawberry.input(description="The decision: either `listing` or `dismissal`. 案件决定")
class DecideCaseInput(CaseStepInput):
    """Input of decideCase."""

    listing: ListingInput | None = strawberry.field(default=None, description="To list the subject. 列入")
    dismissal: DismissalInput | None = strawberry.field(default=None, description="Not to list it. 不予列入")


@strawberry.type(description="A case as an act left it. 案件办理结果")
class CaseStepTaken:
    """Result of the mutations on cases."""

    number: strawberry.Private[int]
    case_id: strawberry.ID = strawberry.field(description="Identifier of the case. 案件标识")
    step: int = strawberry.field(description="Number of the step taken, for the next to expect. 步骤序号")
    state: CaseState = strawberry.field(description="Where the step left the case. 状态")
    respond_by: date | None = strawberry.field(
        description="Last day to state and defend, of a notice. 陈述申辩截止日期"
    )
    entry_id: strawberry.ID | None = strawberry.field(
        description="Global identifier of the entry that a decision made; not published yet. 名单记录标识"
    )
    credit_case: CreditCase | None = strawberry.field(
        default=None,
        description="The case as it stands now; null for who does not see cases. 案件",
        metadata={ROOT: Root(UNSEEN, staff=CASE_TAKEN, readers=READERS, given={"number": ("number", "bigint")})},
    )


OpenCasePayload = Annotated[
    CaseStepTaken | Failures, strawberry.union("OpenCasePayload", description="Outcome of openCase. 结果")
]
ServeNoticePayload = Annotated[
    CaseStepTaken | Failures, strawberry.union("ServeNoticePayload", description="Outcome of serveNotice. 结果")
]
RecordDefencePayload = Annotated[
    CaseStepTaken | Failures, strawberry.union("RecordDefencePayload", description="Outcome of recordDefence. 结果")
]
ReviewCasePayload = Annotated[
    CaseStepTaken | Failures, strawberry.union("ReviewCasePayload", description="Outcome of reviewCase. 结果")
]
ConsentToCasePayload = Annotated[
    CaseStepTaken | Failures, strawberry.union("ConsentToCasePayload", description="Outcome of consentToCase. 结果")
]
DecideCasePayload = Annotated[
    CaseStepTaken | Failures, strawberry.union("DecideCasePayload", description="Outcome of decideCase. 结果")
]


def _taken(taken: credit.StepTaken) -> CaseStepTaken:
    assert taken.case_id is not None  # noqa: S101 - an act on a case names it
    assert taken.state is not None  # noqa: S101 - and says where it left it
    entry_id = None if taken.entry_id is None else strawberry.ID(write_id("CreditEntry", taken.entry_id))
    return CaseStepTaken(
        number=taken.case_id,
        case_id=strawberry.ID(str(taken.case_id)),
        step=taken.step,
        state=taken.state,
        respond_by=taken.respond_by,
        entry_id=entry_id,
    )


async def open_case(info: Info, input_: Annotated[OpenCaseInput, INPUT]) -> OpenCasePayload:
    """Open a case."""
    context = info.context
    wanted = credit.NewCase(
        list_code=input_.list_code,
        ground_code=input_.ground_code,
        subject_kind=input_.subject_kind,
        subject_code=canonical_code(input_.subject),
        intake=input_.intake,
        paper=paper_of(input_),
        intake_reference=input_.intake_reference,
    )
    return _taken(await credit.open_case(context.api.database, context.actor, wanted, **once(context, input_)))


async def serve_notice(info: Info, input_: Annotated[ServeNoticeInput, INPUT]) -> ServeNoticePayload:
    """Record the service of a notice."""
    context = info.context
    return _taken(
        await credit.serve_notice(
            context.api.database,
            context.actor,
            case_step(input_),
            credit.Notice(input_.way, input_.served_on, input_.proof),
            **once(context, input_),
        )
    )


async def record_defence(info: Info, input_: Annotated[RecordDefenceInput, INPUT]) -> RecordDefencePayload:
    """Record a defence."""
    context = info.context
    return _taken(
        await credit.record_defence(context.api.database, context.actor, case_step(input_), **once(context, input_))
    )


async def review_case(info: Info, input_: Annotated[ReviewCaseInput, INPUT]) -> ReviewCasePayload:
    """Review a case."""
    context = info.context
    return _taken(
        await credit.review_case(
            context.api.database, context.actor, case_step(input_), input_.recommendation, **once(context, input_)
        )
    )


async def consent_to_case(info: Info, input_: Annotated[ConsentToCaseInput, INPUT]) -> ConsentToCasePayload:
    """Give or refuse consent."""
    context = info.context
    return _taken(
        await credit.consent_to_case(
            context.api.database, context.actor, case_step(input_), input_.given, **once(context, input_)
        )
    )


async def decide_case(info: Info, input_: Annotated[DecideCaseInput, INPUT]) -> DecideCasePayload:
    """List or dismiss."""
    context = info.context
    return _taken(
        await credit.decide_case(
            context.api.database, context.actor, case_step(input_), _decision(input_), **once(context, input_)
        )
    )


def _decision(given: DecideCaseInput) -> credit.Listing | credit.Dismissal:
    if (given.listing is None) is (given.dismissal is None):
        message = Bilingual("须且仅须给出列入或不予列入之一", "Give either a listing or a dismissal")
        raise InputError(message, rule="case.decision", path=("input", "listing"))
    if given.dismissal is not None:
        return credit.Dismissal(given.dismissal.document_number)
    return credit.Listing(**vars(given.listing))
