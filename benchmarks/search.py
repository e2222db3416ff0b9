"""Searches for institutions, statement by statement, against looking up one institution by its primary key.

Makes a register of its own: institutions with ratings and ranks, and nobody employed. Terms are two characters that
stand side by side in the names: half of them as often as they stand there, half each as often as any other.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import asyncpg
from common.command import arguments, deliver, folder_of, read_options
from common.measure import Ratio
from common.register import Register
from common.report import Line, Report
from common.searched import SEARCHED, searched_register
from peers.searches import PLAIN, SHAPES, Shape, Term, drawn_terms
from peers.statements import Answered, answer_listening

from registry.db.pool import Database, open_database

VARIANTS = 100
CHECKED = 4
"""Of so many variants of each shape the page is compared with one found without an index."""
FLOOR = "SELECT i.name FROM disclosure.institution AS i WHERE i.id = $1"
BAR_MS = 2.0


@dataclass(slots=True)
class Taken:
    """What one statement took a time: milliseconds on the clock, and of the processor by PostgreSQL alone."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, wall: float, cpu: float) -> None:
        """Add a time."""
        self.wall.append(wall)
        self.cpu.append(cpu)


def centiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return p50, p95 and the largest."""
    cut = quantiles(values, n=20, method="inclusive")
    return cut[9], cut[18], max(values)


class Searcher:
    """One connection as everybody's, whose backend's use of the processor is read."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.connection = connection
        self.schedule = Path(f"/proc/{connection.get_server_pid()}/schedstat")

    def _cpu(self) -> float:
        return int(self.schedule.read_text().split()[0]) / 1e6

    async def timed(self, text: str, values: Sequence[Any]) -> tuple[float, float]:
        """Return the milliseconds of one statement, on the clock and of the processor."""
        cpu, begun = self._cpu(), time.perf_counter()
        await self.connection.fetchrow(text, *values)
        wall = 1000 * (time.perf_counter() - begun)
        return wall, self._cpu() - cpu


async def _check(owner: "asyncpg.Connection[asyncpg.Record]", shape: Shape, term: Term, answer: Answered) -> None:
    found = [node["code"] for node in answer.data["institutions"]["nodes"]]
    plain = [row["code"] for row in await owner.fetch(PLAIN.replace("{order}", shape.order.plain), *shape.given(term))]
    if found != plain:
        raise AssertionError(f"{shape.title}, {term}: {found} where a plain query finds {plain}")


async def _questions(database: Database, terms: Sequence[Term], owner: Any) -> dict[Shape, list[Answered]]:
    questions = {}
    for shape in SHAPES:
        variables = [await shape.variables(database, term) for term in terms]
        answers = [await answer_listening(database, shape.document, given) for given in variables]
        if len({answer.text for answer in answers}) > 1 + shape.resumed:  # beyond the rated is another statement
            raise AssertionError(f"{shape.title} became several statements")
        for term, answer in list(zip(terms, answers, strict=True))[:CHECKED] if shape.pages else ():
            await _check(owner, shape, term, answer)
        questions[shape] = answers
    return questions


async def _measure(
    searcher: Searcher, questions: dict[Shape, list[Answered]], ids: Sequence[int], repetitions: int
) -> Iterator[tuple[Shape, Taken, Taken]]:
    found = []
    for shape, answers in questions.items():
        taken, floor = Taken(), Taken()
        for answer in answers[:10]:
            await searcher.timed(answer.text, answer.values)
        for _ in range(repetitions):
            for answer, number in zip(answers, ids, strict=True):
                floor.add(*await searcher.timed(FLOOR, [number]))
                taken.add(*await searcher.timed(answer.text, answer.values))
        found.append((shape, taken, floor))
    return iter(found)


async def _run(register: Register, report: Report) -> None:
    addresses = register.addresses(SEARCHED)
    owner = await asyncpg.connect(addresses.owner)
    try:
        rows = await owner.fetch("SELECT id, code, name, region_code FROM register.institution ORDER BY id")
        draw = random.Random(1)
        async with open_database(addresses, size=1) as database:
            terms = drawn_terms(rows, draw, VARIANTS)
            questions = await _questions(database, terms, owner)
            ids = [draw.choice(rows)["id"] for _ in terms]
            async with database.public.acquire() as connection:
                for found in await _measure(Searcher(connection), questions, ids, report.repetitions):
                    _tell(report, *found)
    finally:
        await owner.close()


def _tell(report: Report, shape: Shape, taken: Taken, floor: Taken) -> None:
    clock, processor = (centiles(values) for values in (taken.wall, taken.cpu))
    for name, place in (("p50", 0), ("p95", 1)):
        for unit, own, below in (("time", clock, floor.wall), ("CPU", processor, floor.cpu)):
            ratio = own[place] / centiles(below)[place]
            medians = f"{own[place]:.2f} ms : {centiles(below)[place]:.2f} ms"
            report.lines.append(
                Line(f"{shape.title}, {name}", "primary key", unit, Ratio(ratio, ratio, ratio), medians)
            )
    report.facts[f"{shape.title}: longest"] = f"{clock[2]:.1f} ms, {processor[2]:.1f} ms of the processor"


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("search", "Searches for institutions", register.institutions, repetitions)
    asyncio.run(_run(register, report))
    report.checks.append(
        f"pages of {CHECKED} terms in every ordering, first and further down, are those that a plain query finds"
    )
    return report


def main() -> None:
    """Make the register, measure, print."""
    options = read_options(arguments(__doc__ or "", 3))
    with folder_of(options) as folder, searched_register(folder / "searched", options.institutions) as register:
        report = run(register, options.repetitions)
    deliver(report, options)


if __name__ == "__main__":
    main()
