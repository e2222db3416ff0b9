"""Pages of entries on credit lists, and ratings under entries, against looking up one institution by its primary key.

Makes a register of its own with 100,000 entries, of which nine in ten have ended: once mixed, as they come with the
years, and once with those in force the oldest of all, where an order by day of decision meets them last.
"""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import asyncpg
from common.command import arguments, deliver, folder_of, read_options
from common.measure import Ratio
from common.register import Register
from common.report import Line, Report
from common.searched import SEARCHED, searched_register
from peers.statements import answer_listening
from search import FLOOR, Searcher, Taken, centiles

from registry.db.pool import Database, open_database

ENTRIES = 100_000
ROUNDS = 40
TODAY = "register.law_today()"
WAYS = {
    "mixed": f"{TODAY} - (n * 37 % 2400)",
    "the oldest in force": f"{TODAY} - CASE WHEN n % 10 = 0 THEN 2420 ELSE n * 37 % 2400 END",
}
OPEN = "SELECT set_config('registry.change_id', nextval('register.change_id_seq')::text, true)"
FILL = f"""
INSERT INTO register.credit_entry (origin, list_code, ground_code, organisation_id, institution_id, region_code,
  decided_on, last_day, reference, document_number, authority, legal_basis, ordinal)
SELECT 'IMPORTED', CASE WHEN n % 3 = 0 THEN 'CN-BLACK' ELSE 'CN-WATCH' END,
  CASE WHEN n % 3 = 0 THEN 'FRAUD' ELSE 'CORRECTION_OVERDUE' END,
  CASE WHEN n % 2 = 0 THEN i.organisation_id END, CASE WHEN n % 2 = 1 THEN i.id END, i.region_code,
  {{decided}}, CASE WHEN n % 10 > 0 THEN {TODAY} - 1 WHEN n % 20 = 0 THEN {TODAY} + n % 900 END,
  'r', 'no. ' || n, 'authority', 'basis', n
  FROM generate_series(1, {{entries}}) AS n
  JOIN (SELECT h.*, row_number() OVER (ORDER BY h.id) AS place, count(*) OVER () AS total
          FROM register.institution AS h) AS i
    ON i.place = 1 + n * 7919 % i.total
"""
PUBLISH = (
    "SELECT register.publish_change_set(max(change_id), 'IMPORT', 'b', 'b', NULL, NULL, $1) FROM register.credit_entry"
)
PLAIN = f"""SELECT document_number FROM register.credit_entry WHERE coalesce(last_day, {TODAY}) >= {TODAY}
 ORDER BY decided_on DESC, id DESC LIMIT 50"""
NODES = """nodes { id kind documentNumber decidedOn inForceTo ground { nameZh }
  subject { __typename ... on Institution { code name } ... on Organisation { code name } } }"""
QUESTIONS = {
    "first page": f"{{ creditEntries(first: 50) {{ {NODES} }} }}",
    "first page and count": f"{{ creditEntries(first: 50) {{ totalCount {NODES} }} }}",
    "black lists": f"{{ creditEntries(first: 50, filter: {{kinds: [BLACK]}}) {{ {NODES} }} }}",
    "1,000 ratings": """query($codes: [String!]!) { ratings(codes: $codes) { __typename
      ... on Rated { code rating { stars score } } ... on NotRated { code reason { code } } } }""",
}


async def fill_entries(owner: "asyncpg.Connection[asyncpg.Record]", decided: str) -> None:
    """Replace the entries of a register by ENTRIES of one of WAYS."""
    async with owner.transaction():
        await owner.execute(OPEN)
        await owner.execute("DELETE FROM register.credit_entry")
        await owner.execute(FILL.format(decided=decided, entries=ENTRIES))
        await owner.fetchval(PUBLISH, 2 * ENTRIES)
    await owner.execute("VACUUM ANALYZE register.credit_entry")


async def _ask(
    database: Database, owner: "asyncpg.Connection[asyncpg.Record]", title: str, variables: Mapping[str, Any]
) -> tuple[str, list[Any]]:
    answer = await answer_listening(database, QUESTIONS[title], variables if "$codes" in QUESTIONS[title] else {})
    if title.startswith("first page"):
        found = [node["documentNumber"] for node in answer.data["creditEntries"]["nodes"]]
        if found != [row["document_number"] for row in await owner.fetch(PLAIN)]:
            message = f"{title}: not the entries that a plain query finds"
            raise AssertionError(message)
    return answer.text, answer.values


async def _measure(searcher: Searcher, text: str, values: list[Any], repetitions: int) -> tuple[Taken, Taken]:
    taken, floor = Taken(), Taken()
    for _ in range(5):
        await searcher.timed(text, values)
    for _ in range(ROUNDS * repetitions):
        floor.add(*await searcher.timed(FLOOR, [1]))
        taken.add(*await searcher.timed(text, values))
    return taken, floor


def _tell(report: Report, title: str, taken: Taken, floor: Taken) -> None:
    for unit, own, below in (("time", taken.wall, floor.wall), ("CPU", taken.cpu, floor.cpu)):
        mine, least = centiles(own)[0], centiles(below)[0]
        ratio = mine / least
        report.lines.append(
            Line(title, "primary key", unit, Ratio(ratio, ratio, ratio), f"{mine:.2f} ms : {least:.2f} ms")
        )


async def _run(register: Register, report: Report) -> None:
    addresses = register.addresses(SEARCHED)
    owner = await asyncpg.connect(addresses.owner)
    try:
        rows = await owner.fetch("SELECT code FROM register.institution ORDER BY id")
        codes = {"codes": [row["code"] for row in random.Random(1).sample(rows, min(1000, len(rows)))]}
        async with open_database(addresses, size=1) as database:
            for way, decided in ({"no entries": ""} | WAYS).items():
                if decided:
                    await fill_entries(owner, decided)
                for title in QUESTIONS if decided else ["1,000 ratings"]:
                    text, values = await _ask(database, owner, title, codes)
                    async with database.public.acquire() as connection:
                        measured = await _measure(Searcher(connection), text, values, report.repetitions)
                    _tell(report, f"{title}, {way}", *measured)
    finally:
        await owner.close()


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("credit_entries", "Entries on credit lists", register.institutions, repetitions)
    asyncio.run(_run(register, report))
    report.facts["entries"] = f"{ENTRIES:,}, nine in ten ended"
    report.checks.append("first pages are those that a plain query finds")
    return report


def main() -> None:
    """Make the register, measure, print."""
    options = read_options(arguments(__doc__ or "", 3))
    with folder_of(options) as folder, searched_register(folder / "searched", options.institutions) as register:
        report = run(register, options.repetitions)
    deliver(report, options)


if __name__ == "__main__":
    main()
