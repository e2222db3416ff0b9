"""Checks of a thousand bidders, from the bytes of the request to those of the answer, against the bare SQL behind them.

Both run in this process, turn by turn: the endpoint as it is, and its own statement with its own values through the
driver. Of the public now and as of a past instant; and of a buyer at bid closing, whose look is recorded.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import orjson
from common.command import main
from common.measure import paired
from common.register import ACTOR, COMPLETE, Register
from common.report import Line, Report
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.api.planner import roots
from registry.db.pool import Database, open_database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor
from registry.services.transactions import acting

CODES = 1_000
WARM_UP = 3
BUYER = Actor("key:0", Role.PROCUREMENT, "buyer")
CHECK = """query Check($codes: [String!]!, $closing: DateTime, $criteria: ProcurementCriteria) {
  procurementCheck(codes: $codes, asOf: $closing, criteria: $criteria) {
    lawDay position recordedAt showsAllEntries
    answers {
      code verdict certifiedRatio
      reasons { code verdict wanted found groundCode }
      institution { code name }
      assessedGrade { grade validTo }
      rating { stars score policy { code version } }
    }
  }
}"""
CRITERIA = {
    "minStars": 3,
    "minAssessedGrade": 2,
    "minValidityDays": 30,
    "minCertifiedRatio": "0.5",
    "regions": ["220000", "320000", "370000", "440000"],
    "noWatchEntry": True,
}


@dataclass(slots=True)
class Case:
    """A question: who asks it, about which moment; the seconds that it took with everything, and by SQL alone."""

    title: str
    actor: Actor
    closing: str | None
    whole: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Noted:
    """The last statement that the planner sent, and its values."""

    text: str = ""
    values: list[Any] = field(default_factory=list)

    def beside(self, answer: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Return what answers as before and is noted."""

        async def noting(where: Any, text: str, values: list[Any]) -> Any:
            self.text, self.values = text, values
            return await answer(where, text, values)

        return noting


async def _seconds(work: Awaitable[Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = await work
    return time.perf_counter() - begun, found


async def _asked(client: httpx.AsyncClient, body: bytes, case: Case) -> tuple[float, bytes]:
    headers = {"content-type": "application/json", "authorization": case.actor.identity}
    seconds, answer = await _seconds(client.post("/graphql", content=body, headers=headers))
    return seconds, answer.content


async def _bare(database: Database, noted: Noted, case: Case) -> float:
    if case.actor is ANONYMOUS:
        async with database.public.acquire() as connection:
            return (await _seconds(connection.fetchrow(noted.text, *noted.values)))[0]
    async with acting(database, case.actor, readonly=True) as work:
        return (await _seconds(work.connection.fetchrow(noted.text, *noted.values)))[0]


async def _measure(
    database: Database, client: httpx.AsyncClient, noted: Noted, case: Case, drawn: Sequence[Any]
) -> None:
    for number, codes in enumerate(drawn):
        variables = {"codes": codes, "closing": case.closing, "criteria": CRITERIA}
        body = orjson.dumps({"query": CHECK, "variables": variables})
        _, answer = await _asked(client, body, case)  # whoever comes first brings the pages from the disk
        _require(answer, codes)
        if number % 2:
            bare = await _bare(database, noted, case)
        whole, _ = await _asked(client, body, case)
        if not number % 2:
            bare = await _bare(database, noted, case)
        if number >= WARM_UP:
            case.whole.append(whole)
            case.bare.append(bare)


def _require(answer: bytes, codes: Sequence[str]) -> None:
    found = orjson.loads(answer)
    if "errors" in found or [one["code"] for one in found["data"]["procurementCheck"]["answers"]] != list(codes):
        raise AssertionError(f"not the answer to the question: {answer[:300]!r}")


async def _run(register: Register, name: str, report: Report) -> None:
    addresses = register.addresses(name)
    noted = Noted()
    roots.answer_publicly, roots.answer_on = noted.beside(roots.answer_publicly), noted.beside(roots.answer_on)
    async with open_database(addresses, size=2) as database:
        async with acting(database, ACTOR, readonly=True) as work:
            rows = await work.connection.fetch("SELECT code FROM register.institution ORDER BY id")
            newest = await work.connection.fetchval("SELECT recorded_at FROM register.register_head")
        closing = (newest - timedelta(microseconds=1)).isoformat()
        cases = [
            Case("now", ANONYMOUS, None),
            Case("as of an instant", ANONYMOUS, closing),
            Case("at bid closing, the look recorded", BUYER, closing),
        ]
        draw = random.Random(1)
        codes = [row["code"] for row in rows]
        many = min(CODES, len(codes))
        drawn = [draw.sample(codes, many) for _ in range(report.repetitions + WARM_UP)]
        await _measure_all(database, noted, cases, drawn)
    for case in cases:
        middle = [sorted(series)[len(series) // 2] * 1000 for series in (case.whole, case.bare)]
        medians = f"{middle[0]:.1f} ms : {middle[1]:.1f} ms"
        ratio = paired(case.whole, case.bare)
        report.lines.append(Line(f"{many:,} codes {case.title}", "bare SQL", "time", ratio, medians))


async def _measure_all(database: Database, noted: Noted, cases: Sequence[Case], drawn: Sequence[Any]) -> None:
    actors = {case.actor.identity: case.actor for case in cases}

    async def authenticate(header: str | None) -> Actor:
        return actors[header or ANONYMOUS.identity]

    app = Starlette(routes=graphql_routes(ApiContext(database, authenticate=authenticate, public_budget=10**9)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as client:
        for case in cases:
            await _measure(database, client, noted, case, drawn)


def run(register: Register, repetitions: int) -> Report:
    """Measure on a copy, since looks are recorded."""
    report = Report("procurement", "Checks of a thousand bidders", register.institutions, repetitions)
    with register.copy_of(COMPLETE) as name:
        asyncio.run(_run(register, name, report))
    report.checks.append("every answer has the codes that were asked, in their order")
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=15)
