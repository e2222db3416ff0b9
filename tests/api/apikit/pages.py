"""Relay pages of Python lists, the obvious way."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from graphql import GraphQLError

from apikit.facts import Row

Order = Sequence[tuple[Callable[[Row], Any], bool]]
"""Keys in turn, each with whether it descends; a row without a value comes last either way."""


def compare(order: Order, left: Sequence[Any], right: Sequence[Any]) -> int:
    for (_, descending), a, b in zip(order, left, right, strict=True):
        if a == b:
            continue
        if a is None or b is None:
            return 1 if a is None else -1
        return (1 if a > b else -1) * (-1 if descending else 1)
    return 0


def keys_of(order: Order, row: Row) -> list[Any]:
    return [key(row) for key, _ in order]


def cursor_of(digest: str, keys: Sequence[Any]) -> str:
    texts = [str(key) if isinstance(key, Decimal | date) else key for key in keys]
    return urlsafe_b64encode(json.dumps([digest, *texts], ensure_ascii=False).encode()).decode().rstrip("=")


def keys_in(cursor: str | None, digest: str, examples: Sequence[Any]) -> list[Any] | None:
    """Read a cursor's keys back as the kinds of value that `examples` are; refuse one of another ordering."""
    if cursor is None:
        return None
    own, *found = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if own != digest:
        message = "The cursor is damaged, or belongs to another list or ordering"
        raise GraphQLError(message)
    kinds = {Decimal: Decimal, date: date.fromisoformat}
    return [
        key if key is None else kinds.get(type(example), lambda value: value)(key)
        for key, example in zip(found, examples, strict=True)
    ]


def page(rows: list[Row], order: Order, digest: str, kinds: Sequence[Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the connection of rows for Relay's arguments; `kinds` has a value of each key's kind."""
    rows = sorted(rows, key=cmp_to_key(lambda a, b: compare(order, keys_of(order, a), keys_of(order, b))))
    after = keys_in(given.get("after"), digest, kinds)
    before = keys_in(given.get("before"), digest, kinds)
    inside = [
        row
        for row in rows
        if (not after or compare(order, keys_of(order, row), after) > 0)
        and (not before or compare(order, keys_of(order, row), before) < 0)
    ]
    first, last = given.get("first"), given.get("last")
    if last is not None:
        chosen = inside[len(inside) - last :] if last < len(inside) else inside
    else:
        chosen = inside[: 50 if first is None else first]
    cut_front = bool(chosen != inside and last is not None)
    cut_back = bool(chosen != inside and last is None)
    before_page = any(after and compare(order, keys_of(order, row), after) <= 0 for row in rows)
    behind_page = any(before and compare(order, keys_of(order, row), before) >= 0 for row in rows)
    cursors = [cursor_of(digest, keys_of(order, row)) for row in chosen]
    return {
        "edges": [{"cursor": cursor, "node": row} for cursor, row in zip(cursors, chosen, strict=True)],
        "nodes": chosen,
        "totalCount": len(rows),
        "totalCountEstimated": False,
        "pageInfo": {
            "hasNextPage": cut_back or behind_page,
            "hasPreviousPage": cut_front or before_page,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }
