"""The reference's points for entries on red lists: every rule of the policy that an entry in force meets, once."""

from decimal import Decimal
from typing import Any

from apikit.facts import Facts, Row
from apikit.reference_core import RESOLVERS, answers, first
from apikit.reference_credit import bearing, seen
from apikit.reference_types import decimal


def _met(rule: dict[str, Any], entry: Row) -> bool:
    counts = rule.get("while_disputed", True) or not entry["disputed"]
    return counts and entry["list_kind"] == "RED" and rule.get("ground", "") in ("", entry["ground_code"])


@answers("Rating", "creditPoints")
def credit_points(facts: Facts, rating: Row) -> list[Row]:
    position = rating["when"].position
    ended = rating["recorded_to"] is not None
    if ended and (position is None or rating["recorded_to"] <= position):
        return []
    policy = first(facts.tables["rating_policy"], id=rating["policy_id"])
    assert policy is not None
    rules = facts.canonical[policy["sha256"]].get("credit_points", [])
    bears = bearing(facts, rating)
    meeting = [(rule, [entry for entry in bears if _met(rule, entry)]) for rule in rules]
    return [
        {
            "rule": rule["code"],
            "scaled": int(Decimal(rule["points"]) * 10 ** policy["score_decimals"]),
            "points": f"{Decimal(rule['points']):.{policy['score_decimals']}f}",
            "title_zh": rule["title"].get("zh") or rule["title"]["en"],
            "title_en": rule["title"].get("en") or rule["title"]["zh"],
            "legal_basis": rule.get("legal_basis"),
            "entry": first(seen(facts, rating["when"]), id=entries[0]["id"]),
        }
        for rule, entries in meeting
        if entries
    ]


RESOLVERS["Rating", "scoreWithCreditPoints"] = lambda facts, rating: decimal(
    facts, rating, rating["score_scaled"] + sum(earned["scaled"] for earned in credit_points(facts, rating))
)
