"""Erasure of people: by rule when nothing has needed them for the term, or one by one on request.

What named the person goes from every version and from the feed; what remains (posts, certificates without numbers)
names nobody, so runs of the past give the same digests. Legal source: 个人信息保护法 art. 47.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from registry.db.mapping import mapped_errors
from registry.db.pool import Database, execute, fetch, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Conflict, InputError, NotFound
from registry.domain.identifiers import CitizenId, hide_citizen_ids
from registry.domain.personal import PersonalKeys
from registry.services.importing.turns import await_turn
from registry.services.permissions import require
from registry.services.personal_keys import hold_keys
from registry.services.retention import Basis, Kept, find_basis
from registry.services.transactions import Change, ChangeKind, acting, publishing

PEOPLE_AT_ONCE = 1_000
LONGEST_WAIT_SECONDS = 600.0
LONGEST_REASON = 500
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """How many people were due, how many of them were erased, and the position of the last change set."""

    due: int
    erased: int
    position: int | None


async def erase_due(
    database: Database,
    actor: Actor,
    today: date,
    *,
    dry_run: bool = False,
    progress: Report = lambda _done, _of: None,
) -> ErasureResult:
    """Erase everybody who is past the term that the rule of `today` gives, PEOPLE_AT_ONCE in a change set.

    Killed in between, it goes on with the next call. A dry run counts.
    """
    require(actor, Role.ADMIN)
    due, basis = await _find_due(database, actor, today)
    erased, position = 0, None
    progress(0, len(due))
    if basis is None or dry_run:
        return ErasureResult(len(due), 0, None)
    for first in range(0, len(due), PEOPLE_AT_ONCE):
        count, position = await _erase_batch(database, actor, basis, due[first : first + PEOPLE_AT_ONCE], today)
        erased += count
        progress(erased, len(due))
    await _clear_dead_rows(database, erased)
    return ErasureResult(len(due), erased, position)


async def _find_due(database: Database, actor: Actor, today: date) -> tuple[list[int], Basis | None]:
    async with acting(database, actor, readonly=True) as work:
        basis = await find_basis(work, Kept.PERSON, today)
        rows = await fetch(work.connection, "erasure/due", today, None)
    return [row["id"] for row in rows], basis


async def _erase_batch(
    database: Database, actor: Actor, basis: Basis, people: Sequence[int], today: date
) -> tuple[int, int | None]:
    """Erase those of the batch who are still due now that no import can name them."""
    cause = f"erasure: {basis.legal_basis}"
    async with publishing(database, actor, ChangeKind.ERASURE, cause, action="erasePeople") as change:
        await await_turn(change.connection, LONGEST_WAIT_SECONDS)
        rows = await fetch(change.connection, "erasure/due", today, people)
        still_due = [row["id"] for row in rows]
        if still_due:
            await _erase(change, still_due, basis.rule_id, None)
        change.subject = f"retention:{Kept.PERSON}"
        change.details |= {"people": still_due, "asOf": today, "rule": basis.rule_id}
    return len(still_due), change.published.position if change.published else None


async def _erase(change: Change, people: Sequence[int], rule_id: int | None, reason: str | None) -> None:
    change.publishes_empty = True
    written = await fetch_value(change.connection, "erasure/erase", people, rule_id, reason)
    await change.reserve_from(written)


async def erase_person(
    database: Database, actor: Actor, keys: PersonalKeys, number: CitizenId, *, reason: str, today: date
) -> ErasureResult:
    """Erase one person on request, before the term, for a reason that is kept.

    Rules: `erasure.reason`, `person.unknown`, `erasure.in-use` while a post or a certificate is in force.
    """
    require(actor, Role.ADMIN)
    kept_reason = _sound(reason)
    async with publishing(database, actor, ChangeKind.ERASURE, "erasure on request", action="erasePeople") as change:
        held = await hold_keys(change.connection, keys)
        await await_turn(change.connection, LONGEST_WAIT_SECONDS)
        person = await _require_erasable(change, held, number, today)
        await _erase(change, [person], None, kept_reason)
        change.subject = f"person:{person}"
        change.details |= {"people": [person], "asOf": today}
    await _clear_dead_rows(database, 1)
    return ErasureResult(1, 1, change.published.position if change.published else None)


def _sound(reason: str) -> str:
    """The reason without space around it; it stays when the person is gone, so it names nobody."""
    kept = reason.strip()
    if not 1 <= len(kept) <= LONGEST_REASON or hide_citizen_ids(kept) != kept:
        zh = f"须说明理由，至多 {LONGEST_REASON} 字，且不得含公民身份号码"
        en = f"a reason of 1 to {LONGEST_REASON} characters without a citizen number is needed"
        raise InputError(Bilingual(zh, en), rule="erasure.reason", path=("reason",))
    return kept


async def _require_erasable(change: Change, keys: PersonalKeys, number: CitizenId, today: date) -> int:
    hashes = [hashed for hashed in (keys.number_hash(number), keys.other_hash(number)) if hashed is not None]
    row = await fetch_row(change.connection, "erasure/find_person", hashes, today)
    if row is None:
        raise NotFound(Bilingual("登记簿中没有该人员", "the register has no such person"), rule="person.unknown")
    if row["in_use"]:
        zh, en = "该人员仍在岗或持有有效证书，不得删除", "the person has a post or a certificate in force"
        raise Conflict(Bilingual(zh, en), rule="erasure.in-use")
    return int(row["id"])


async def _clear_dead_rows(database: Database, erased: int) -> None:
    """Clear what the erased rows left behind, instead of waiting until there is enough of it."""
    if erased:
        with mapped_errors():
            async with database.staff.acquire() as connection:
                await execute(connection, "erasure/vacuum")
