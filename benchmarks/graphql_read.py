"""GraphQL reads over HTTP, against a bare handler with the same SQL, and against a schema with plain resolvers."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from urllib.request import Request, urlopen

import orjson
from common.command import main
from common.load import Load, put_load, request_bytes
from common.measure import Ratio, paired
from common.processes import Served, backend_cpu, free_port, served, used_since
from common.register import COMPLETE, Register
from common.report import Line, Report
from peers import postgraphile
from peers.asking import Asked, prepare

from registry.db.embedded import status
from registry.db.pool import PUBLIC_ROLE, open_pool

PRODUCT, FLOOR, RESOLVERS, CACHED = "register", "bare handler", "resolvers", "resolvers, documents cached"
POSTGRAPHILE = "PostGraphile 5"
SAMPLES = 10
CONNECTIONS = 16
SEGMENT_SECONDS, WARM_UP_SECONDS = 1.0, 0.3


@dataclass(slots=True)
class Tally:
    """What one server did with one question: requests a second and CPU seconds a request by round, and in all."""

    rates: list[float] = field(default_factory=list)
    cpu_each: list[float] = field(default_factory=list)
    requests: int = 0
    server_cpu: float = 0.0
    database_cpu: float = 0.0
    client_cpu: float = 0.0

    def add(self, load: Load, server_cpu: float, database_cpu: float) -> None:
        """Add a round."""
        self.rates.append(load.per_second)
        self.cpu_each.append((server_cpu + database_cpu) / load.requests)
        self.requests += load.requests
        self.server_cpu += server_cpu
        self.database_cpu += database_cpu
        self.client_cpu = max(self.client_cpu, load.client_cpu)

    def cost(self) -> str:
        """CPU seconds a thousand requests, of the server and of PostgreSQL."""
        scale = 1000 / self.requests
        return f"{self.server_cpu * scale:.2f} + {self.database_cpu * scale:.2f}"


@contextmanager
def all_servers(register: Register, name: str, asked: Sequence[Asked]) -> Iterator[list[Served]]:
    """Serve the database in every way at once; whoever is not asked sleeps."""
    addresses = register.addresses(name)
    statements = register.folder / "statements.json"
    statements.write_bytes(orjson.dumps({one.question.field: one.statement() for one in asked}))
    environment = register.environment(name)
    ports, logs = [free_port() for _ in range(4)], register.folder
    commands = (
        (PRODUCT, ("-m", "registry.cli", "serve", "--port", str(ports[0]))),
        (FLOOR, ("-m", "peers", "floor", addresses.public, str(ports[1]), str(statements))),
        (RESOLVERS, ("-m", "peers", "resolvers", addresses.public, str(ports[2]))),
        (CACHED, ("-m", "peers", "cached", addresses.public, str(ports[3]))),
    )
    with ExitStack() as stack:
        servers = [
            stack.enter_context(served(server, port, *command, environment=environment, log=logs / f"{server}.log"))
            for port, (server, command) in zip(ports, commands, strict=True)
        ]
        node, port = postgraphile.find_node(), free_port()
        if node is not None:
            register.command(postgraphile.VIEWS, database=name)
            command = (str(postgraphile.HERE / "serve.mjs"), addresses.public, str(port))
            given = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
            log = logs / "postgraphile.log"
            servers.append(
                stack.enter_context(served(POSTGRAPHILE, port, *command, environment=given, log=log, program=node))
            )
        yield servers


def bodies_for(server: Served, asked: Asked) -> tuple[str, list[bytes]]:
    """Return the path and the bodies of all variants of a question, as a server takes them."""
    if server.name == POSTGRAPHILE:
        return "/graphql", postgraphile.bodies(server.port, asked.question.field, asked.variables)
    return asked.bodies(bare=server.name == FLOOR)


def check(server: Served, asked: Asked) -> None:
    """Compare a server's answers with the planner's."""
    path, bodies = bodies_for(server, asked)
    for body, answer in list(zip(bodies, asked.answers, strict=True))[:SAMPLES]:
        request = Request(f"http://127.0.0.1:{server.port}{path}", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=30) as response:
            found = orjson.loads(response.read())
        if server.name == POSTGRAPHILE and postgraphile.is_same(asked.question.field, found.get("data"), answer.data):
            continue
        if found.get("data") != answer.data:
            raise AssertionError(f"{server.name} answers {asked.question.name} otherwise: {str(found)[:300]}")


def measure(server: Served, asked: Asked, postmaster: int, seconds: float) -> tuple[Load, float, float]:
    """Put a load on one server; return it with the CPU seconds of server and PostgreSQL."""
    path, bodies = bodies_for(server, asked)
    requests = [request_bytes(path, body) for body in bodies]
    before, backends = server.cpu(), backend_cpu(postmaster)
    load = put_load(server.port, requests, connections=CONNECTIONS, seconds=seconds)
    return load, server.cpu() - before, used_since(postmaster, backends)


def compare(servers: list[Served], asked: Asked, postmaster: int, rounds: int) -> dict[str, Tally]:
    """Measure all servers with one question, in turn, forwards and backwards."""
    tallies = {server.name: Tally() for server in servers}
    for server in servers:
        check(server, asked)
        measure(server, asked, postmaster, WARM_UP_SECONDS)
    for number in range(rounds):
        for server in servers if number % 2 == 0 else reversed(servers):
            tallies[server.name].add(*measure(server, asked, postmaster, SEGMENT_SECONDS))
    return tallies


async def time_alone(register: Register, name: str, asked: Asked) -> str:
    """Return what the planner's statement takes by itself: all variants in turn on one connection, answers included."""
    seconds: list[float] = []
    address = register.addresses(name).public
    async with await open_pool(address, PUBLIC_ROLE, size=1) as pool, pool.acquire() as connection:
        for answer in [*asked.answers[:SAMPLES], *asked.answers, *asked.answers]:
            begun = perf_counter()
            await connection.fetchrow(answer.text, *answer.values)
            seconds.append(perf_counter() - begun)
    milliseconds = sorted(1000 * each for each in seconds[SAMPLES:])
    return f"median {median(milliseconds):.2f} ms, p95 {milliseconds[int(0.95 * len(milliseconds))]:.2f} ms"


