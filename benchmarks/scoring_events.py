"""From an event to the rating that follows from it: revoked certificates, a change set each, under a steady stream."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import asyncpg
from common.command import main
from common.register import ACTOR, COMPLETE, Register
from common.report import Report

from registry.db.pool import Addresses, Connection, Database, open_database
from registry.services.flags.raising import raise_flags
from registry.services.rating_runs import recompute
from registry.services.transactions import ChangeKind, publishing

EVENTS_PER_SECOND = 50
SECONDS = 20
CERTIFICATES = """
SELECT c.id FROM register.certificate AS c
  JOIN register.employment AS e ON e.person_id = c.person_id AND e.worked @> current_date
 WHERE c.kind = 'SKILL_LEVEL' AND c.expires_on IS NULL
   AND NOT EXISTS (SELECT FROM register.certificate_status AS s WHERE s.certificate_id = c.id)
 GROUP BY c.id ORDER BY md5(c.id::text) LIMIT $1
"""
REVOKE = """
INSERT INTO register.certificate_status (certificate_id, effective_from, status, change_id, ordinal)
VALUES ($1, DATE '2026-01-01', 'REVOKED', $2, $3)
"""
STAGES = """
SELECT string_agg(format('%s %s ms', key, round(middle)), ', ' ORDER BY key)
  FROM (
  SELECT d.key, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.value::float8) AS middle
    FROM register.rating_run AS r, jsonb_each_text(r.durations_ms) AS d
   WHERE r.kind = 'INCREMENTAL' GROUP BY d.key) AS m
"""
DELAYS = """
SELECT extract(epoch FROM followed.recorded_at - event.recorded_at)::float8 AS seconds
  FROM register.change_set AS event
 CROSS JOIN LATERAL (
   SELECT s.recorded_at FROM register.rating_run AS r JOIN register.change_set AS s ON s.id = r.change_id
    WHERE r.kind = 'INCREMENTAL' AND r.read_position >= event.position ORDER BY r.read_position LIMIT 1) AS followed
 WHERE event.cause = 'benchmark' ORDER BY 1
"""
WORKER = """
import asyncio, sys
from registry.db.pool import Addresses, open_database
from registry.scheduler.jobs import raise_what_followed, rate_what_changed
from registry.scheduler.worker import Register, Worker

async def main():
    addresses = Addresses(*sys.argv[1:4])
    async with open_database(addresses) as database:
        found = Register(database, addresses.staff)
        worker = Worker(lambda: found, [], follow=rate_what_changed, behind=raise_what_followed)
        await worker.run(asyncio.Event())

asyncio.run(main())
"""


@contextmanager
def worker_of(addresses: Addresses) -> Iterator[None]:
    """A worker in a process of its own, as an installation has it."""
    command = [sys.executable, "-c", WORKER, addresses.staff, addresses.public, addresses.owner]
    child = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        child.kill()
        child.wait()


async def _revoke(database: Database, certificate: int, cause: str) -> None:
    async with publishing(database, ACTOR, ChangeKind.CORRECTION, cause, action="benchmark") as change:
        base = await change.reserve_from(1)
        await change.connection.execute(REVOKE, certificate, change.change_id, base + 1)


async def _followed(connection: Connection, position: int) -> None:
    while await connection.fetchval("SELECT position FROM register.rating_follow") < position:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _stream(database: Database, certificates: list[int]) -> None:
    """Begin an event at each tick, whether the one before has ended or not."""
    begun, under_way = time.perf_counter(), set()
    for number, certificate in enumerate(certificates):
        await asyncio.sleep(begun + number / EVENTS_PER_SECOND - time.perf_counter())
        under_way.add(asyncio.create_task(_revoke(database, certificate, "benchmark")))
    await asyncio.gather(*under_way)


@dataclass(frozen=True, slots=True)
class Found:
    """Delays in seconds rising, how many runs followed with their stages, and seconds that the stream took.

    `left` is how many ratings an incremental run afterwards changes.
    """

    delays: list[float]
    runs: int
    stages: str
    took: float
    left: int


async def _measure(addresses: Addresses) -> Found:
    async with open_database(addresses) as database:
        await recompute(database, ACTOR)
        await raise_flags(database, ACTOR)
        chosen = await _chosen(addresses)
        async with database.staff.acquire() as connection:
            with worker_of(addresses):
                await _revoke(database, chosen[-1], "the first, for which all is loaded")
                await _followed(connection, await connection.fetchval("SELECT position FROM register.register_head"))
                await asyncio.sleep(2)
                begun = time.perf_counter()
                await _stream(database, chosen[: EVENTS_PER_SECOND * SECONDS])
                took = time.perf_counter() - begun
                newest = "SELECT max(position) FROM register.change_set WHERE cause = 'benchmark'"
                await _followed(connection, await connection.fetchval(newest))
            delays = [row["seconds"] for row in await connection.fetch(DELAYS)]
            runs = await connection.fetchval("SELECT count(*) FROM register.rating_run WHERE kind = 'INCREMENTAL'")
            stages = await connection.fetchval(STAGES)
        left = (await recompute(database, ACTOR, incremental=True)).changed
        return Found(delays, runs, stages, took, left)


async def _chosen(addresses: Addresses) -> list[int]:
    """Certificates to revoke, drawn by the owner: what a caller may see would be asked of each of millions."""
    owner = await asyncpg.connect(addresses.owner)
    try:
        return [row["id"] for row in await owner.fetch(CERTIFICATES, EVENTS_PER_SECOND * (SECONDS + 1))]
    finally:
        await owner.close()


def _at(delays: list[float], share: float) -> str:
    return f"{delays[min(int(len(delays) * share), len(delays) - 1)] * 1000:.0f} ms"


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("scoring_events", "From an event to its rating", register.institutions, repetitions)
    with register.copy_of(COMPLETE) as name:
        found = asyncio.run(_measure(register.addresses(name)))
    if found.left:
        raise AssertionError(f"{found.left} ratings were not what an incremental run makes them")
    marks = (("p50", 0.5), ("p99", 0.99), ("worst", 1))
    shown = ", ".join(f"{label} {_at(found.delays, share)}" for label, share in marks)
    report.facts[f"{len(found.delays):,} events, {EVENTS_PER_SECOND * SECONDS / found.took:.1f} a second"] = shown
    report.facts["runs that followed them"] = f"{found.runs}; medians of their stages: {found.stages}"
    report.checks.append("an incremental run over all afterwards changes no rating")
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=1)
