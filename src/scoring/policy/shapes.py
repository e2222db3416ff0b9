"""The words of which the schema of policy documents is made: texts, exact numbers, lists, closed tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from scoring.policy.conditions import COUNTABLE, OPERATORS
from scoring.policy.reader import CODE, NUMBER

Json = dict[str, Any]


def anchored(pattern: str) -> str:
    """A pattern of the reader as a pattern of the schema."""
    return "^" + pattern.removesuffix(r"\Z") + "$"


TEXT: Json = {"type": "string"}
FLAG: Json = {"type": "boolean"}
CODE_TEXT: Json = {"type": "string", "pattern": anchored(CODE.pattern)}
A_NUMBER: Json = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": anchored(NUMBER.pattern)}]}
DAY: Json = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def ref(name: str) -> Json:
    """A definition of the schema by its name."""
    return {"$ref": f"#/$defs/{name}"}


def choice(values: Iterable[str]) -> Json:
    """One of some texts."""
    return {"enum": list(values)}


def listed(of: Json, least: int = 0) -> Json:
    """A list of at least so many entries."""
    return {"type": "array", "items": of, **({"minItems": least} if least else {})}


def integer(low: int, high: int) -> Json:
    """A whole number between two ends; as a text the reader alone judges it."""
    return {"anyOf": [{"type": "integer", "minimum": low, "maximum": high}, A_NUMBER["anyOf"][1]]}


def texts(least: int = 0) -> Json:
    """A list of texts, or one text alone."""
    return {"anyOf": [TEXT, listed(TEXT, least)]}


def table(keys: Mapping[str, Json], required: Iterable[str] = (), **more: Any) -> Json:
    """A table without any other keys."""
    made: Json = {"type": "object", "properties": dict(keys), "additionalProperties": False}
    return {**made, **({"required": list(required)} if required else {}), **more}


def one_of_keys(*keys: str) -> list[Json]:
    """Exactly one of some keys, as entries of `oneOf`."""
    return [{"required": [key]} for key in keys]


def condition() -> Json:
    """A condition: exactly one subject, and one comparison where the subject is a figure."""
    operators = dict.fromkeys(OPERATORS, A_NUMBER)
    one = one_of_keys(*OPERATORS)
    compared = table(operators, oneOf=one)
    other = {"anyOf": [A_NUMBER, table({"domain_grade": TEXT}, ("domain_grade",))]}
    plain = {
        "all": listed(ref("condition"), 1),
        "any": listed(ref("condition"), 1),
        "not": ref("condition"),
        "flag": CODE_TEXT,
        "group": table({"level": CODE_TEXT, "in": texts(1)}, ("level", "in")),
        "missing": TEXT,
        "score": compared,
        "grade": compared,
    }
    figures = [
        table({subject: TEXT, **operators}, (subject,), oneOf=one)
        for subject in ("measure", "indicator", "domain_points")
    ]
    graded = table({"domain_grade": TEXT, **dict.fromkeys(OPERATORS, other)}, ("domain_grade",), oneOf=one)
    counting = {"count": choice(COUNTABLE[:-1]), "of": texts(), "having": compared}
    count = table({**counting, **operators}, ("count", "having"), oneOf=one)
    counting = {"count": {"const": COUNTABLE[-1]}, "of": listed(ref("condition"), 1)}
    how_many = table({**counting, **operators}, ("count", "of"), oneOf=one)
    return {"oneOf": [*(table({key: of}, (key,)) for key, of in plain.items()), *figures, graded, count, how_many]}
