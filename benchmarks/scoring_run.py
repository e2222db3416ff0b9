"""A whole scoring run, against psql sending the run's inputs to nowhere, and against the naive way."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import uvloop
from common.command import main
from common.measure import Arm, Ratio, interleave, paired, seconds_of
from common.processes import peak_bytes
from common.psql import SEARCH_PATH, psql_seconds
from common.reading import Vocabulary, copy_binary, queries, read_vocabulary
from common.register import ACTOR, AS_OF, COMPLETE, Register
from common.report import Line, Report
from naive.run import TABLE, national_policy, score_naively, write_naively

from registry.db.pool import Addresses, Database, open_database
from registry.services.rating_runs import RunSummary, recompute
from registry.services.replaying import Replay, replay
from scoring import Policy

ONE_PERCENT = 100
NAIVE_UP_TO = 40_000
"""Institutions; of more the naive way takes minutes, and says nothing new."""
# A stored digest that is off makes its rating differ from what the next run computes. The triggers that keep versions
# rightly refuse this, so they rest for it.
SPOIL = "UPDATE register.rating SET content_digest = content_digest # 1 WHERE institution_id % $1 = 0"
OUTPUT = (
    "SELECT p.policy_id, encode(p.output_digest, 'hex') AS digest FROM register.rating_run_policy AS p "
    "JOIN register.rating_policy AS r ON r.id = p.policy_id WHERE r.code = 'cn-national' ORDER BY p.run_id DESC LIMIT 1"
)

# Numba loads SciPy's linear algebra where it finds it; an installation has none, only the tests do.
START = "import sys; sys.modules['scipy'] = None; from scoring import warm_up; warm_up()"


@dataclass(slots=True)
class Runs:
    """One register whose runs are timed, on connections that stay open as a service's do."""

    loop: asyncio.Runner
    database: Database
    admin: "asyncpg.Connection[asyncpg.Record]"
    words: Vocabulary
    policy: Policy
    policy_id: int = 0
    stages: dict[str, list[int]] = field(default_factory=dict)
    changed: dict[int, int] = field(default_factory=dict)

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run to the end."""
        return self.loop.run(work)

    def score(self) -> RunSummary:
        """Run and publish."""
        summary: RunSummary = self.wait(recompute(self.database, ACTOR, as_of=AS_OF))
        return summary

    def unchanged(self) -> float:
        """Time a run that changes nothing."""
        found: list[RunSummary] = []
        seconds = seconds_of(lambda: found.append(self.score()))
        assert found[0].changed == 0
        for stage, milliseconds in found[0].durations_ms.items():
            self.stages.setdefault(stage, []).append(milliseconds)
        return seconds

    def spoiled(self, every: int) -> float:
        """Time a run that finds every so manieth rating changed; what spoiling left behind is written out before."""
        spoiled = self.wait(self._spoil(every))
        found: list[RunSummary] = []
        seconds = seconds_of(lambda: found.append(self.score()))
        assert found[0].changed == spoiled > 0
        self.changed[every] = spoiled
        return seconds

    def replayed(self) -> float:
        """Time making the newest run again from recorded history; it must come out as it was published."""
        newest = self.wait(self.admin.fetchval("SELECT max(id) FROM register.rating_run"))
        found: list[Replay] = []
        seconds = seconds_of(lambda: found.append(self.wait(replay(self.database, ACTOR, newest))))
        assert found[0].holds
        return seconds

    def naive(self) -> float:
        """Time the naive way; its output must be that of the newest run."""
        digests: list[str] = []
        seconds = seconds_of(lambda: digests.append(self.wait(self._naive())))
        newest = self.wait(self.admin.fetchrow(OUTPUT))
        if digests != [newest["digest"]]:
            raise AssertionError("the naive way rates otherwise")
        self.policy_id = newest["policy_id"]
        return seconds

    async def _spoil(self, every: int) -> int:
        async with self.admin.transaction():
            await self.admin.execute("SET LOCAL session_replication_role = replica")
            found = len(await self.admin.fetch(f"{SPOIL} RETURNING 1", every))
        for statement in ("VACUUM register.rating", "CHECKPOINT"):
            await self.admin.execute(statement)
        return found

    async def _naive(self) -> str:
        outcome, ids = await score_naively(self.admin, self.policy, self.words)
        async with self.admin.transaction():
            await write_naively(self.admin, outcome, ids, self.policy, self.policy_id)
        return outcome.output_digest


def measure(runs: Runs, address: str, repetitions: int, *, naively: bool) -> dict[str, list[float]]:
    """Return the seconds of every arm by name; the naive way, if it goes at all, goes once."""
    copies = [copy_binary(text) for text in queries(runs.words).values()]
    runs.score()
    naive = [runs.naive()] if naively else []
    arms = [
        Arm("nothing", runs.unchanged),
        Arm("psql", lambda: psql_seconds(address, *copies)),
        Arm("one percent", lambda: runs.spoiled(ONE_PERCENT)),
        Arm("all", lambda: runs.spoiled(1)),
        Arm("replay", runs.replayed),
    ]
    return dict(interleave(arms, repetitions)) | {"naive": naive}


def peak_of_command(register: Register, name: str) -> float:
    """Return the peak of resident memory, in MiB, of `registry score` in a process of its own."""
    command = ("-m", "registry.cli", "score", "--as-of", AS_OF.isoformat())
    return peak_bytes(*command, environment=register.environment(name)) / 2**20


def start_seconds() -> tuple[float, float]:
    """Return how long a process takes to import the core and have its kernels: compiled, then from their cache."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        command = (sys.executable, "-c", START)
        first, second = (seconds_of(lambda: subprocess.run(command, env=environment, check=True)) for _ in range(2))
    return first, second


