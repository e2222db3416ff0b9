"""Searches: connections whose page and count are questions of their own, planned for their values each time."""

import re
from dataclasses import dataclass

from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.connections import Connection, Query
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
        keys = [f"key_{n}" for n in range(len(self.ordering.keys))]
        types = ", ".join(f"{key} {own.type_name}" for key, own in zip(keys, self.ordering.keys, strict=True))
        found = f"disclosure.rows_of({written_out(self._page())}) AS {page.alias}(place bigint, id bigint, {types})"
        columns = ", ".join((f"{page.alias}.place", *(f"{page.alias}.{key}" for key in keys), f"{node.alias}.*"))
        relation = f"{node.fill(self.plan.relation)} ON {node.alias}.id = {page.alias}.id"
        return f"(SELECT {columns} FROM {found} JOIN {relation}) AS {self.node.alias}"  # noqa: S608 - built of declared parts

    def _page(self) -> str:
        """Return the question for the page's rows: place, identifier, keys."""
        row, conditions = self.inner()
        columns, limit = self.keys(row), f"{self.limit()} + 1"
        stretches = stretches_of(self.ordering, columns, backwards=self.page.backwards)
        keys = zip(columns, self.ordering.keys, strict=True)
        named = [f"({column})::{key.type_name} AS key_{n}" for n, (column, key) in enumerate(keys)]
        selected = ", ".join((f"{row.alias}.id", *named))
        rows = [
            f"{self.select(selected, row, [*conditions, *self._bounds(stretch)])} "
            f"ORDER BY {stretch.order(backwards=self.page.backwards)} LIMIT {limit}"
            for stretch in stretches
        ]
        return _numbered(rows[0]) if len(rows) == 1 else _one_after_the_other(rows[0], rows[1], limit)

    def _bounds(self, stretch: Stretch) -> list[str]:
        parameters = self.compiler.statement.parameters
        bounds = ((self.page.after, False), (self.page.before, True))
        beyond = [stretch.beyond(key, parameters, backwards=back) for key, back in bounds if key is not None]
        return [stretch.where, *beyond]

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
