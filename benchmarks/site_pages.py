"""Pages of the disclosure site, whole, against looking up one institution by its primary key on the same pool.

The clock of the server alone: the application is called in this process, without a network, settled as a server is.
Each page is asked for by variants drawn at random, then again with its validator, which must give 304.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from statistics import quantiles

import asyncpg
import httpx
from common.command import main
from common.measure import Ratio
from common.register import COMPLETE, Register
from common.report import Line, Report
from starlette.applications import Starlette

from registry.api import ApiContext, PublicClient
from registry.app.settling import settled
from registry.db.pool import Database, open_database
from registry.site import Register as Asked
from registry.site import page_routes, static_routes

VARIANTS = 60
BAR_MS = 20.0
FLOOR = "SELECT i.name FROM disclosure.institution AS i WHERE i.id = $1"
PAGE = {"accept": "text/html"}
ASKED = """SELECT i.id, i.code, i.name, i.region_code, o.code AS organisation
  FROM register.institution AS i JOIN register.organisation AS o ON o.id = i.organisation_id
  JOIN register.rating AS r ON r.institution_id = i.id AND r.stars IS NOT NULL
 ORDER BY hashint8(i.id) LIMIT $1"""

PAGES: dict[str, Callable[[asyncpg.Record, random.Random], str]] = {
    "front page": lambda _row, _dice: "/",
    "search by two characters": lambda row, dice: f"/institutions?q={_pair(row['name'], dice)}",
    "search by region and stars": lambda row, dice: (
        f"/institutions?region={row['region_code'][:4]}00&stars={dice.randint(1, 5)}"
    ),
    "search by credit list": lambda row, _dice: f"/institutions?listed=BLACK&region={row['region_code'][:2]}0000",
    "institution": lambda row, _dice: f"/institutions/{row['code']}",
    "explanation": lambda row, _dice: f"/institutions/{row['code']}/explanation",
    "organisation": lambda row, _dice: f"/organisations/{row['organisation']}",
    "black list of a province": lambda row, _dice: f"/lists/black?region={row['region_code'][:2]}0000",
    "weights": lambda _row, _dice: "/method/weights",
}


def _pair(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(name) - 1)
    return name[at : at + 2]


def _centile(values: Sequence[float], number: int) -> float:
    return quantiles(values, n=100, method="inclusive")[number - 1]


async def _page(client: httpx.AsyncClient, path: str) -> float:
    """Ask for a page and for it again; return the milliseconds of the first time."""
    begun = time.perf_counter()
    answer = await client.get(path)
    taken = 1000 * (time.perf_counter() - begun)
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code}")
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    if again.status_code != 304:
        raise AssertionError(f"{path} is sent again: {again.status_code}")
    return taken


async def _floor(database: Database, number: int) -> float:
    begun = time.perf_counter()
    await database.public.fetchrow(FLOOR, number)
    return 1000 * (time.perf_counter() - begun)


async def _run(register: Register, report: Report) -> None:
    addresses = register.addresses(COMPLETE)
    owner = await asyncpg.connect(addresses.owner)
    rows = await owner.fetch(ASKED, VARIANTS)
    await owner.close()
    dice = random.Random(1)
    async with open_database(addresses, size=4) as database:
        app = Starlette(routes=[*static_routes(), *page_routes(Asked(PublicClient(ApiContext(database))))])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://register", headers=PAGE) as client:
            with settled():
                await _measure(report, client, rows, dice, database)


async def _measure(
    report: Report, client: httpx.AsyncClient, rows: Sequence[asyncpg.Record], dice: random.Random, database: Database
) -> None:
    floor = [await _floor(database, row["id"]) for row in rows for _ in range(report.repetitions)]
    for title, path_of in PAGES.items():
        paths = [path_of(row, dice) for row in rows]
        for path in paths[:5]:
            await _page(client, path)
        taken = [await _page(client, path) for path in paths for _ in range(report.repetitions)]
        _tell(report, title, taken, floor)


def _tell(report: Report, title: str, taken: Sequence[float], floor: Sequence[float]) -> None:
    for number in (50, 95):
        own, below = _centile(taken, number), _centile(floor, number)
        medians = f"{own:.1f} ms : {below:.2f} ms"
        report.lines.append(
            Line(f"{title}, p{number}", "primary key", "time", Ratio(own / below, own / below, own / below), medians)
        )
    report.facts[f"{title}: longest"] = f"{max(taken):.1f} ms"


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("site_pages", "Pages of the disclosure site", register.institutions, repetitions)
    asyncio.run(_run(register, report))
    report.checks.append("every page answered 200, and 304 when it was asked for again")
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=3)