async def _open(addresses: Addresses) -> tuple[Any, Database, Any, Vocabulary]:
    opening = open_database(addresses, size=4)
    admin = await asyncpg.connect(addresses.owner, server_settings={"search_path": SEARCH_PATH})
    await admin.execute(TABLE)
    return opening, await opening.__aenter__(), admin, await read_vocabulary(addresses.owner)


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("scoring_run", "A scoring run", register.institutions, repetitions)
    with register.copy_of(COMPLETE) as name, asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        addresses = register.addresses(name)
        opening, database, admin, words = loop.run(_open(addresses))
        runs = Runs(loop, database, admin, words, national_policy())
        try:
            started = start_seconds()
            peak = peak_of_command(register, name)
            times = measure(runs, addresses.owner, repetitions, naively=register.institutions <= NAIVE_UP_TO)
        finally:
            loop.run(admin.close())
            loop.run(opening.__aexit__(None, None, None))
    for changed in runs.changed.values():
        report.checks.append(f"{changed:,} spoiled ratings are found changed, no other")
    report.facts["kernels there in a new process"] = "compiled {:.1f} s, from the cache {:.2f} s".format(*started)
    _fill(report, times, runs, peak)
    return report


def _fill(report: Report, times: dict[str, list[float]], runs: Runs, peak: float) -> None:
    for what, against, above, below in (
        ("run, nothing changed", "psql, same queries", "nothing", "psql"),
        ("run, 1 % changed", "psql, same queries", "one percent", "psql"),
        ("run, all changed", "psql, same queries", "all", "psql"),
        ("replay of a run from recorded history", "run, nothing changed", "replay", "nothing"),
    ):
        middles = " : ".join(f"{Ratio.of(times[key]).middle:.2f} s" for key in (above, below))
        report.lines.append(Line(what, against, "time", paired(times[above], times[below]), middles))
    if times["naive"]:
        report.lines.append(_naive(times["naive"], times["nothing"]))
        report.checks.append(
            "the naive way gives the output digest of the run: score, grade, rank and contribution of all"
        )
    whole = sum(sum(values) for values in runs.stages.values())
    shares = (f"{stage} {100 * sum(values) / whole:.0f} %" for stage, values in runs.stages.items())
    report.facts["stages of a run, nothing changed"] = ", ".join(shares)
    report.facts["peak resident memory of `registry score`, flags included"] = f"{peak:.0f} MiB"


def _naive(naive: list[float], nothing: list[float]) -> Line:
    middle = Ratio.of(nothing).middle
    middles = f"{naive[0]:.2f} s : {middle:.2f} s"
    return Line("the naive way, once", "run, nothing changed", "time", paired(naive, [middle]), middles)


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=3)
