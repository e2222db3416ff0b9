"""Searches: connections whose page and count are questions of their own, planned for their values each time."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.connections import Connection, Query
from registry.api.planner.constants import written_out
from registry.api.planner.keyset import Slices, beyond, order_by
from registry.api.planner.pages import OF_PAGE, Page, read_page
from registry.api.planner.rows import Row
from registry.api.planner.stretches import Stretch, stretches_of

COUNTED_EXACTLY = 10_000
"""Lists up to this length are counted, longer ones estimated."""


@dataclass(frozen=True, slots=True)
class Search(Connection):
    """A root connection whose rows have a unique `id`; its page is found by keys alone, then its rows are read.

    Counts are exact up to COUNTED_EXACTLY, along the order `counted` where there are many. For lists whose rows lie
    bundled along their order even unfiltered, up to `collected` hits are sorted, not looked for along it, unless they
    are a third of the rows of the table `bundled`: then not many others can lie in the way.
    """

    collected: int = 0
    bundled: str = ""

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery that gives the connection object."""
        question = _Question(self, compiler, row, selected, compiler.arguments(selected, free=OF_PAGE))
        question.most_collected, question.bundled = self.collected, self.bundled
        return question.text()


class _Question(Query):
    counter = ""
    most_collected = 0
    bundled = ""

    def read_page(self) -> Page:
        if self.given.get("filter"):
            # Where to look is worked out of the cursor's values, so the statement is for these alone.
            return read_page(self.compiler.arguments(self.selected), self.ordering)
        return super().read_page()

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
        if self.most_collected:
            return self._page_among()
        past = self.compiler.statement.moment.position is not None
        first, filters = self.ordering.keys[0], len(self.demands)
        near = None if past or first.sliced is None else self._near(first.sliced)
        if past or not filters or (first.sliced and filters == 1 and near is None):
            return f"disclosure.rows_of({written_out(self._planned_at_once())})"
        weighed = not first.sliced or filters > 1
        hits, walked = (self._weighed(), self._walked()) if weighed else (None, None)
        texts = ("NULL" if way is None else written_out(way) for way in (hits, walked, near, self._collected()))
        return f"disclosure.page_of({', '.join(texts)}, {self.limit()} + 1, {'true' if first.sliced else 'false'})"

    def _weighed(self) -> str:
        """Return the question of all hits, of which no more than their number is estimated."""
        row = self.compiler.new_row(self.parent)
        row.need(*self.plan.joins)
        return self.select("1", row, self.conditions(row, weighed=True))

    def _page_among(self) -> str:
        row, conditions = self.inner()
        hits = written_out(self.select("1", row, conditions))
        at_once, collected = written_out(self._planned_at_once()), written_out(self._collected())
        most = self.compiler.statement.parameters.once("collected", self.most_collected, "bigint")
        among = self.compiler.statement.parameters.once("bundled", self.bundled, "text")
        return f"disclosure.page_among({hits}, {at_once}, {collected}, {most}, {among})"

    def _planned_at_once(self) -> str:
        """Return the question that leaves it to the server whether to walk along the order or to sort the hits."""
        row, relation = self._along()
        conditions = self.conditions(row)
        columns, limit = self.keys(row), f"{self.limit()} + 1"
        rows = [
            f"{self.select(self._named(row, columns), row, [*conditions, *self._bounds(stretch)], relation=relation)} "
            f"ORDER BY {stretch.order(backwards=self.page.backwards)} LIMIT {limit}"
            for stretch in stretches_of(self.ordering, columns, backwards=self.page.backwards)
        ]
        return _numbered(rows[0]) if len(rows) == 1 else _one_after_the_other(rows[0], rows[1], limit)

    def _along(self, row: Row | None = None) -> tuple[Row, str]:
        """Return a row of the relation whose index has the order, and that relation."""
        row, walked = row or self.compiler.new_row(self.parent), self.ordering.keys[0].walked
        if walked is None or self.compiler.statement.moment.position is not None:
            row.need(*self.plan.joins)
            return row, self.plan.relation
        row.joins[walked.stands_for.name] = row.alias
        return row, walked.relation

    def _near(self, slices: Slices) -> str | None:
        """Return the question that looks in two slices of the order, if an index tells what lies in them."""
        demanded = [
            (demand.condition.sliced, demand.value) for demand in self.demands if demand.condition.sliced is not None
        ]
        if not demanded:
            return None
        row, back = self.compiler.new_row(self.parent), self.page.backwards
        parameters = self.compiler.statement.parameters
        begun = self.page.before if back else self.page.after
        numbers = slices.begun_at(None if begun is None else begun[0], backwards=back)
        conditions, columns, limit = self.conditions(row, one_by_one=True), self.keys(row), f"{self.limit()} + 1"
        for sliced, value in demanded:
            places = [parameters.add(sliced.place(value, number), sliced.type_name) for number in numbers]
            conditions.append(f"({' OR '.join(row.fill(sliced.template, value=place) for place in places)})")
        edge = parameters.add((numbers[1] if back else numbers[1] + 1) * slices.width, "bigint")
        conditions += [f"{columns[0]} {'>=' if back else '<'} {edge}", *self._far_bounds(columns)]
        order = order_by(self.ordering.keys, columns, backwards=back)
        rows = f"{self.select(self._named(row, columns), row, conditions)} ORDER BY {order} LIMIT {limit}"
        return _full_or_nothing(_numbered(rows), limit)

    def _walked(self) -> str:
        """Return the question that goes $1 steps along the order, and finds the whole page there or nothing.

        Where $1 is NULL it goes to the end, and gives what it finds.
        """
        step, relation = self._along()
        columns, limit = self.keys(step), f"{self.limit()} + 1"
        stretches = stretches_of(self.ordering, columns, backwards=self.page.backwards)
        # Between two cursors in the wrong order lies nothing; then any stretch does.
        reached = [stretch for stretch in stretches if self._reached(stretch)] or stretches[:1]
        found = [self._found_along(step, relation, stretch, place) for place, stretch in enumerate(reached)]
        page = _numbered(found[0]) if len(found) == 1 else _one_after_the_other(found[0], found[1], limit)
        return _full_or_nothing(page, limit, "$1 IS NULL")

    def _found_along(self, step: Row, relation: str, stretch: Stretch, place: int) -> str:
        """Return the hits on the way along a stretch; along the second of them only where the way has no end."""
        # Their stored types, not the keys', for the server to know that the steps are in order already.
        ways = ", ".join(f"{column} AS way_{n}" for n, column in enumerate(self.keys(step)))
        steps = self.select(f"{step.alias}.*, {ways}", step, self._bounds(stretch), relation=relation)
        steps += f" ORDER BY {stretch.order(backwards=self.page.backwards)} LIMIT {'$1' if place == 0 else '0 * $1'}"
        row, _ = self._along(self.compiler.new_row(self.parent))
        conditions = self.conditions(row, one_by_one=True)
        along = [f"{row.alias}.way_{n}" for n in range(len(self.ordering.keys))]
        found = self.select(self._named(row, along), row, conditions, relation=f"({steps}) AS {{row}}")
        order = order_by(stretch.keys, along, backwards=self.page.backwards)
        return f"{found} ORDER BY {order} LIMIT {self.limit()} + 1"

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

    def exists_from(self, bound: Sequence[object], *, backwards: bool) -> str:
        """Whether a row of the list stands at the cursor or on its far side: most often that of the cursor itself."""
        row, parameters = self.compiler.new_row(self.parent), self.compiler.statement.parameters
        row.need(*self.plan.joins)
        conditions, columns = self.conditions(row, one_by_one=True), self.keys(row)
        there = beyond(self.ordering.keys, columns, bound, parameters, backwards=backwards, inclusive=True)
        itself = f"{columns[-1]} = {parameters.add(bound[-1], self.ordering.keys[-1].type_name)}"
        first = f"SELECT EXISTS ({self.select('1', row, [*conditions, itself, there])})"
        return f"disclosure.either({written_out(first)}, {written_out(self._any_from(bound, backwards=backwards))})"

    def _any_from(self, bound: Sequence[object], *, backwards: bool) -> str:
        row, conditions = self.inner()
        parameters, columns = self.compiler.statement.parameters, self.keys(row)
        parts = []
        for stretch in stretches_of(self.ordering, columns):
            there = stretch.beyond(bound, parameters, backwards=backwards, inclusive=True)
            parts.append(f"EXISTS ({self.select('1', row, [*conditions, stretch.where, there])})")
        return f"SELECT {' OR '.join(parts)}"

    def count(self, *, estimated: bool) -> str:
        self.counter = self.counter or self.compiler.statement.alias()
        return f"{self.counter}.{'estimated' if estimated else 'total'}"

    def beside_count(self, value: str) -> str:
        if not self.counter:
            return value
        most = self.compiler.statement.parameters.once("counted exactly", COUNTED_EXACTLY, "bigint")
        questions = f"{written_out(self.select('1', *self.inner()))}, {written_out(self._counted_along())}"
        return f"(SELECT {value} FROM disclosure.counted({questions}, {most}) AS {self.counter})"  # noqa: S608 - built of declared parts

    def _counted_along(self) -> str:
        """Return the question that counts along an order in which hits lie evenly; if all are hits, in any."""
        row = self.compiler.new_row(self.parent)
        hits = self.select("1", row, self.conditions(row, one_by_one=True))
        return f"{hits} ORDER BY {row.fill(self.plan.counted)}" if self.demands else hits


def _numbered(rows: str, before: str = "0", rest: str = "") -> str:
    return f"SELECT row_number() OVER () + {before} AS place, q.* FROM ({rows}) AS q{rest}"  # noqa: S608 - built of declared parts


def _full_or_nothing(rows: str, limit: str, unless: str = "false") -> str:
    full = f"(SELECT count(*) FROM page) = {limit} OR {unless}"  # noqa: S608 - built of declared parts
    return f"WITH page AS MATERIALIZED ({rows}) SELECT * FROM page WHERE {full}"  # noqa: S608 - built of declared parts


def _one_after_the_other(first: str, second: str, limit: str) -> str:
    """Return the rows of both; the second is read only as far as the first leaves room."""
    found = "(SELECT count(*) FROM first)"
    rest = _numbered(second, found, f" LIMIT {limit} - {found}")
    return f"WITH first AS ({_numbered(first)}), second AS ({rest}) SELECT * FROM first UNION ALL SELECT * FROM second"  # noqa: S608 - built of declared parts
