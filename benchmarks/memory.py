"""Resident memory of a server over a million requests, of which many bring documents that were never seen before."""

import asyncio
import random
from collections.abc import Iterator
from itertools import count

import asyncpg
import orjson
from common.command import main, tell
from common.load import put_load, request_bytes
from common.measure import Ratio, resident_of
from common.processes import free_port, served
from common.register import COMPLETE, Register
from common.report import Line, Report
from peers.documents import LOOK_UP, PAGE

REQUESTS, WARM = 1_000_000, 100_000
EVERY = 100_000
SEGMENT_SECONDS, CONNECTIONS, SEED = 5.0, 16, 1
LOOK_UPS, UNSEEN, REFUSED, PAGES = 8_000, 1_000, 500, 5
MOST_GROWN = 1.10
MIB = 2**20


async def _codes(address: str) -> list[str]:
    connection = await asyncpg.connect(address)
    try:
        return [row["code"] for row in await connection.fetch("SELECT code FROM register.institution ORDER BY code")]
    finally:
        await connection.close()


def bodies(draw: random.Random, codes: list[str], numbers: Iterator[int]) -> list[bytes]:
    """Draw a mixture: look-ups of any institution, documents nobody asked before, what is refused, and pages."""
    made = [{"query": LOOK_UP.document, "variables": {"code": draw.choice(codes)}} for _ in range(LOOK_UPS)]
    made += [
        {"query": f'{{ a{next(numbers)}: institution(code: "{draw.choice(codes)}") {{ name beds }} }}'}
        for _ in range(UNSEEN)
    ]
    made += [{"query": f"{{ nothing{next(numbers)} }}"} for _ in range(REFUSED)]
    made += [{"query": PAGE.document, "variables": {"after": None}} for _ in range(PAGES)]
    draw.shuffle(made)
    return [orjson.dumps(body) for body in made]


def readings(port: int, pid: int, codes: list[str]) -> list[tuple[int, int]]:
    """Put the load on a server; return requests so far and its resident bytes, at every hundred thousand."""
    draw, numbers, done, read = random.Random(SEED), count(), 0, list[tuple[int, int]]()
    while done < REQUESTS:
        requests = [request_bytes("/graphql", body) for body in bodies(draw, codes, numbers)]
        done += put_load(port, requests, connections=CONNECTIONS, seconds=SEGMENT_SECONDS).requests
        if done >= (len(read) + 1) * EVERY:
            read.append((done, resident_of(pid)))
            tell(f"{done:,} requests: {read[-1][1] / MIB:.0f} MiB")
    return read


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("memory", "Memory of a server over 1,000,000 requests", register.institutions, repetitions)
    with register.copy_of(COMPLETE) as name:
        register.command("UPDATE register.request_limit SET most = NULL", "VACUUM ANALYZE", database=name)
        codes = asyncio.run(_codes(register.server.dsn("registry_admin", name)))
        port, log = free_port(), register.folder / "memory.log"
        command = ("-m", "registry.cli", "serve", "--port", str(port))
        with served("register", port, *command, environment=register.environment(name), log=log) as server:
            read = readings(port, server.pid, codes)
    warm = next(resident for done, resident in read if done >= WARM)
    (done, last), highest = read[-1], max(resident for _, resident in read)
    against = f"itself after the first {WARM:,}"
    medians = f"{last / MIB:.0f} MiB : {warm / MIB:.0f} MiB"
    report.lines.append(Line(f"resident after {done:,} requests", against, "memory", Ratio.of([last / warm]), medians))
    report.facts["resident MiB at every 100,000 requests"] = ", ".join(f"{size / MIB:.0f}" for _, size in read)
    assert highest <= warm * MOST_GROWN, report.facts
    report.checks.append(f"never more than {MOST_GROWN:.2f} × what it held after the first {WARM:,}")
    kinds = (LOOK_UPS, UNSEEN, REFUSED, PAGES)
    shares = [f"{100 * kind / sum(kinds):.2f} %" for kind in kinds]
    report.checks.append("look-ups {}, documents never seen before {}, refused {}, pages of 50 {}".format(*shares))
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=1)
