"""What entries in force on credit lists do to a rating at the moment it is asked for: caps, and points on top."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from scoring.policy.grades import CreditCap, CreditPoints
from scoring.policy.policy import Policy


class Listing(NamedTuple):
    """An entry in force that bears on an institution; `disputed` while an objection to it is being looked at."""

    list_kind: str
    ground: str
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class CreditCapped:
    """The grade as asked; `applied` are the caps that took effect; `suspended` says that no rating is shown at all."""

    stars: int
    applied: tuple[CreditCap, ...]
    suspended: bool


def apply_credit_caps(policy: Policy, stars: int, entries: Collection[Listing]) -> CreditCapped:
    """Caps a stored grade by the entries in force on the day."""
    held = [cap for cap in policy.credit_caps if any(_concerns(cap, entry) for entry in entries)]
    applied = tuple(cap for cap in held if cap.at_most < stars)
    lowest = min((cap.at_most for cap in applied), default=stars)
    return CreditCapped(lowest, applied, any(cap.at_most == 0 for cap in held))


def credit_points_of(policy: Policy, entries: Collection[Listing]) -> tuple[CreditPoints, ...]:
    """The rules that give points for entries in force on red lists; each counts once, however many entries meet it."""
    return tuple(rule for rule in policy.credit_points if any(_honours(rule, entry) for entry in entries))


def _concerns(cap: CreditCap, entry: Listing) -> bool:
    return cap.list_kind == entry.list_kind and _counts(cap, entry)


def _honours(rule: CreditPoints, entry: Listing) -> bool:
    return entry.list_kind == "RED" and _counts(rule, entry)


def _counts(rule: CreditCap | CreditPoints, entry: Listing) -> bool:
    return (rule.while_disputed or not entry.disputed) and rule.ground in ("", entry.ground)
