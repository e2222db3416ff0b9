"""Credit caps: what entries in force on credit lists do to a grade at the moment it is asked for."""

from collections.abc import Collection
from dataclasses import dataclass

from scoring.policy.grades import CreditCap
from scoring.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class CreditCapped:
    """The grade as asked; `applied` are the caps that took effect; `suspended` says that no rating is shown at all."""

    stars: int
    applied: tuple[CreditCap, ...]
    suspended: bool


def apply_credit_caps(policy: Policy, stars: int, entries: Collection[tuple[str, str]]) -> CreditCapped:
    """Caps a stored grade by entries in force on the day, each (list kind, ground code)."""
    held = [cap for cap in policy.credit_caps if any(_concerns(cap, kind, ground) for kind, ground in entries)]
    applied = tuple(cap for cap in held if cap.at_most < stars)
    lowest = min((cap.at_most for cap in applied), default=stars)
    return CreditCapped(lowest, applied, any(cap.at_most == 0 for cap in held))


def _concerns(cap: CreditCap, kind: str, ground: str) -> bool:
    return cap.list_kind == kind and cap.ground in ("", ground)
