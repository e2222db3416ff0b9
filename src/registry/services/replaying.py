"""Replay: a published run made once more from recorded history, and whether the same comes out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.db.pool import Database, Record, fetch, fetch_row
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Conflict, NotFound
from registry.services.permissions import require
from registry.services.policy_runs import PolicyRun
from registry.services.rating_runs import score_register
from registry.services.run_stages import Progress, Stages
from registry.services.transactions import acting
from scoring import ENGINE_VERSION


class Verdict(StrEnum):
    """How one policy's part of a run came out again."""

    SAME = "SAME"
    OTHER_INPUT = "OTHER_INPUT"
    OTHER_OUTPUT = "OTHER_OUTPUT"
    NOT_REPLAYED = "NOT_REPLAYED"
    NOT_RECORDED = "NOT_RECORDED"


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of what went in and of what came out, as hexadecimal digits."""

    input: str
    output: str


@dataclass(frozen=True, slots=True)
class ReplayedPolicy:
    """One policy's part: what the run recorded of it, what came out now; None where it has no part."""

    code: str
    version: str
    recorded: Digests | None
    replayed: Digests | None

    @property
    def verdict(self) -> Verdict:
        """Tell where the two part; the input comes before the output, which rests on it."""
        if self.replayed is None:
            return Verdict.NOT_REPLAYED
        if self.recorded is None:
            return Verdict.NOT_RECORDED
        if self.recorded.output == self.replayed.output:
            return Verdict.SAME
        return Verdict.OTHER_OUTPUT if self.recorded.input == self.replayed.input else Verdict.OTHER_INPUT


@dataclass(frozen=True, slots=True)
class Replay:
    """A run made once more; `tables` names those that were read otherwise than by the run."""

    run_id: int
    kind: str
    as_of: date
    position: int
    policies: tuple[ReplayedPolicy, ...]
    tables: tuple[str, ...]
    durations_ms: dict[str, int]

    @property
    def holds(self) -> bool:
        """True where every policy's part came out as recorded."""
        return all(policy.verdict is Verdict.SAME for policy in self.policies)


async def _recorded(database: Database, actor: Actor, run_id: int) -> tuple[Record, list[Record]]:
    async with acting(database, actor, readonly=True) as work:
        run = await fetch_row(work.connection, "run/recorded", run_id)
        policies = await fetch(work.connection, "run/recorded_policies", run_id)
    if run is None:
        message = Bilingual(f"没有编号为 {run_id} 的评定", f"There is no run {run_id}")
        raise NotFound(message, rule="run.unknown", path=("run",))
    if run["engine_version"] != ENGINE_VERSION:
        zh = f"评定 {run_id} 由引擎版本 {run['engine_version']} 完成，现为 {ENGINE_VERSION}：摘要不可比较"
        en = (
            f"Run {run_id} was made by engine version {run['engine_version']}, this is {ENGINE_VERSION}: "
            "digests of two versions cannot be compared; replay it with a release of that version"
        )
        raise Conflict(Bilingual(zh, en), rule="run.other-engine", path=("run",))
    return run, policies


def _compared(kind: str, recorded: Sequence[Record], runs: Sequence[PolicyRun]) -> tuple[ReplayedPolicy, ...]:
    told = {row["policy_id"]: row for row in recorded}
    made = {run.in_force.id: run for run in runs if run.in_force.id in told or not _waited(kind, run)}
    compared = []
    for number in sorted(told.keys() | made.keys()):
        row, run = told.get(number), made.get(number)
        code, version = (row["code"], row["version"]) if row else _name_of(made[number])
        said = Digests(row["input_digest"], row["output_digest"]) if row else None
        came = Digests(run.outcome.input_digest, run.outcome.output_digest) if run else None
        compared.append(ReplayedPolicy(code, version, said, came))
    return tuple(compared)


def _waited(kind: str, run: PolicyRun) -> bool:
    """Whether a policy had no part yet: an incremental run may leave out what waits for its first full run."""
    return kind == "INCREMENTAL" and run.in_force.frozen is None


def _name_of(run: PolicyRun) -> tuple[str, str]:
    return run.in_force.policy.code, run.in_force.policy.version


async def replay(database: Database, actor: Actor, run_id: int, *, progress: Progress = lambda _: None) -> Replay:
    """Read the register as it stood when the run read it, score it again and compare; nothing is published.

    Raises NotFound for a run that was never published, Conflict where another version of the engine made it.
    """
    require(actor, Role.ADMIN)
    run, recorded = await _recorded(database, actor, run_id)
    stages = Stages(progress)
    scored = await score_register(
        database,
        actor,
        run["policy_code"],
        run["as_of"],
        incremental=run["kind"] == "INCREMENTAL",
        stages=stages,
        only=run["institution_ids"],
        position=run["read_position"],
    )
    said = json.loads(run["read_digests"])
    return Replay(
        run_id=run_id,
        kind=run["kind"],
        as_of=run["as_of"],
        position=run["read_position"],
        policies=_compared(run["kind"], recorded, scored.runs),
        tables=tuple(name for name, digest in scored.read.items() if said.get(name, digest) != digest),
        durations_ms=stages.durations_ms,
    )
