"""Global identifiers, and the objects that they find."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import GraphQLObjectType

from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.rows import Row
from registry.api.planner.sql import literal
from registry.domain.errors import Bilingual, InputError

NODE_SOURCES: Mapping[str, str] = {
    "Institution": "institution",
    "Organisation": "organisation",
    "Region": "region",
    "RatingPolicy": "rating_policy",
    "RatingRun": "rating_run",
    "CreditEntry": "credit_entry",
}
MOST_IDS = 1_000
_NOTHING = ""


def write_id(type_name: str, number: int) -> str:
    """Return the global identifier of a row: base64url of `Type:number`."""
    return urlsafe_b64encode(f"{type_name}:{number}".encode()).decode().rstrip("=")


def _parts(text: str) -> tuple[str, int] | None:
    """Return type and number of what has the form of a global identifier."""
    try:
        type_name, colon, number = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").partition(":")
    except (ValueError, binascii.Error):
        return None
    return (type_name, int(number)) if colon and number.isdigit() and len(number) < 19 else None


def read_number(text: str, type_name: str) -> int | None:
    """Return the number of a global identifier of this type; None for any other text."""
    found = _parts(text)
    return None if found is None or found[0] != type_name else found[1]


def read_id(text: str, path: tuple[str | int, ...] = ("id",)) -> tuple[str, int]:
    """Return type and number of a global identifier. Rule: `node.id`."""
    found = _parts(text)
    if found is not None and found[0] in NODE_SOURCES:
        return found
    message = Bilingual("全局标识无效", "This is no global identifier of the register")
    raise InputError(message, rule="node.id", path=path)


def institution_named(given: Mapping[str, Any]) -> int | None:
    """Return the number of the institution that the argument `id` names; None where it names something else."""
    type_name, number = read_id(given["id"])
    return number if type_name == "Institution" else None


def _object(compiler: Compiler, parent: Row, selected: Selected, type_name: str, number: str) -> str:
    row = compiler.new_row(parent)
    object_type = cast("GraphQLObjectType", compiler.executor.schema.type_map[type_name])
    value = compiler.object(object_type, selected.details, row)
    source = row.from_clause(compiler.statement.relation(NODE_SOURCES[type_name], row.alias))
    return f"(SELECT {value} {source} WHERE {row.alias}.id = {number})"


@dataclass(frozen=True, slots=True)
class NodeById:
    """The object that `id` names, or null."""

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery on the relation of the identifier's type."""
        type_name, found = read_id(compiler.arguments(selected, free=("id",))["id"])
        number: object = found
        variable = compiler.variable_of(selected, "id")
        if variable is not None:
            compiler.guard(lambda variables: read_id(variables[variable])[0])
            number = compiler.freed(variable, lambda text: read_id(text)[1])
        return _object(compiler, row, selected, type_name, compiler.statement.parameters.add(number, "bigint"))


def _read(compiler: Compiler, text: str, place: int) -> tuple[str, int]:
    """Return type and number of an identifier in a list; what is none is noted as the error of its item."""
    try:
        return read_id(text, ("ids", place))
    except InputError as error:
        compiler.item_errors[place] = error
        return _NOTHING, 0


@dataclass(frozen=True, slots=True)
class NodesByIds:
    """The objects that `ids` name, in that order, null for each that is unknown or, with an error, is none."""

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return an aggregate over the identifiers with a subquery for each type among them."""
        given = compiler.arguments(selected)["ids"]
        if len(given) > MOST_IDS:
            message = Bilingual(f"一次最多查询 {MOST_IDS} 个标识", f"At most {MOST_IDS} identifiers at once")
            raise InputError(message, rule="node.too-many", path=("ids",))
        wanted = [_read(compiler, text, place) for place, text in enumerate(given)]
        if len(compiler.item_errors) == len(given):
            return f"{literal('[' + ', '.join(['null'] * len(given)) + ']')}::json"
        parameters = compiler.statement.parameters
        inner = compiler.new_row(row)
        branches = " ".join(
            f"WHEN {literal(name)} THEN {_object(compiler, inner, selected, name, f'{inner.alias}.number')}"
            for name in sorted({name for name, _ in wanted} - {_NOTHING})
        )
        types = parameters.add([name for name, _ in wanted], "text[]")
        numbers = parameters.add([number for _, number in wanted], "bigint[]")
        source = f"unnest({types}, {numbers}) WITH ORDINALITY AS {inner.alias}(type_name, number, place)"
        item = f"CASE {inner.alias}.type_name {branches} END"
        return f"(SELECT json_agg({item} ORDER BY {inner.alias}.place) {inner.from_clause(source)})"
