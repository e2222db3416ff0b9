"""Entries: published, withdrawn, adopted from another region; and how a step on one is taken."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date

from registry.db.pool import Database, Record, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.credit.entries import EntryDates, EntryStanding, admit
from registry.domain.credit.vocabulary import EntryStepKind, ListKind
from registry.domain.errors import Bilingual, Conflict, Forbidden, InputError, NotFound
from registry.services.credit.acts import Act, Paper, StepTaken, documents_text, perform, require_text
from registry.services.permissions import require
from registry.services.transactions import Change

BY_THE_SUBJECT = frozenset({EntryStepKind.OBJECTION_RAISED, EntryStepKind.REPAIR_APPLIED})
"""Steps that the institution concerned takes as well as the authority that answers for the entry."""


@dataclass(frozen=True, slots=True)
class EntryStep:
    """Which entry an act is on, and the number of the newest step that the actor saw, 0 where it has none."""

    entry_id: int
    expected_step: int
    paper: Paper


def _nothing_more(_: Record) -> None:
    return


@dataclass(frozen=True, slots=True)
class Move:
    """A step to be written: its kind, what its kind has besides, and what else is asked of the entry's row."""

    kind: EntryStepKind
    details: Mapping[str, object]
    admit_also: Callable[[Record], None] = _nothing_more


@dataclass(frozen=True, slots=True)
class Adoption:
    """Recognition of another region's entry (互认): on which list, by whom, under which number, on what basis.

    `decided_on` is the day of the adopting decision; `last_day` shortens its term, which ends with the original's.
    """

    original_id: int
    list_code: str
    authority: str
    document_number: str
    legal_basis: str
    remedy: str
    decided_on: date
    last_day: date | None = None


async def publish_entry(
    database: Database,
    actor: Actor,
    step: EntryStep,
    *,
    exceptionally: bool = False,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Publish a decided entry; from today it is in force.

    What is in principle not published (a minor one) is published `exceptionally`, for the reason given, or refused.
    Rule: `publication.principle`.
    """
    wanted = {**asdict(step), "exceptionally": exceptionally}
    act = Act("publishEntry", wanted, idempotency_key, request_id)

    def admit_publication(row: Record) -> None:
        if not (row["published_in_principle"] or exceptionally):
            zh, en = "轻微失信信息原则上不予公示", "Entries of this class are in principle not published"
            raise InputError(Bilingual(zh, en), rule="publication.principle", path=("input", "exceptionally"))

    return await take_entry_step(database, actor, act, step, Move(EntryStepKind.PUBLISHED, {}, admit_publication))


async def withdraw_entry(
    database: Database,
    actor: Actor,
    step: EntryStep,
    document_number: str,
    *,
    annulled: bool = False,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """End an entry at once: withdrawn (移出), or annulled (撤销) where its decision was wrong from the beginning."""
    details = {"document_number": require_text(document_number, "documentNumber")}
    kind = EntryStepKind.ANNULLED if annulled else EntryStepKind.WITHDRAWN
    act = Act("withdrawEntry", {**asdict(step), **details, "kind": kind}, idempotency_key, request_id)
    return await take_entry_step(database, actor, act, step, Move(kind, details))


async def adopt_entry(
    database: Database,
    actor: Actor,
    adoption: Adoption,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StepTaken:
    """Recognise an entry in force of another region; it refers to the original and ends with it.

    Rules: `entry.unknown`, `entry.original`, `entry.list`, `entry.decided`, `entry.term`, `entry.second`.
    """
    require(actor, Role.REGULATOR)

    async def take(change: Change) -> StepTaken:
        original = await fetch_row(change.connection, "credit/find_original", adoption.original_id)
        if original is None:
            raise _unknown("original")
        base = await change.reserve_from(1)
        stored = json.dumps(_adopted(adoption, original, actor), default=str, ensure_ascii=False)
        entry_id = await fetch_value(
            change.connection, "credit/add_adopted", adoption.original_id, stored, change.change_id, base + 1
        )
        return StepTaken(0, entry_id=entry_id)

    return await perform(database, actor, Act("adoptEntry", asdict(adoption), idempotency_key, request_id), take)


def _adopted(adoption: Adoption, original: Record, actor: Actor) -> dict[str, object]:
    about = {
        name: original[name]
        for name in ("organisation_id", "institution_id", "person_id", "ground_code", "repair_class")
    }
    texts = {
        "authority": require_text(adoption.authority, "authority"),
        "document_number": require_text(adoption.document_number, "documentNumber"),
        "legal_basis": require_text(adoption.legal_basis, "legalBasis"),
        "remedy": require_text(adoption.remedy, "remedy"),
    }
    of_adoption = {"list_code": adoption.list_code, "decided_on": adoption.decided_on, "last_day": adoption.last_day}
    reference = f"CreditEntry:{adoption.original_id}"
    return {**about, **texts, **of_adoption, "region_code": actor.region_code, "reference": reference}


def _unknown(field: str) -> NotFound:
    return NotFound(Bilingual("没有这样的记录", "There is no such entry"), rule="entry.unknown", path=("input", field))


async def take_entry_step(database: Database, actor: Actor, act: Act, step: EntryStep, move: Move) -> StepTaken:
    """Take a step on an entry: by the authority that answers for it or, where it may, by the institution concerned.

    Rules: `entry.unknown`, `entry.moved`, `entry.region` and those of `registry.domain.credit.entries.admit`.
    """
    require(actor, Role.REGULATOR, *((Role.INSTITUTION,) if move.kind in BY_THE_SUBJECT else ()))

    async def take(change: Change) -> StepTaken:
        row = await fetch_row(change.connection, "credit/find_entry", step.entry_id)
        if row is None:
            raise _unknown("entry")
        _require_expected(row, step)
        _require_answering(row, move.kind)
        admit(_standing(row), move.kind, actor.identity, row["today"])
        move.admit_also(row)
        return await _write(change, step, move)

    return await perform(database, actor, act, take)


def _require_expected(row: Record, step: EntryStep) -> None:
    if row["number"] != step.expected_step:
        message = Bilingual("该记录已有新的步骤，请重新读取", "The entry has moved on; read it again")
        raise Conflict(message, rule="entry.moved", path=("input", "expectedStep"))


def _require_answering(row: Record, kind: EntryStepKind) -> None:
    if not (row["answered_for"] or (kind in BY_THE_SUBJECT and row["own"])):
        message = Bilingual("该记录不由本机关负责", "Another authority answers for this entry")
        raise Forbidden(message, rule="entry.region")


def _standing(row: Record) -> EntryStanding:
    original = None
    if row["original_id"] is not None:
        original = EntryDates(row["original_published_on"], row["original_last_day"], row["original_ended_on"])
    return EntryStanding(
        EntryDates(row["published_on"], row["last_day"], row["ended_on"], original),
        ListKind(row["list_kind"]),
        row["decided_on"],
        row["least_months"],
        row["number"],
        row["disputed"],
        row["repair_pending"],
        row["objector"],
        row["applicant"],
    )


async def _write(change: Change, step: EntryStep, move: Move) -> StepTaken:
    base = await change.reserve_from(2)
    number = await fetch_value(
        change.connection,
        "credit/add_entry_step",
        step.entry_id,
        step.expected_step + 1,
        move.kind,
        change.actor.identity,
        require_text(step.paper.reason, "reason"),
        documents_text(step.paper.documents),
        json.dumps(move.details, ensure_ascii=False),
        change.change_id,
        base + 1,
    )
    return StepTaken(number, entry_id=step.entry_id)
