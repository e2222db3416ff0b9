"""The reference's cases: a drawn register has none; those of a real one are held to the steps that made them."""

from typing import Any

from graphql import GraphQLError

from apikit.facts import Facts
from apikit.pages import page
from apikit.reference_core import answers
from registry.api.types.credit_cases import CASES


@answers("Query", "cases")
def cases(facts: Facts, _: Any, **given: Any) -> dict[str, Any]:
    _refuse_others(facts)
    return page([], [(lambda row: row["id"], True)], CASES.ordering({}).digest, [0], given)


@answers("Query", "creditCase")
def credit_case(facts: Facts, _: Any, **given: Any) -> None:
    _refuse_others(facts, "A case is for regulators and the institution concerned")


@answers("Query", "person")
def person(facts: Facts, _: Any, **given: Any) -> None:
    """The drawn identifiers are of other things."""
    _refuse_others(facts, "People are for regulators")


def _refuse_others(facts: Facts, message: str = "Cases are for regulators") -> None:
    if not facts.for_staff:
        raise GraphQLError(message)
