"""Questions whose values are written out: their text is built by the statement around, which keeps its own plan."""

import re

from registry.api.planner.sql import literal

_BEGIN, _END = "\x02", "\x03"
_FOUND = re.compile(f"{_BEGIN}(.*?){_END}")
_MARK = re.compile(rf"(?:\$(?P<number>[0-9]+)|{_BEGIN}(?P<expression>.*?){_END})::(?P<type>[a-z]+(?:\[\])?)")


def found_before(expression: str, type_name: str) -> str:
    """Return the mark of an expression that the statement around computes, so that its value is a constant."""
    return f"{_BEGIN}{expression}{_END}::{type_name}"


def written_out(question: str) -> str:
    """Return the expression that gives the text of a question with every parameter in it as a constant."""
    values: list[str] = []

    def placed(found: re.Match[str]) -> str:
        type_name = found["type"]
        value = f"${found['number']}::{type_name}" if found["number"] else f"{_BEGIN}{found['expression']}{_END}"
        if value not in values:
            values.append(value)
        return f"%{values.index(value) + 1}$L::{type_name}"

    text = _MARK.sub(placed, question.replace("%", "%%"))
    texts = ", ".join(f"{value}::text" for value in values)
    return f"format({literal(text)}, VARIADIC ARRAY[{texts}]::text[])"


def computed_once(statement: str) -> str:
    """Return a statement that computes each expression found before once, for all questions it is written in."""
    names: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = names.setdefault(found[1], f"c{len(names)}")
        return f"(SELECT f.{name} FROM found AS f)"  # noqa: S608 - named here

    text = _FOUND.sub(named, statement)
    columns = ", ".join(f"{expression} AS {name}" for expression, name in names.items())
    return f"WITH found AS MATERIALIZED (SELECT {columns}) {text}" if names else text
