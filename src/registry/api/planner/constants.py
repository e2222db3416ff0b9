"""Questions whose values are written out: their text is built by the statement around, which keeps its own plan."""

import re

from registry.api.planner.sql import literal

_BEGIN, _END = "\x02", "\x03"
_MARK = re.compile(rf"(?:\$(?P<number>[0-9]+)|{_BEGIN}(?P<expression>.*?){_END})::(?P<type>[a-z]+(?:\[\])?)")


def found_before(expression: str, type_name: str) -> str:
    """Return the mark of an expression that the statement around computes, so that its value is a constant."""
    return f"{_BEGIN}{expression}{_END}::{type_name}"


def written_out(question: str) -> str:
    """Return the expression that gives the text of a question with every parameter in it as a constant."""
    values: list[str] = []

    def placed(found: re.Match[str]) -> str:
        type_name = found["type"]
        value = f"${found['number']}::{type_name}" if found["number"] else f"({found['expression']})"
        if value not in values:
            values.append(value)
        return f"%{values.index(value) + 1}$L::{type_name}"

    text = _MARK.sub(placed, question.replace("%", "%%"))
    texts = ", ".join(f"{value}::text" for value in values)
    return f"format({literal(text)}, VARIADIC ARRAY[{texts}]::text[])"
