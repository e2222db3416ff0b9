"""The reference's windows of the procedure, and rules of flags, of which a drawn register has none."""

from datetime import date
from typing import Any

from graphql import GraphQLError

from apikit.facts import Facts
from apikit.pages import page
from apikit.reference_core import answers
from apikit.reference_credit import rules
from registry.api.types import credit_rules


@answers("Query", "creditWindows")
def credit_windows(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    return rules(facts, "credit_window", "code", credit_rules.WINDOWS, given)


@answers("Query", "flagRules")
def flag_rules(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    if not facts.for_staff:
        raise GraphQLError("Flags are for regulators")
    order = [
        (lambda row: row["code"], False),
        (lambda row: row["effective_from"], False),
        (lambda row: row["id"], False),
    ]
    return page([], order, credit_rules.FLAG_RULES.ordering({}).digest, ["", date.min, 0], given)