def _tell(report: Report, asked: Asked, tallies: dict[str, Tally]) -> None:
    question, own = asked.question, tallies[PRODUCT]
    for name, other in tallies.items():
        if name != PRODUCT:
            rates = " : ".join(f"{Ratio.of(tally.rates).middle:,.0f}/s" for tally in (own, other))
            costs = " : ".join(f"{1000 * Ratio.of(tally.cpu_each).middle:.2f} ms" for tally in (own, other))
            report.lines.append(Line(question.title, name, "speed", paired(own.rates, other.rates), rates))
            report.lines.append(Line(question.title, name, "CPU", paired(own.cpu_each, other.cpu_each), costs))
    costs = ", ".join(f"{name} {tally.cost()}" for name, tally in tallies.items())
    report.facts[f"{question.title}: CPU seconds a thousand requests, server + PostgreSQL"] = costs
    busiest = max(tally.client_cpu for tally in tallies.values())
    report.facts[f"{question.title}: processor share of the load generator at most"] = (
        f"{100 * busiest:.0f} % of a core"
    )


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("graphql_read", "GraphQL reads over HTTP", register.institutions, repetitions)
    postmaster = status(register.folder / "server").server_pid
    assert postmaster is not None
    with register.copy_of(COMPLETE) as name:
        asked = asyncio.run(prepare(register, name))
        register.command("UPDATE register.request_limit SET most = NULL", "VACUUM ANALYZE", database=name)
        for one in asked:
            alone = asyncio.run(time_alone(register, name, one))
            report.facts[f"{one.question.title}: SQL alone, one connection"] = alone
        with all_servers(register, name, asked) as servers:
            for one in asked:
                _tell(report, one, compare(servers, one, postmaster, repetitions))
    report.checks.append(f"all servers answer {SAMPLES} variants of every question with the same data")
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=4)
