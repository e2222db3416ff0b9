"""Round trips shared by questions that are asked at the same moment: one statement, an answer each."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import asyncpg

from registry.db.pool import Connection, Pool, Record

MOST_TOGETHER = 8
"""Few enough that one round trip is under way while the answers of another are written."""
MOST_UNDERWAY = 4
"""Round trips of one statement at the same time. Beside one that is under way only a full one departs: what is asked
meanwhile goes together in the next, on the same connection."""
PATIENCE_SECONDS = 0.005
"""How long a trip may take before others depart beside it that are not full: nobody waits behind a slow answer."""

_LOST = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError)
"""The connection is gone: no statement's fault."""
_MARK = re.compile(r"\$(\d+)::([a-z]+)(\[\])?")

Asked = tuple[Sequence[object], "asyncio.Future[Record | None]"]


@lru_cache(maxsize=1_000)
def together(text: str) -> str | None:
    """Return the statement that answers `text` for each row of arrays of its parameters, in order.

    None where a parameter is a list or has no type: such a statement is asked by itself.
    """
    types: dict[int, str] = {}
    for number, type_name, is_list in _MARK.findall(text):
        if is_list:
            return None
        types[int(number)] = type_name
    if not types or sorted(types) != list(range(1, len(types) + 1)) or text.count("$") != len(_MARK.findall(text)):
        return None
    each = _MARK.sub(lambda found: f"(asked.p{found[1]})::{found[2]}", text)
    # Behind a SELECT the server does not count an array's items, or it would plan anew for every short one.
    arrays = ", ".join(f"(SELECT ${number}::{types[number]}[])" for number in sorted(types))
    names = ", ".join(f"p{number}" for number in sorted(types))
    return (
        f"SELECT answer.* FROM unnest({arrays}) WITH ORDINALITY AS asked({names}, place) "  # noqa: S608 - of a built statement
        f"CROSS JOIN LATERAL ({each}) AS answer ORDER BY asked.place"
    )


@dataclass(slots=True)
class Rounds:
    """The round trips on one pool; statements wait until the turn of the event loop ends in which they were asked."""

    pool: Pool
    waiting: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    underway: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    taken: dict[str, float] = field(default_factory=dict)
    """When the newest trip or round of a statement departed."""
    trips: set["asyncio.Task[None]"] = field(default_factory=set)
    pages: dict[tuple[str, str], "asyncio.Task[list[Record]]"] = field(default_factory=dict)

    async def rows(self, text: str, values: Sequence[object]) -> list[Record]:
        """Return the rows of a statement; whoever asks the very same meanwhile gets the same ones."""
        key = (text, repr(values))
        if key not in self.pages:
            self.pages[key] = asyncio.create_task(self.pool.fetch(text, *values))
            self.pages[key].add_done_callback(lambda _: self.pages.pop(key, None))
        return await asyncio.shield(self.pages[key])

    @property
    def public(self) -> "Rounds":
        """What takes the place of a database's public pool."""
        return self

    async def fetchrow(self, text: str, *values: object) -> Record | None:
        """Return the one row that a statement gives for these values, as a pool would."""
        return await self.ask(text, values)

    async def ask(self, text: str, values: Sequence[object]) -> Record | None:
        """Return the one row that a statement gives for these values; fails by itself, whatever goes with it."""
        if together(text) is None:
            return await self.pool.fetchrow(text, *values)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Record | None] = loop.create_future()
        waiting = self.waiting[text]
        waiting.append((values, answer))
        if len(waiting) in (1, MOST_TOGETHER):
            loop.call_soon(self._depart, text)
            loop.call_later(PATIENCE_SECONDS, self._depart, text)
        return await answer

    def _depart(self, text: str) -> None:
        waiting, underway = self.waiting.get(text), self.underway[text]
        if waiting and (underway == 0 or (underway < MOST_UNDERWAY and self._goes_beside(text, len(waiting)))):
            self.underway[text] += 1
            trip = asyncio.create_task(self._travel(text, self._take(text)))
            self.trips.add(trip)
            trip.add_done_callback(self.trips.discard)
        elif not waiting and not underway:
            self.waiting.pop(text, None)
            self.underway.pop(text, None)
            self.taken.pop(text, None)

    def _goes_beside(self, text: str, waiting: int) -> bool:
        """Whether so many depart beside a trip that is underway: they are enough, or it lasts (clocks are coarse)."""
        lasted = asyncio.get_running_loop().time() - self.taken[text]
        return waiting >= MOST_TOGETHER or lasted > PATIENCE_SECONDS / 2

    def _take(self, text: str) -> list[Asked]:
        """Return who goes together now."""
        self.taken[text] = asyncio.get_running_loop().time()
        waiting = self.waiting[text]
        taken, waiting[:MOST_TOGETHER] = waiting[:MOST_TOGETHER], []
        return [asked for asked in taken if not asked[1].done()]

    async def _travel(self, text: str, taken: list[Asked]) -> None:
        try:
            left = await self._ride(text, taken)
        finally:
            self.underway[text] -= 1
            self._depart(text)
        await asyncio.gather(*(self._answer_one(text, *asked) for asked in left))

    async def _ride(self, text: str, taken: list[Asked]) -> list[Asked]:
        """Answer these and, on the same connection, who came meanwhile; return those together with whom one failed."""
        try:
            async with self.pool.acquire() as connection:
                while taken:
                    for (_, answer), row in zip(taken, await _fetch(connection, text, taken), strict=True):
                        if not answer.done():
                            answer.set_result(row)
                    taken = self._take(text)
        except Exception as error:
            if len(taken) > 1 or isinstance(error, _LOST):
                return taken  # whose fault it is shows when each is asked by itself
            for _, answer in taken:
                if not answer.done():
                    answer.set_exception(error)
        return []

    async def _answer_one(self, text: str, values: Sequence[object], answer: "asyncio.Future[Record | None]") -> None:
        try:
            row = await self.pool.fetchrow(text, *values)
        except Exception as error:
            if not answer.done():
                answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(row)


async def _fetch(connection: Connection, text: str, taken: list[Asked]) -> Sequence[Record | None]:
    """Return the row of a statement for each of those who go together, in order."""
    statement = together(text)
    if statement is None or len(taken) == 1:
        return [await connection.fetchrow(text, *values) for values, _ in taken]
    rows: list[Record] = await connection.fetch(statement, *zip(*(values for values, _ in taken), strict=True))
    return rows
