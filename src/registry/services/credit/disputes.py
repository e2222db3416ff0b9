"""Objections to entries, and their repair."""

from dataclasses import asdict, dataclass

from registry.db.pool import Database
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import EntryStepKind, RepairClass
from registry.domain.errors import Bilingual, InputError
from registry.services.credit.acts import Act, StepTaken, require_text
from registry.services.credit.entries import EntryStep, Move, take_entry_step


@dataclass(frozen=True, slots=True)
class Rejected:
    """The objection is not justified; the entry is no longer disputed."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The objection is justified in part: another ground or class, never a longer term. One of the two is given."""

    document_number: str
    ground_code: str | None = None
    repair_class: RepairClass | None = None


@dataclass(frozen=True, slots=True)
class Annulled:
    """The objection is justified: the entry is annulled at once."""

    document_number: str


@dataclass(frozen=True, slots=True)
class RepairApplication:
    """What repair asks for: all duties are done, and a public promise of credit (信用承诺) is given."""

    duties_done: bool
    promise_public: bool


async def raise_objection(
    database: Database,
    actor: Actor,
    step: EntryStep,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Object to an entry, at any time before it was ended; it stays visible, marked as disputed."""
    act = Act("raiseObjection", asdict(step), idempotency_key, request_id)
    return await take_entry_step(database, actor, act, step, Move(EntryStepKind.OBJECTION_RAISED, {}))


async def resolve_objection(
    database: Database,
    actor: Actor,
    step: EntryStep,
    outcome: Rejected | Corrected | Annulled,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Decide on an objection, by another person than raised it.

    Rules: `entry.asker`, `objection.correction` for a correction that names nothing, `entry.ground`, `entry.class`.
    """
    kind, details = _resolution(outcome)
    act = Act("resolveObjection", {**asdict(step), **details, "kind": kind}, idempotency_key, request_id)
    return await take_entry_step(database, actor, act, step, Move(kind, details))


def _resolution(outcome: Rejected | Corrected | Annulled) -> tuple[EntryStepKind, dict[str, object]]:
    if isinstance(outcome, Rejected):
        return EntryStepKind.OBJECTION_REJECTED, {}
    number = require_text(outcome.document_number, "documentNumber")
    if isinstance(outcome, Annulled):
        return EntryStepKind.OBJECTION_UPHELD, {"document_number": number}
    if outcome.ground_code is None and outcome.repair_class is None:
        message = Bilingual("更正须指明事由或失信程度", "A correction names another ground or class")
        raise InputError(message, rule="objection.correction", path=("input", "outcome"))
    corrected = {"ground_code": outcome.ground_code, "repair_class": outcome.repair_class}
    return EntryStepKind.CORRECTED, {"document_number": number, **corrected}


async def apply_for_repair(
    database: Database,
    actor: Actor,
    step: EntryStep,
    application: RepairApplication,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Ask for the repair of an entry, once the minimum has passed.

    Rules: `repair.too-early` (the message names the earliest day), `repair.unmet` where duties or promise are missing.
    """
    if not (application.duties_done and application.promise_public):
        zh, en = "申请修复须已履行全部义务并作出公开承诺", "Repair needs all duties done and a public promise given"
        raise InputError(Bilingual(zh, en), rule="repair.unmet", path=("input",))
    details = asdict(application)
    act = Act("applyForRepair", {**asdict(step), **details}, idempotency_key, request_id)
    return await take_entry_step(database, actor, act, step, Move(EntryStepKind.REPAIR_APPLIED, details))


async def decide_repair(
    database: Database,
    actor: Actor,
    step: EntryStep,
    granted: bool,
    document_number: str | None = None,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Grant repair, which ends publication, use and measures with the change set that says so, or refuse it."""
    kind = EntryStepKind.REPAIR_GRANTED if granted else EntryStepKind.REPAIR_REFUSED
    number = require_text(document_number, "documentNumber") if granted else document_number
    details = {"document_number": number}
    act = Act("decideRepair", {**asdict(step), **details, "kind": kind}, idempotency_key, request_id)
    return await take_entry_step(database, actor, act, step, Move(kind, details))
