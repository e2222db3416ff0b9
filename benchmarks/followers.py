"""What 1,000 followers who wait cost a server, in memory and connections, and how soon all are told of a change."""

import asyncio
import csv
import json
import time
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
from common.command import main
from common.load import put_load, request_bytes
from common.measure import Ratio, resident_of
from common.processes import Served, free_port, served
from common.register import COMPLETE, Register, import_one
from common.report import Line, Report
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from registry.db.pool import open_database

FOLLOWERS = 1_000
MOST_MIB, MOST_CONNECTIONS = 100, 1
SETTLED_SECONDS = 5.0
MIB = 2**20
PROTOCOLS = [Subprotocol("graphql-transport-ws")]
QUESTION = "{ institutions(first: 20) { totalCount nodes { code a%d: name } } }"
FOLLOW = {"query": "subscription { changes { position kind code current } }"}


async def _follow(stack: AsyncExitStack, port: int) -> ClientConnection:
    """Begin to follow the changes; they are told from now on."""
    address = f"ws://127.0.0.1:{port}/graphql"
    socket = await stack.enter_async_context(connect(address, subprotocols=PROTOCOLS, compression=None))
    await socket.send(json.dumps({"type": "connection_init"}))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": FOLLOW}))
    return socket


async def _connections(admin: asyncpg.Connection, name: str) -> tuple[int, int]:
    """Connections to the register's database, and those that listen."""
    row = await admin.fetchrow(
        "SELECT count(*) AS held, count(*) FILTER (WHERE query LIKE 'LISTEN%') AS listening FROM pg_stat_activity"
        " WHERE datname = $1 AND backend_type = 'client backend'",
        name,
    )
    assert row is not None
    return row["held"], row["listening"]


def _amended(register: Register) -> Path:
    """Write one institution that is not as it is in the register."""
    with register.file("institutions").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        row = next(rows)
        heads = list(rows.fieldnames or ())
    path = register.folder / "one.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, heads)
        writer.writeheader()
        writer.writerow({**row, "beds": str(int(row["beds"]) + 1)})
    return path


async def _told(register: Register, name: str, sockets: list[ClientConnection]) -> float:
    """Publish a change; return the seconds from its publication until the last follower is told."""

    async def heard(socket: ClientConnection) -> None:
        assert json.loads(await socket.recv())["payload"]["data"]["changes"]["kind"] == "INSTITUTION"

    hearing = [asyncio.create_task(heard(socket)) for socket in sockets]
    async with open_database(register.addresses(name), size=1) as database:
        await import_one(database, _amended(register), "institutions")
    begun = time.perf_counter()
    async with asyncio.timeout(60):
        await asyncio.gather(*hearing)
    return time.perf_counter() - begun


async def _warm_up(port: int) -> None:
    """Let the server open what it opens for anybody: its pool, and all that one follower needs."""
    questions = [request_bytes("/graphql", json.dumps({"query": QUESTION % place}).encode()) for place in range(500)]
    await asyncio.to_thread(put_load, port, questions, connections=16, seconds=3.0)
    async with AsyncExitStack() as stack:
        await _follow(stack, port)
        await asyncio.sleep(SETTLED_SECONDS)
    await asyncio.sleep(SETTLED_SECONDS)


async def _measure(register: Register, name: str, server: Served, report: Report) -> None:
    admin = await asyncpg.connect(register.server.dsn("registry_admin", "postgres"))
    await _warm_up(server.port)
    before, (held_before, _) = resident_of(server.pid), await _connections(admin, name)
    async with AsyncExitStack() as stack:
        sockets = [await _follow(stack, server.port) for _ in range(FOLLOWERS)]
        await asyncio.sleep(SETTLED_SECONDS)
        grown, (held, listening) = resident_of(server.pid) - before, await _connections(admin, name)
        seconds = await _told(register, name, sockets)
    await admin.close()
    against = "the same server without them"
    medians = f"{(before + grown) / MIB:.0f} MiB : {before / MIB:.0f} MiB"
    ratio = Ratio.of([(before + grown) / before])
    report.lines.append(Line(f"resident with {FOLLOWERS:,} who wait", against, "memory", ratio, medians))
    report.facts[f"memory of {FOLLOWERS:,} who wait"] = (
        f"{grown / MIB:.1f} MiB, {grown / FOLLOWERS / 1024:.0f} KiB each"
    )
    report.facts["connections to the database without and with them"] = f"{held_before}, {held}; {listening} listens"
    report.facts["from a publication until the last of them is told"] = f"{seconds * 1000:.0f} ms"
    assert grown < MOST_MIB * MIB, report.facts
    assert listening <= MOST_CONNECTIONS, report.facts
    assert held - held_before <= MOST_CONNECTIONS, report.facts
    report.checks.append(f"less than {MOST_MIB} MiB and one connection more; each was told of the change, once it was")


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("followers", f"{FOLLOWERS:,} followers who wait", register.institutions, repetitions)
    with register.copy_of(COMPLETE) as name:
        port, log = free_port(), register.folder / "followers.log"
        command = ("-m", "registry.cli", "serve", "--port", str(port))
        with served("register", port, *command, environment=register.environment(name), log=log) as server:
            asyncio.run(_measure(register, name, server, report))
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=1)
