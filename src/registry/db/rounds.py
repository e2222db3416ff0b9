"""Round trips shared by questions that are asked at the same moment: one statement, an answer each."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from registry.db.pool import Pool, Record

MOST_TOGETHER = 8
"""Few enough that one round trip is under way while the answers of another are written."""
MOST_UNDERWAY = 4
"""Round trips of one statement at the same time: what is asked meanwhile goes together in the next."""

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
        if len(waiting) == 1:
            loop.call_soon(self._depart, text)
        return await answer

    def _depart(self, text: str) -> None:
        waiting = self.waiting.get(text)
        while waiting and self.underway[text] < MOST_UNDERWAY:
            taken, waiting[:MOST_TOGETHER] = waiting[:MOST_TOGETHER], []
            self.underway[text] += 1
            trip = asyncio.create_task(self._travel(text, taken))
            self.trips.add(trip)
            trip.add_done_callback(self.trips.discard)
        if not waiting and not self.underway[text]:
            self.waiting.pop(text, None)
            self.underway.pop(text, None)

    async def _travel(self, text: str, taken: list[Asked]) -> None:
        try:
            await self._answer(text, [asked for asked in taken if not asked[1].cancelled()])
        finally:
            self.underway[text] -= 1
            self._depart(text)

    async def _answer(self, text: str, taken: list[Asked]) -> None:
        statement = together(text)
        if len(taken) > 1 and statement is not None:
            try:
                rows = await self.pool.fetch(statement, *zip(*(values for values, _ in taken), strict=True))
            except Exception:  # noqa: S110 - whose fault it is shows when each is asked by itself
                pass
            else:
                for (_, answer), row in zip(taken, rows, strict=True):
                    if not answer.done():
                        answer.set_result(row)
                return
        for asked in taken:
            await self._answer_one(text, *asked)

    async def _answer_one(self, text: str, values: Sequence[object], answer: "asyncio.Future[Record | None]") -> None:
        try:
            row = await self.pool.fetchrow(text, *values)
        except Exception as error:
            if not answer.done():
                answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(row)
