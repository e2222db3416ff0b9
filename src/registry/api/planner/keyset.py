"""Keyset paging: orderings with a unique last key, cursors that carry a row's keys, predicates that resume there."""

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2s
from typing import Any, cast

import orjson

from registry.api.planner.rows import Join
from registry.api.planner.sql import Parameters, literal
from registry.api.texts import has_control_character
from registry.domain.errors import Bilingual, InputError

_LONGEST_CURSOR = 2_000
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,20})?")


def _long(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or has_control_character(value):
        raise ValueError
    return value


def _number(value: object) -> Decimal:
    text = _text(value)
    if not _PLAIN_NUMBER.fullmatch(text):
        raise ValueError
    return Decimal(text)


def _date(value: object) -> date:
    return date.fromisoformat(_text(value))


_READERS: Mapping[str, Callable[[object], object]] = {"bigint": _long, "text": _text, "numeric": _number, "date": _date}
_AS_TEXT = frozenset({"numeric", "date"})


@dataclass(frozen=True, slots=True)
class Slices:
    """The values of a whole number, from 0, in so many slices of one width; whatever is searched for lies evenly."""

    count: int
    width: int

    def begun_at(self, value: object, *, backwards: bool) -> tuple[int, int]:
        """Return the slice of a value and the one after it, or before it; the first two where there is no value."""
        start = (self.count - 1 if backwards else 0) if value is None else cast("int", value) // self.width
        start = min(max(start, 0), self.count - 1)
        return start, min(max(start + (-1 if backwards else 1), 0), self.count - 1)


@dataclass(frozen=True, slots=True)
class Walked:
    """A relation with the columns of the list's rows and of the join `stands_for`, and an index for an order of it."""

    relation: str
    stands_for: Join


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an ordering: a template over the row and its SQL type. Rows without a value always come last.

    `sliced` tells what lies spread evenly along a key. An index of the key that starts at another relation than the
    list's is in `walked`.
    """

    template: str
    type_name: str
    descending: bool = False
    nullable: bool = False
    needs: tuple[Join, ...] = ()
    sliced: Slices | None = None
    walked: Walked | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """Keys of which the last is unique; `digest` names the ordering inside its cursors."""

    keys: tuple[Key, ...]
    digest: str

    @classmethod
    def of(cls, name: str, *keys: Key) -> "Ordering":
        """Return the ordering of these keys for the connection `name`."""
        text = "|".join((name, *(f"{key.template}:{key.descending}" for key in keys)))
        return cls(keys, blake2s(text.encode(), digest_size=6).hexdigest())

    def cursor(self, columns: Sequence[str]) -> str:
        """Return the SQL expression of a row's cursor from its key columns."""
        values = [f"{c}::text" if k.type_name in _AS_TEXT else c for k, c in zip(self.keys, columns, strict=True)]
        array = f"JSON_ARRAY({', '.join((literal(self.digest), *values))} NULL ON NULL RETURNING text)"
        return f"translate(encode(convert_to({array}, 'UTF8'), 'base64'), '+/=' || chr(10), '-_')"

    def read(self, cursor: str, argument: str) -> list[object]:
        """Return the key values in a cursor; refuse one that is damaged or belongs to another ordering."""
        try:
            if len(cursor) > _LONGEST_CURSOR:
                raise ValueError
            digest, *values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            if digest != self.digest or len(values) != len(self.keys):
                raise ValueError
            return [_read(key, value) for key, value in zip(self.keys, values, strict=True)]
        except (ValueError, TypeError, binascii.Error) as error:
            message = Bilingual(
                "游标无效，或属于另一种排序", "The cursor is damaged, or belongs to another list or ordering"
            )
            raise InputError(message, rule="page.cursor", path=(argument,)) from error


def _read(key: Key, value: Any) -> object:
    if value is None and key.nullable:
        return None
    return _READERS[key.type_name](value)


def order_by(keys: Sequence[Key], columns: Sequence[str], *, backwards: bool) -> str:
    """Return the ORDER BY list over the key columns."""
    parts = []
    for key, column in zip(keys, columns, strict=True):
        nulls = f" NULLS {'FIRST' if backwards else 'LAST'}" if key.nullable else ""
        parts.append(f"{column} {'DESC' if key.descending is not backwards else 'ASC'}{nulls}")
    return ", ".join(parts)


def beyond(
    keys: Sequence[Key],
    columns: Sequence[str],
    values: Sequence[object],
    parameters: Parameters,
    *,
    backwards: bool,
    inclusive: bool = False,
) -> str:
    """Return the predicate of the rows after the row with these key values, or before it when `backwards`.

    `inclusive` takes in the row itself.
    """
    uniform = len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys)
    if uniform:
        sign = _sign(keys[0], backwards=backwards, inclusive=inclusive)
        given = [parameters.add(v, k.type_name) for k, v in zip(keys, values, strict=True)]
        return f"({', '.join(columns)}) {sign} ({', '.join(given)})"
    key, column, value = keys[0], columns[0], values[0]
    mark = "" if value is None else parameters.add(value, key.type_name)
    past, same = _past(key, column, mark, backwards=backwards)
    rest = beyond(keys[1:], columns[1:], values[1:], parameters, backwards=backwards, inclusive=inclusive)
    return f"({past} OR ({same} AND {rest}))"


def not_past(key: Key, column: str, value: object, parameters: Parameters, *, backwards: bool) -> str:
    """Return the predicate of the rows with this value of one key or one that follows it, or that comes before it."""
    return f"{column} {_sign(key, backwards=backwards, inclusive=True)} {parameters.add(value, key.type_name)}"


def _sign(key: Key, *, backwards: bool, inclusive: bool = False) -> str:
    sign = "<" if key.descending is not backwards else ">"
    return f"{sign}=" if inclusive else sign


def _past(key: Key, column: str, mark: str, *, backwards: bool) -> tuple[str, str]:
    """Return the predicates "beyond this value of the key" and "the same value"; no mark stands for null."""
    if not mark:
        return (f"{column} IS NOT NULL" if backwards else "false"), f"{column} IS NULL"
    past = f"{column} {_sign(key, backwards=backwards)} {mark}"
    if key.nullable and not backwards:
        past = f"({past} OR {column} IS NULL)"
    return past, f"{column} = {mark}"
