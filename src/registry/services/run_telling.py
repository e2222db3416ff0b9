"""Telling how far a run is to whoever watches it: beside its transaction, and without the run waiting for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import structlog

from registry.db.pool import Database, execute
from registry.domain.actors import Actor
from registry.services.run_stages import Progress
from registry.services.transactions import acting

_log = structlog.get_logger("registry.runs")

FULL, INCREMENTAL = "FULL", "INCREMENTAL"


@dataclass(frozen=True, slots=True)
class BegunRun:
    """A run that begins: its number, whether it is FULL or INCREMENTAL, its law day, the one policy it is about."""

    id: int
    kind: str
    as_of: date
    policy: str | None

    @property
    def cause(self) -> str:
        """Why it was started, as its record says it."""
        return cause_of_run(self.policy, self.as_of)


def cause_of_run(policy: str | None, day: date) -> str:
    """Word why a run was started: the policy, `*` for all, and its law day."""
    return f"{policy or '*'} {day}"


@asynccontextmanager
async def told(database: Database, actor: Actor, run: BegunRun, progress: Progress) -> AsyncIterator[Progress]:
    """Tell that a run begins; give what tells its stages to `progress` and to those who watch.

    Whoever is not told a stage in time is told the next one: a run never waits for this, and never fails for it.
    """
    stages: asyncio.Queue[str] = asyncio.Queue()

    def tell(stage: str) -> None:
        progress(stage)
        stages.put_nowait(stage)

    telling = asyncio.create_task(_tell(database, actor, run, stages))
    try:
        yield tell
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _tell(database: Database, actor: Actor, run: BegunRun, stages: asyncio.Queue[str]) -> None:
    await _write(database, actor, "run/begin_telling", run.id, run.kind, run.as_of, run.cause)
    while True:
        await _write(database, actor, "run/tell_stage", run.id, (await stages.get()).upper())


async def _write(database: Database, actor: Actor, statement: str, *values: object) -> None:
    try:
        async with acting(database, actor) as work:
            await execute(work.connection, statement, *values)
    except Exception as error:
        _log.warning("the progress of a run cannot be told", statement=statement, error=type(error).__name__)
