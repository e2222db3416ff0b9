"""Following the changes: pages of the feed, each read by one statement, told one change at a time without a gap."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import GraphQLObjectType
from graphql.execution.collect_fields import FieldDetails

from registry.api.context import OperationContext
from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.connections import Connection
from registry.api.planner.declare import Element
from registry.api.planner.keyset import Ordering
from registry.api.planner.roots import acting_for
from registry.api.planner.rows import Statement
from registry.api.planner.sql import Moment
from registry.db.pool import Record
from registry.db.reading import read_position, rows_on, rows_publicly
from registry.domain.access import STAFF_ROLES
from registry.domain.errors import RegisterError
from registry.domain.lawdays import law_day

PAGE = 100
PATIENCE_SECONDS = 30.0
"""How long a follower waits for a wake-up before it looks by itself."""
_END_OF_SET = 2**31 - 1

Place = tuple[int, int]
"""Position of a change set, and ordinal within it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change as JSON text, or what ended the telling."""

    text: str = ""
    error: RegisterError | None = None


@dataclass(slots=True)
class Following:
    """One follower: its statement, and the place up to which it was told."""

    operation: OperationContext
    text: str
    values: list[object]
    as_staff: bool
    place: Place

    async def tell(self) -> AsyncIterator[Told]:
        """Yield the changes after the place, those there are and those to come; ends with an error."""
        wakeups = self.operation.api.wakeups
        async with wakeups.hearing():
            try:
                while True:
                    occasion = wakeups.occasions
                    rows = await self._page()
                    for row in rows:
                        self.place = (row["position"], row["ordinal"])
                        if row["answer"] is not None:
                            yield Told(row["answer"])
                    if len(rows) < PAGE:
                        await wakeups.after(occasion, PATIENCE_SECONDS)
                        await ask_who(self.operation)
            except RegisterError as error:
                yield Told(error=error)

    async def _page(self) -> list[Record]:
        values = [*self.place, *self.values[2:]]
        if not self.as_staff:
            return await rows_publicly(self.operation.api.rounds, self.text, values)
        async with acting_for(self.operation) as connection:
            return await rows_on(connection, self.text, values)


async def ask_who(operation: OperationContext) -> None:
    """Raise Unauthenticated where the credential of who is being told opens nothing any more."""
    if operation.authorization is not None:
        await operation.api.authenticate(operation.authorization)


def subscribed(operation: OperationContext, nodes: list[Any]) -> tuple[Compiler, Selected]:
    """Return what compiles the field of a subscription, and what is selected of it."""
    executor = operation.executor
    moment = Moment(law_day(operation.instant))
    compiler = Compiler(executor, Statement(moment, for_staff=operation.actor.role in STAFF_ROLES))
    root = cast("GraphQLObjectType", executor.schema.subscription_type)
    name = nodes[0].name.value
    return compiler, Selected(root, name, root.fields[name], [FieldDetails(node, None) for node in nodes])


async def follow(
    operation: OperationContext, feed: Connection, ordering: Ordering, given: Mapping[str, Any], nodes: list[Any]
) -> Following:
    """Return a follower of a feed from the cursor `after`, or from now. Rule: `page.cursor`."""
    compiler, selected = subscribed(operation, nodes)
    statement = compiler.statement
    place = _place(ordering.read(given["after"], "after")) if given.get("after") is not None else None
    text = _statement(compiler, selected, feed, given)
    start = place or (await read_position(operation.api.database), _END_OF_SET)
    return Following(operation, text, statement.parameters.values, statement.for_staff, start)


def _place(keys: list[object]) -> Place:
    position, ordinal = keys
    return cast("int", position), cast("int", ordinal)


def _statement(compiler: Compiler, selected: Selected, feed: Connection, given: Mapping[str, Any]) -> str:
    parameters, row = compiler.statement.parameters, compiler.new_row()
    after = f"{parameters.add(0, 'bigint')}, {parameters.add(0, 'bigint')}"
    wanted_kinds = given.get("kinds")
    kinds = parameters.add(None if wanted_kinds is None else [str(kind) for kind in wanted_kinds], "text[]")
    value = Element().compile(compiler, row, selected)
    codes = given.get("codes")
    wanted = "true" if codes is None else row.fill("{row}.code = ANY ({codes})", codes=parameters.add(codes, "text[]"))
    source = row.from_clause(row.fill(feed.relation, after=after, limit=str(PAGE), kinds=kinds))
    place = f"{row.alias}.position, {row.alias}.ordinal"
    return f"SELECT CASE WHEN {wanted} THEN {value} END AS answer, {place} {source} ORDER BY {place}"
