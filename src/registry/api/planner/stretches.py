"""Stretches of a list: rows with a value of its first key, and those without one, are read each by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from registry.api.planner.keyset import Key, Ordering, beyond, not_past, order_by
from registry.api.planner.sql import Parameters

_ALL, _NONE = "true", "false"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a list that all have, or that all lack (`has` False), a value of its first key; None for a whole list."""

    keys: tuple[Key, ...]
    columns: tuple[str, ...]
    first: str
    has: bool | None

    @property
    def where(self) -> str:
        """The predicate of its rows."""
        return _ALL if self.has is None else f"{self.first} IS {'NOT NULL' if self.has else 'NULL'}"

    def order(self, *, backwards: bool) -> str:
        """Return its ORDER BY list; a first key without values stands in it for the server to know an index by."""
        return order_by(self.keys, self.columns, backwards=backwards)

    def reaches(self, values: Sequence[object], *, backwards: bool) -> bool:
        """Whether any of its rows can lie beyond the row of the list with these key values."""
        return self.has is None or self.has is backwards or (values[0] is not None) is self.has

    def beyond(
        self, values: Sequence[object], parameters: Parameters, *, backwards: bool, inclusive: bool = False
    ) -> str:
        """Return the predicate of its rows beyond the row of the list with these key values."""
        if not self.reaches(values, backwards=backwards):
            return _NONE
        if self.has is not None and (values[0] is not None) is not self.has:
            return _ALL
        skipped = 1 if self.has is False else 0
        keys, columns, values = self.keys[skipped:], self.columns[skipped:], values[skipped:]
        there = beyond(keys, columns, values, parameters, backwards=backwards, inclusive=inclusive)
        if not self.has:
            return there
        # No index compares keys of two tables at once; by this an index of the first begins where the page does.
        begun = not_past(self.keys[0], self.columns[0], values[0], parameters, backwards=backwards)
        return f"{begun} AND {there}"


def stretches_of(ordering: Ordering, columns: Sequence[str], *, backwards: bool = False) -> list[Stretch]:
    """Return the stretches of a list in the order in which they are read."""
    keys, first = ordering.keys, columns[0]
    if not keys[0].nullable:
        return [Stretch(keys, tuple(columns), first, None)]
    with_value = Stretch((replace(keys[0], nullable=False), *keys[1:]), tuple(columns), first, has=True)
    # Nulls stand where the direction of the next key has them in an index of both.
    unvalued = replace(keys[0], nullable=False, descending=keys[1].descending)
    without = Stretch((unvalued, *keys[1:]), tuple(columns), first, has=False)
    return [without, with_value] if backwards else [with_value, without]
