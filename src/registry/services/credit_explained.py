"""What entries on credit lists make of a rating on a day: each cap and each rule with its entry."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import orjson

from scoring import CreditCap, CreditPoints, Listing, Policy, apply_credit_caps, credit_points_of

Trace = dict[str, Any]
Rule = TypeVar("Rule", CreditCap, CreditPoints)


class Listed(NamedTuple):
    """An entry in force that bears on an institution, and what the policy asks of it."""

    entry_id: int
    listing: Listing


def listed_of(text: str) -> Sequence[Listed]:
    """Return the entries that a JSON list tells of."""
    rows = orjson.loads(text)
    return [Listed(row["id"], Listing(row["list_kind"], row["ground_code"], row["disputed"])) for row in rows]


def credit_trace(policy: Policy, rating: Mapping[str, Any], day: date, listed: Sequence[Listed]) -> Trace:
    """Return grade and score after entries, with every cap that took effect and every rule that gives points."""
    entries = [one.listing for one in listed]
    capped = apply_credit_caps(policy, rating["stars"], entries)
    earned = credit_points_of(policy, entries)
    caps = _lines(capped.applied, listed, lambda entry: apply_credit_caps(policy, rating["stars"], [entry]).applied)
    return {
        "day": day.isoformat(),
        "stars": 0 if capped.suspended else capped.stars,
        "suspended": capped.suspended,
        "score": _with_points(policy, rating["score"], sum(rule.points for rule in earned)),
        "caps": [{**line, "list": cap.list_kind, "at_most": cap.at_most} for cap, line in caps],
        "points": [
            {**line, "points": _points(policy, rule.points)}
            for rule, line in _lines(earned, listed, lambda entry: credit_points_of(policy, [entry]))
        ],
    }


def _lines(
    rules: Sequence[Rule], listed: Sequence[Listed], met: Callable[[Listing], Sequence[Rule]]
) -> list[tuple[Rule, Trace]]:
    """Each rule with the first entry that meets it."""
    found = []
    for rule in rules:
        entry_id = next(one.entry_id for one in listed if rule in met(one.listing))
        title = rule.title.as_dict() if rule.title.zh or rule.title.en else None
        found.append((rule, {"code": rule.code, "title": title, "basis": rule.legal_basis, "entry_id": entry_id}))
    return found


def _points(policy: Policy, points: int) -> str:
    return format(Decimal(points).scaleb(-policy.decimals), "f")


def _with_points(policy: Policy, score: str | None, points: int) -> str | None:
    return None if score is None else format(Decimal(score) + Decimal(points).scaleb(-policy.decimals), "f")
