"""Fields of a trace: a JSON object `entry` that a service worked out, read as rows of the statement around it."""

from typing import Any

import strawberry

from registry.api.planner.declare import Many, One, column, planned
from registry.api.planner.sql import literal


def told(key: str, description: str) -> Any:
    """Declare a text, or a decimal kept as its text."""
    return column(f"{{row}}.entry ->> {literal(key)}", description)


def as_is(key: str, description: str) -> Any:
    """Declare a number, a truth or a list as it stands in the entry."""
    return column(f"{{row}}.entry -> {literal(key)}", description)


def termed(key: str, description: str) -> Any:
    """Declare a member of an enumeration, which entries write small and with hyphens."""
    return column(f"upper(replace({{row}}.entry ->> {literal(key)}, '-', '_'))", description)


def inside(key: str, description: str) -> Any:
    """Declare the object that stands in the entry, or null."""
    relation = f"(SELECT {{parent}}.entry -> {literal(key)} AS entry) AS {{row}}"
    return planned(One(relation, "jsonb_typeof({row}.entry) = 'object'"), description)


def each(key: str, description: str) -> Any:
    """Declare the list of objects that stands in the entry, in its order."""
    relation = f"jsonb_array_elements({{parent}}.entry -> {literal(key)}) WITH ORDINALITY AS {{row}}(entry, place)"
    return planned(Many(relation, "{row}.place"), description)


@strawberry.type(description="A text of a policy in the two languages of the register. 双语文本")
class Wording:
    """A text."""

    zh: str = told("zh", "In Chinese. 中文")
    en: str = told("en", "In English. 英文")
