"""What every act on a case or an entry has in common: done once, in one change set, with reason and documents."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from registry.db.pool import Database
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import CaseState
from registry.domain.errors import Bilingual, InputError
from registry.services.idempotency import find_answer, remember_answer
from registry.services.transactions import Change, ChangeKind, publishing

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Taken = TypeVar("Taken", bound="DataclassInstance")

LONGEST_TEXT = 4_000
MOST_DOCUMENTS = 50
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a step: number, date, and the SHA-256 (hexadecimal) of its file, which is kept elsewhere."""

    number: str
    dated: date
    sha256: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What every step has: why it is taken, and its documents."""

    reason: str
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class StepTaken:
    """Where an act left its case or entry: number of its step, for the next one to expect.

    `state` is that of the case, None for an act on an entry; `entry_id` is None until a decision made an entry;
    `respond_by` is the last day to state and defend, of a notice.
    """

    step: int
    case_id: int | None = None
    entry_id: int | None = None
    state: CaseState | None = None
    respond_by: date | None = None

    @property
    def subject(self) -> str:
        """What the audit chain calls it."""
        return f"entry:{self.entry_id}" if self.case_id is None else f"case:{self.case_id}"


def _remembered(answer: Mapping[str, Any]) -> StepTaken:
    state, respond_by = answer["state"], answer["respond_by"]
    return StepTaken(
        answer["step"],
        answer["case_id"],
        answer["entry_id"],
        None if state is None else CaseState(state),
        None if respond_by is None else date.fromisoformat(respond_by),
    )


@dataclass(frozen=True, slots=True)
class Act:
    """A use case as asked: its name, what it was given, and how to know a retry."""

    operation: str
    wanted: Mapping[str, object]
    idempotency_key: str | None
    request_id: str | None


async def act_once(
    database: Database,
    actor: Actor,
    act: Act,
    take: Callable[[Change], Awaitable[Taken]],
    recall: Callable[[Mapping[str, Any]], Taken],
) -> Taken:
    """Do an act once: a change set and an audit event, or what `recall` makes of the answer that a retry got before."""
    kind, operation = ChangeKind.DECISION, act.operation
    async with publishing(database, actor, kind, operation, action=operation, request_id=act.request_id) as change:
        earlier = await find_answer(change, act.idempotency_key, operation, act.wanted)
        if earlier is not None:
            change.nothing_done = True
            return recall(earlier)
        taken = await take(change)
        told = asdict(taken)
        await remember_answer(change, act.idempotency_key, operation, act.wanted, told)
        change.details |= told
    return taken


async def perform(
    database: Database, actor: Actor, act: Act, take: Callable[[Change], Awaitable[StepTaken]]
) -> StepTaken:
    """Take a step of a case or an entry once."""

    async def step(change: Change) -> StepTaken:
        taken = await take(change)
        change.subject = taken.subject
        return taken

    return await act_once(database, actor, act, step, _remembered)


def require_text(value: str | None, field: str) -> str:
    """Return the text without blanks around it. Rule: `step.text` for none or more than LONGEST_TEXT characters."""
    text = (value or "").strip()
    if not 1 <= len(text) <= LONGEST_TEXT:
        zh, en = f"须为 1 至 {LONGEST_TEXT} 个字符", f"A text of 1 to {LONGEST_TEXT} characters is needed"
        raise InputError(Bilingual(zh, en), rule="step.text", path=("input", field))
    return text


def documents_text(documents: Sequence[Document]) -> str:
    """Return documents as they are stored. Rules: `document.digest`, `document.too-many`, `step.text`."""
    if len(documents) > MOST_DOCUMENTS:
        zh, en = f"文书不得超过 {MOST_DOCUMENTS} 件", f"At most {MOST_DOCUMENTS} documents belong to a step"
        raise InputError(Bilingual(zh, en), rule="document.too-many", path=("input", "documents"))
    return json.dumps([_stored(document) for document in documents], ensure_ascii=False)


def _stored(document: Document) -> dict[str, str]:
    if not _SHA256.fullmatch(document.sha256):
        zh, en = "文书摘要应为 64 位小写十六进制 SHA-256", "A document's digest is its SHA-256, 64 lower-case digits"
        raise InputError(Bilingual(zh, en), rule="document.digest", path=("input", "documents"))
    return {
        "number": require_text(document.number, "documents"),
        "dated": document.dated.isoformat(),
        "sha256": document.sha256,
    }
