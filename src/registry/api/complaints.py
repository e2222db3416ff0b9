"""Complaints through the API: filed by anybody, and who complained told to the authority for a reason."""

from typing import Annotated

import strawberry

from registry.api.context import OperationContext
from registry.api.inputs import INPUT, KEY
from registry.api.payloads import ConflictFailure, ForbiddenFailure, InputFailure, NotFoundFailure, UnavailableFailure
from registry.api.texts import LINES
from registry.api.types.filters import canonical_code
from registry.domain.errors import Bilingual, NotFound
from registry.services.complaints import Complainant, NewComplaint, Sender, file_complaint, reveal_complainant

Info = strawberry.Info[OperationContext, None]
_Failures = InputFailure | ForbiddenFailure | NotFoundFailure | ConflictFailure | UnavailableFailure


@strawberry.input(description="Who complains; told to the authority alone, for a reason that is recorded. 举报人")
class ComplainantInput:
    """Part of the input of fileComplaint."""

    name: str = strawberry.field(description="The name. 姓名")
    contact: str = strawberry.field(description="How to reach them. 联系方式")


@strawberry.input(description="A complaint on an institution. 举报")
class FileComplaintInput:
    """Input of fileComplaint."""

    institution: str = strawberry.field(description="Code of the institution. 机构代码")
    account: str = strawberry.field(
        description="What happened, 10 to 4,000 characters. 情况说明", metadata={LINES: True}
    )
    complainant: ComplainantInput | None = strawberry.field(
        default=None, description="Who complains; anonymous if not given. 举报人"
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="Whose complaint, and why it must be known. 查看举报人")
class RevealComplainantInput:
    """Input of revealComplainant."""

    complaint: strawberry.ID = strawberry.field(description="The complaint's identifier. 举报标识")
    reason: str = strawberry.field(description="Why; it is recorded. 理由", metadata={LINES: True})


@strawberry.type(description="A complaint that was received. 已接收的举报")
class ComplaintFiled:
    """Result of fileComplaint."""

    receipt: str = strawberry.field(description="The receipt, for `complaintReceipt`; keep it. 回执编号")


@strawberry.type(description="Who complained; that it was told is recorded. 举报人")
class ComplainantRevealed:
    """Result of revealComplainant."""

    name: str | None = strawberry.field(description="The name; null where anonymous or erased. 姓名")
    contact: str | None = strawberry.field(description="How to reach them; null like the name. 联系方式")


FileComplaintPayload = Annotated[
    ComplaintFiled | _Failures, strawberry.union("FileComplaintPayload", description="Outcome of fileComplaint. 结果")
]
RevealComplainantPayload = Annotated[
    ComplainantRevealed | _Failures,
    strawberry.union("RevealComplainantPayload", description="Outcome of revealComplainant. 结果"),
]


async def file(info: Info, input_: Annotated[FileComplaintInput, INPUT]) -> FileComplaintPayload:
    """Take a complaint."""
    context, given = info.context, input_.complainant
    complainant = None if given is None else Complainant(given.name, given.contact)
    receipt = await file_complaint(
        context.api.database,
        context.actor,
        context.api.personal_keys,
        NewComplaint(canonical_code(input_.institution), input_.account, complainant),
        Sender(context.address, context.api.secret),
        idempotency_key=input_.idempotency_key,
        request_id=context.api.request_id(),
    )
    return ComplaintFiled(receipt=receipt)


async def reveal(info: Info, input_: Annotated[RevealComplainantInput, INPUT]) -> RevealComplainantPayload:
    """Tell who complained."""
    context, text = info.context, input_.complaint
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        message = Bilingual("没有这样的举报", "There is no such complaint")
        raise NotFound(message, rule="complaint.unknown", path=("input", "complaint"))
    told = await reveal_complainant(
        context.api.database,
        context.actor,
        context.api.personal_keys(),
        int(text),
        input_.reason,
        request_id=context.api.request_id(),
    )
    if told is None:
        return ComplainantRevealed(name=None, contact=None)
    return ComplainantRevealed(name=told.name, contact=told.contact)
