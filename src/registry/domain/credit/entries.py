"""Entries: on which days they are in force, and what may happen to them after their decision.

Legal source: 国办发〔2025〕22号 and NDRC order 36 (in force 1 April 2026) for terms and repair; Civil Code art. 200 to
203 for the counting of days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from registry.domain.credit.vocabulary import EntryStepKind, ListKind
from registry.domain.errors import Bilingual, Forbidden, InputError
from registry.domain.lawdays import add_months

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EntryDates:
    """What tells when an entry is in force; `original` has the dates of the one that it adopts.

    `published_on` is the first day, None while not published; `last_day` the last day of publication, None without an
    end; `ended_on` the day on which it was repaired, annulled or withdrawn, at once.
    """

    published_on: date | None
    last_day: date | None = None
    ended_on: date | None = None
    original: "EntryDates | None" = None


def last_day_of_term(decided_on: date, most_months: int) -> date:
    """The last day of publication, counted from the date of the deciding document."""
    return add_months(decided_on, most_months)


def earliest_repair(decided_on: date, least_months: int) -> date:
    """The first day on which repair can be asked for: the one after the minimum; that of the decision without one."""
    return add_months(decided_on, least_months) + _ONE_DAY if least_months else decided_on


def in_force_to(dates: EntryDates) -> date | None:
    """The last day in force, inclusive; None without an end. An adopted entry ends with its original at the latest."""
    ends = [dates.last_day, None if dates.ended_on is None else dates.ended_on - _ONE_DAY]
    if dates.original is not None:
        ends.append(in_force_to(dates.original))
    return min((end for end in ends if end is not None), default=None)


def is_in_force(dates: EntryDates, day: date) -> bool:
    """True where the entry is in force on a law day."""
    end = in_force_to(dates)
    return dates.published_on is not None and dates.published_on <= day and (end is None or day <= end)


def is_shown(then: EntryDates, as_of_day: date, now: EntryDates, today: date) -> bool:
    """True where everybody may see an entry: in force on the day asked about, as it stood then, and today."""
    return is_in_force(then, as_of_day) and is_in_force(now, today)


@dataclass(frozen=True, slots=True)
class EntryStanding:
    """An entry after its newest step, `number` (0 without any).

    `objector` and `applicant` are who raised the newest objection and who applied for repair last.
    """

    dates: EntryDates
    list_kind: ListKind
    decided_on: date
    least_months: int
    number: int
    disputed: bool
    repair_pending: bool
    objector: str | None = None
    applicant: str | None = None


_ON_OBJECTIONS = {EntryStepKind.OBJECTION_REJECTED, EntryStepKind.OBJECTION_UPHELD, EntryStepKind.CORRECTED}
_ON_REPAIR = {EntryStepKind.REPAIR_GRANTED, EntryStepKind.REPAIR_REFUSED}


def admit(standing: EntryStanding, kind: EntryStepKind, actor: str, day: date) -> None:
    """Raise unless the step may be taken.

    Rules: `entry.ended`, `entry.transition`, `repair.too-early` (the message names the earliest day), `entry.asker` for
    a decision by whoever asked for it.
    """
    if standing.dates.ended_on is not None:
        zh, en = "该记录已终止", f"The entry ended on {standing.dates.ended_on}"
        raise InputError(Bilingual(zh, en), rule="entry.ended")
    if not _follows(standing, kind, day):
        zh, en = f"该记录现不能进行“{kind.zh}”", f"{kind.value} does not follow where the entry stands"
        raise InputError(Bilingual(zh, en), rule="entry.transition")
    _require_minimum(standing, kind, day)
    asker = standing.objector if kind in _ON_OBJECTIONS else standing.applicant if kind in _ON_REPAIR else None
    if asker == actor:
        zh, en = "提出人不得自行裁定", "Whoever asked does not decide on it"
        raise Forbidden(Bilingual(zh, en), rule="entry.asker")


def _follows(standing: EntryStanding, kind: EntryStepKind, day: date) -> bool:
    end = in_force_to(standing.dates)
    running = end is None or day <= end
    match kind:
        case EntryStepKind.PUBLISHED:
            return standing.dates.published_on is None and running
        case EntryStepKind.OBJECTION_RAISED:
            return not standing.disputed
        case EntryStepKind.REPAIR_APPLIED:
            return running and _is_repairable(standing)
    if kind in _ON_OBJECTIONS:
        return standing.disputed
    return standing.repair_pending if kind in _ON_REPAIR else True


def _is_repairable(standing: EntryStanding) -> bool:
    published = standing.dates.published_on is not None and standing.list_kind is not ListKind.RED
    return published and standing.dates.original is None and not standing.repair_pending


def _require_minimum(standing: EntryStanding, kind: EntryStepKind, day: date) -> None:
    if kind not in {EntryStepKind.REPAIR_APPLIED, EntryStepKind.REPAIR_GRANTED}:
        return
    earliest = earliest_repair(standing.decided_on, standing.least_months)
    if day < earliest:
        zh, en = f"未满最短公示期，最早可于 {earliest} 申请修复", f"Repair can be asked for from {earliest} on"
        raise InputError(Bilingual(zh, en), rule="repair.too-early")
