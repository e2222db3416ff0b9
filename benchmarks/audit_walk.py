"""The walk over the audit chain by `registry verify`, against hashing the same payloads with nothing around it.

Makes a chain of its own in an empty register: `--institutions` is of no matter here.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Iterator

import asyncpg
from common.command import arguments, deliver, folder_of, read_options
from common.measure import paired
from common.register import Register
from common.report import Line, Report

from registry.db.embedded import EmbeddedServer
from registry.db.migrate import migrate
from registry.db.pool import Addresses, Database, fetch_row, open_database
from registry.domain.actors import operator
from registry.services.checkpoint_claims import Claims
from registry.services.transactions import acting
from registry.services.verifying import check_audit_chain, verify

EVENTS = 400_000
WALKED = "walked"


def _payloads() -> Iterator[str]:
    for number in range(1, EVENTS + 1):
        details = {"codes": [f"52310120Y{number:09d}"], "asOf": "2026-06-01T09:00:00.000000Z"}
        rest = f'"recordedAt" : "2026-06-01T09:00:00.000000Z", "actor" : "key:{number % 50}", "action" : "look"'
        yield f'{{"sequence" : {number}, {rest}, "subject" : null, "details" : {json.dumps(details)}}}'


def _chain(payloads: list[str]) -> Iterator[tuple[int, str, bytes, bytes]]:
    previous = bytes(32)
    for number, payload in enumerate(payloads, start=1):
        digest = hashlib.sha256(previous + payload.encode()).digest()
        yield number, payload, previous, digest
        previous = digest


async def _fill(addresses: Addresses, payloads: list[str]) -> None:
    await migrate(addresses.owner)
    connection = await asyncpg.connect(addresses.owner)
    try:
        rows = list(_chain(payloads))
        columns = ["sequence", "payload", "previous_hash", "hash"]
        await connection.copy_records_to_table("audit_event", schema_name="register", columns=columns, records=rows)
        await connection.execute("UPDATE register.audit_head SET sequence = $1, hash = $2", rows[-1][0], rows[-1][3])
        await connection.execute("VACUUM ANALYZE register.audit_event")
    finally:
        await connection.close()


def _hashed(payloads: list[str]) -> float:
    begun = time.perf_counter()
    for _ in _chain(payloads):
        pass
    return time.perf_counter() - begun


async def _walked(database: Database) -> float:
    async with acting(database, operator("verify"), isolation="repeatable_read", readonly=True) as work:
        head = await fetch_row(work.connection, "verify/heads")
        assert head is not None
        begun = time.perf_counter()
        check = await check_audit_chain(work.connection, head, Claims())
        seconds = time.perf_counter() - begun
    if (check.examined, check.violations) != (EVENTS, 0):
        raise AssertionError(f"{check.examined} events examined, {check.violations} violations")
    return seconds


async def _run(register: Register, report: Report) -> None:
    payloads, addresses = list(_payloads()), register.addresses(WALKED)
    await _fill(addresses, payloads)
    walked, hashed = [], []
    async with open_database(addresses, size=2) as database:
        for _ in range(report.repetitions):
            walked.append(await _walked(database))
            hashed.append(_hashed(payloads))
        report.checks.append(f"the chain holds: {(await verify(database)).holds}")
    middle = sorted(walked)[len(walked) // 2]
    medians = f"{1000 * middle:.0f} ms : {1000 * sorted(hashed)[len(hashed) // 2]:.0f} ms"
    report.lines.append(Line(f"walk over {EVENTS:,} events", "hashing them", "time", paired(walked, hashed), medians))
    report.facts["events a second"] = f"{EVENTS / middle:,.0f} (slowest {EVENTS / max(walked):,.0f})"


def main() -> None:
    """Make the chain, measure, print."""
    options = read_options(arguments(__doc__ or "", 5))
    with folder_of(options) as folder, EmbeddedServer.open(folder / "server") as server:
        register = Register(server, folder, 0)
        register.command(f"DROP DATABASE IF EXISTS {WALKED}", f"CREATE DATABASE {WALKED}")
        report = Report("audit_walk", "Verification of the audit chain", 0, options.repetitions)
        asyncio.run(_run(register, report))
        register.command(f"DROP DATABASE {WALKED}")
    deliver(report, options)


if __name__ == "__main__":
    main()
