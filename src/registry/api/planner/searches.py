"""Searches: connections whose page and count are questions of their own, planned for their values each time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.connections import Connection, Query
from registry.api.planner.keyset import beyond, order_by
from registry.api.planner.rows import Row
from registry.api.planner.sql import literal
from registry.api.planner.stretches import Stretch, stretches_of

COUNTED_EXACTLY = 10_000
"""Lists up to this length are counted, longer ones estimated."""

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


@dataclass(frozen=True, slots=True)
class Search(Connection):
    """A root connection whose rows have a unique `id`; its page is found by keys alone, then its rows are read.

    Counts are exact up to COUNTED_EXACTLY.
    """

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery that gives the connection object."""
        return _Question(self, compiler, row, selected, compiler.arguments(selected)).text()


class _Question(Query):
    counter = ""

    def numbered_rows(self) -> str:
        page, node = self.compiler.new_row(self.node), self.compiler.new_row(self.node)
        keys = self._key_names()
        types = ", ".join(f"{key} {own.type_name}" for key, own in zip(keys, self.ordering.keys, strict=True))
        found = f"{self._page()} AS {page.alias}(place bigint, id bigint, {types})"
        columns = ", ".join((f"{page.alias}.place", *(f"{page.alias}.{key}" for key in keys), f"{node.alias}.*"))
        relation = f"{node.fill(self.plan.relation)} ON {node.alias}.id = {page.alias}.id"
        return f"(SELECT {columns} FROM {found} JOIN {relation}) AS {self.node.alias}"  # noqa: S608 - built of declared parts

    def _page(self) -> str:
        """Return the call that gives the page's rows: place, identifier, keys."""
        first = self.ordering.keys[0]
        if first.even or not first.indexed or not self.demands:
            return f"disclosure.rows_of({written_out(self._planned_at_once())})"
        row, conditions = self.inner()
        hits = written_out(self.select("1", row, conditions))
        walked, collected = written_out(self._walked()), written_out(self._collected())
        return f"disclosure.page_of({hits}, {walked}, {collected}, {self.limit()} + 1)"

    def _planned_at_once(self) -> str:
        """Return the question that leaves it to the server whether to walk along the order or to sort the hits."""
        row, conditions = self.inner()
        columns, limit = self.keys(row), f"{self.limit()} + 1"
        rows = [
            f"{self.select(self._named(row, columns), row, [*conditions, *self._bounds(stretch)])} "
            f"ORDER BY {stretch.order(backwards=self.page.backwards)} LIMIT {limit}"
            for stretch in stretches_of(self.ordering, columns, backwards=self.page.backwards)
        ]
        return _numbered(rows[0]) if len(rows) == 1 else _one_after_the_other(rows[0], rows[1], limit)

    def _walked(self) -> str:
        """Return the question that goes so far along the order and no farther: the whole page or nothing."""
        step, (row, conditions) = self.compiler.new_row(self.parent), self.inner()
        step.need(*self.plan.joins)
        columns, limit, walk = self.keys(step), f"{self.limit()} + 1", self.compiler.statement.alias()
        stretches = stretches_of(self.ordering, columns, backwards=self.page.backwards)
        stretch = next(filter(self._reached, stretches), stretches[0])
        # Their stored types, not the keys', for the server to know that the steps are in order already.
        ways = ", ".join(f"{column} AS way_{n}" for n, column in enumerate(stretch.columns))
        steps = self.select(f"{self._named(step, columns)}, {ways}", step, self._bounds(stretch))
        steps += f" ORDER BY {stretch.order(backwards=self.page.backwards)} LIMIT 2 * disclosure.few({limit})"
        relation = f"({steps}) AS {walk} JOIN {self.plan.relation} ON {walk}.id = {{row}}.id"
        named = ", ".join(f"{walk}.{name}" for name in ("id", *self._key_names()))
        along = [f"{walk}.way_{n}" for n in range(len(stretch.columns))]
        order = order_by(stretch.keys, along, backwards=self.page.backwards)
        page = _numbered(f"{self.select(named, row, conditions, relation=relation)} ORDER BY {order} LIMIT {limit}")
        return f"WITH page AS MATERIALIZED ({page}) SELECT * FROM page WHERE (SELECT count(*) FROM page) = {limit}"  # noqa: S608 - built of declared parts

    def _reached(self, stretch: Stretch) -> bool:
        bounds = ((self.page.after, False), (self.page.before, True))
        return all(key is None or stretch.reaches(key, backwards=back) for key, back in bounds)

    def _collected(self) -> str:
        """Return the question that finds every hit by the best of other indexes, and sorts them."""
        row, conditions = self.inner()
        columns, names = self.keys(row), self._key_names()
        # OFFSET keeps the order out of the choice of an index.
        hits = f"{self.select(self._named(row, columns), row, [*conditions, *self._far_bounds(columns)])} OFFSET 0"
        order = order_by(self.ordering.keys, names, backwards=self.page.backwards)
        return _numbered(f"SELECT * FROM ({hits}) AS h ORDER BY {order} LIMIT {self.limit()} + 1")  # noqa: S608 - built of declared parts

    def _key_names(self) -> list[str]:
        return [f"key_{n}" for n in range(len(self.ordering.keys))]

    def _named(self, row: Row, columns: Sequence[str]) -> str:
        keys = zip(columns, self.ordering.keys, self._key_names(), strict=True)
        return ", ".join((f"{row.alias}.id", *(f"({column})::{key.type_name} AS {name}" for column, key, name in keys)))

    def _far_bounds(self, columns: Sequence[str]) -> list[str]:
        """Return the bounds of the page over the whole list."""
        keys, parameters = self.ordering.keys, self.compiler.statement.parameters
        bounds = ((self.page.after, False), (self.page.before, True))
        return [beyond(keys, columns, key, parameters, backwards=back) for key, back in bounds if key is not None]

    def _bounds(self, stretch: Stretch) -> list[str]:
        parameters = self.compiler.statement.parameters
        bounds = ((self.page.after, False), (self.page.before, True))
        there = [stretch.beyond(key, parameters, backwards=back) for key, back in bounds if key is not None]
        return [stretch.where, *there]

    def exists_from(self, bound: list[object], *, backwards: bool) -> str:
        row, conditions = self.inner()
        parameters, columns = self.compiler.statement.parameters, self.keys(row)
        parts = []
        for stretch in stretches_of(self.ordering, columns):
            there = stretch.beyond(bound, parameters, backwards=backwards, inclusive=True)
            parts.append(f"EXISTS ({self.select('1', row, [*conditions, stretch.where, there])})")
        found = written_out(f"SELECT {' OR '.join(parts)}")
        answer = self.compiler.statement.alias()
        return f"(SELECT {answer}.yes FROM disclosure.rows_of({found}) AS {answer}(yes boolean))"  # noqa: S608 - built of declared parts

    def count(self, *, estimated: bool) -> str:
        self.counter = self.counter or self.compiler.statement.alias()
        return f"{self.counter}.{'estimated' if estimated else 'total'}"

    def beside_count(self, value: str) -> str:
        if not self.counter:
            return value
        row, conditions = self.inner()
        most = self.compiler.statement.parameters.once("counted exactly", COUNTED_EXACTLY, "bigint")
        question = written_out(self.select("1", row, conditions))
        return f"(SELECT {value} FROM disclosure.counted({question}, {most}) AS {self.counter})"  # noqa: S608 - built of declared parts


def _numbered(rows: str, before: str = "0", rest: str = "") -> str:
    return f"SELECT row_number() OVER () + {before} AS place, q.* FROM ({rows}) AS q{rest}"  # noqa: S608 - built of declared parts


def _one_after_the_other(first: str, second: str, limit: str) -> str:
    """Return the rows of both; the second is read only as far as the first leaves room."""
    found = "(SELECT count(*) FROM first)"
    rest = _numbered(second, found, f" LIMIT {limit} - {found}")
    return f"WITH first AS ({_numbered(first)}), second AS ({rest}) SELECT * FROM first UNION ALL SELECT * FROM second"  # noqa: S608 - built of declared parts
