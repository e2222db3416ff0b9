"""Watching one row of what goes on: told whenever what is asked of it differs, until it has ended."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from registry.api.context import OperationContext
from registry.api.planner.declare import Element
from registry.api.planner.feeds import Told, ask_who, subscribed
from registry.api.planner.roots import acting_for
from registry.db.pool import Record
from registry.db.reading import rows_on
from registry.domain.errors import NotFound, RegisterError

PATIENCE_SECONDS = 2.0
"""How long a watcher waits for a wake-up before it looks by itself; what is killed wakes nobody."""
UNDER_WAY = "UNDER_WAY"


@dataclass(frozen=True, slots=True)
class Watching:
    """One watcher of a row for staff that has a `state`, which is UNDER_WAY until it ends."""

    operation: OperationContext
    text: str
    values: list[object]
    unknown: NotFound

    async def tell(self) -> AsyncIterator[Told]:
        """Yield what the row says, and again whenever it says something else; ends with it, or with an error."""
        wakeups, said = self.operation.api.wakeups, None
        async with wakeups.hearing():
            try:
                while True:
                    occasion = wakeups.occasions
                    row = await self._row()
                    if row["answer"] != said:
                        said = row["answer"]
                        yield Told(said)
                    if row["state"] != UNDER_WAY:
                        return
                    await wakeups.after(occasion, PATIENCE_SECONDS)
                    await ask_who(self.operation)
            except RegisterError as error:
                yield Told(error=error)

    async def _row(self) -> Record:
        row = await self._read()
        # What ended between the statement's snapshot and its look at locks is neither published nor under way there.
        return row if row["state"] == UNDER_WAY else await self._read()

    async def _read(self) -> Record:
        async with acting_for(self.operation) as connection:
            rows = await rows_on(connection, self.text, self.values)
        if not rows:
            raise self.unknown
        return rows[0]


def watch(
    operation: OperationContext, relation: str, number: int | None, nodes: list[Any], unknown: NotFound
) -> Watching:
    """Return a watcher of the row of `relation` with this `id`; whoever names none is told that it is `unknown`."""
    compiler, selected = subscribed(operation, nodes)
    row = compiler.new_row()
    value = Element().compile(compiler, row, selected)
    wanted = compiler.statement.parameters.add(number, "bigint")
    source = row.from_clause(row.fill(relation))
    text = f"SELECT {value} AS answer, {row.alias}.state AS state {source} WHERE {row.alias}.id = {wanted}"
    return Watching(operation, text, compiler.statement.parameters.values, unknown)
