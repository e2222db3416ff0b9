"""What mutations on credit cases and entries share: inputs of every step, and how the things they name are found."""

from datetime import date

import strawberry

from registry.api.context import OperationContext
from registry.api.inputs import KEY
from registry.api.payloads import ConflictFailure, ForbiddenFailure, InputFailure, NotFoundFailure, UnavailableFailure
from registry.api.planner.nodes import read_id
from registry.api.texts import LINES
from registry.api.types.credit_cases import case_number
from registry.domain.errors import Bilingual, InputError, NotFound
from registry.services.credit import Document, EntryStep, Paper, Step

Info = strawberry.Info[OperationContext, None]
Failures = InputFailure | ForbiddenFailure | NotFoundFailure | ConflictFailure | UnavailableFailure


@strawberry.input(description="A document of a step; its file is kept elsewhere. 文书")
class DocumentInput:
    """Part of the input of every step."""

    number: str = strawberry.field(description="Number of the document. 文书号")
    dated: date = strawberry.field(description="Its date. 日期")
    sha256: str = strawberry.field(description="SHA-256 of its file, 64 lower-case hexadecimal digits. 文件摘要")


@strawberry.input
class PaperInput:
    """What every step is given: why, with which documents, and how to know a retry."""

    reason: str = strawberry.field(description="Why. 理由", metadata={LINES: True})
    documents: list[DocumentInput] = strawberry.field(default_factory=list, description="Documents, 50 at most. 文书")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input
class CaseStepInput(PaperInput):
    """What every step of a case is given."""

    case: strawberry.ID = strawberry.field(description="The case's identifier. 案件标识")
    expected_step: int = strawberry.field(
        description="Number of the newest step that you saw; if another came since, a conflict. 所见最新步骤序号"
    )


@strawberry.input
class EntryStepInput(PaperInput):
    """What every step of an entry is given."""

    entry: strawberry.ID = strawberry.field(description="The entry's global identifier. 名单记录标识")
    expected_step: int = strawberry.field(
        description="Number of the entry's newest step that you saw, 0 where it has none; if another came since, a "
        "conflict. 所见最新步骤序号"
    )


def paper_of(given: PaperInput) -> Paper:
    """Return reason and documents as the use cases take them."""
    return Paper(given.reason, tuple(Document(each.number, each.dated, each.sha256) for each in given.documents))


def case_step(given: CaseStepInput) -> Step:
    """Return the step that is to follow. Rule: `case.unknown`."""
    number = case_number(given.case)
    if number is None:
        message = Bilingual("没有这样的案件", "There is no such case")
        raise NotFound(message, rule="case.unknown", path=("input", "case"))
    return Step(number, given.expected_step, paper_of(given))


def entry_step(given: EntryStepInput) -> EntryStep:
    """Return the step that is to follow. Rule: `entry.unknown`."""
    return EntryStep(entry_number(given.entry, "entry"), given.expected_step, paper_of(given))


def entry_number(text: str, field: str) -> int:
    """Return the number of the entry that an input's field names. Rule: `entry.unknown`."""
    try:
        type_name, number = read_id(text)
    except InputError:
        type_name, number = "", 0
    if type_name != "CreditEntry":
        message = Bilingual("没有这样的记录", "There is no such entry")
        raise NotFound(message, rule="entry.unknown", path=("input", field))
    return number
