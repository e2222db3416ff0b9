"""What a published run says of its population, in one object, for pages and files."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from registry.db.pool import Connection, Database, Record, execute, fetch, fetch_row
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import Bilingual, NotFound
from registry.services.permissions import require
from registry.services.policy_runs import policy_of
from registry.services.transactions import acting
from scoring import Policy


@dataclass(frozen=True, slots=True)
class Spread:
    """One measure over the population: `quantiles` are the 0, 5, 25, 50, 75, 95 and 100 % places, or empty."""

    code: str
    title: Bilingual
    present: int
    missing: int
    quantiles: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """One indicator's weight: the policy's own, what the data alone say, the bounds, and what is in use."""

    code: str
    title: Bilingual
    base: Decimal
    objective: Decimal
    low: Decimal
    high: Decimal
    final: Decimal


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """One policy's part: `counts` by stars, index 0 = not rated; `moves` (from, to, count) since `moves_since`.

    `weights_run` is the run that recomputed the weights.
    """

    code: str
    version: str
    title: Bilingual
    population: int
    rated: int
    counts: tuple[int, ...]
    spreads: tuple[Spread, ...]
    weights: tuple[Weight, ...]
    weights_run: int
    moves: tuple[tuple[int, int, int], ...]
    moves_since: int | None


@dataclass(frozen=True, slots=True)
class RegionReport:
    """Institutions of one province by stars, index 0 = not rated."""

    code: str
    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run as published; `regions` are the ratings that stood under its policies just after it."""

    run_id: int
    kind: str
    as_of: date
    position: int
    institutions: int
    changed: int
    finished_at: datetime
    engine_version: str
    durations_ms: dict[str, int]
    policies: tuple[PolicyReport, ...]
    regions: tuple[RegionReport, ...]


async def report_run(database: Database, actor: Actor, run_id: int) -> RunReport:
    """Return what a run published of its population. Rule: `run.unknown`."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    everywhere = replace(actor, scope=EVERYTHING)
    async with acting(database, everywhere, isolation="repeatable_read", readonly=True) as work:
        run = await fetch_row(work.connection, "report/run", run_id)
        if run is None:
            message = Bilingual(f"没有编号为 {run_id} 的评定", f"There is no run {run_id}")
            raise NotFound(message, rule="run.unknown", path=("run",))
        rows = await fetch(work.connection, "report/policies", run_id)
        policies = tuple(_policy(row) for row in rows)
        regions = await _regions(work.connection, run["position"], [row["policy_id"] for row in rows])
    return RunReport(
        run_id=run["id"],
        kind=run["kind"],
        as_of=run["as_of"],
        position=run["position"],
        institutions=run["institutions"],
        changed=run["changed"],
        finished_at=run["finished_at"].astimezone(UTC),
        engine_version=run["engine_version"],
        durations_ms=json.loads(run["durations_ms"]),
        policies=policies,
        regions=regions,
    )


def _policy(row: Record) -> PolicyReport:
    policy = policy_of(row["document"])
    return PolicyReport(
        code=policy.code,
        version=policy.version,
        title=Bilingual(policy.title.zh, policy.title.en),
        population=row["population"],
        rated=row["rated"],
        counts=tuple(row["counts_by_stars"]),
        spreads=_spreads(policy, row["distribution"]),
        weights=_weights(policy, row["weights"]),
        weights_run=row["weights_run_id"],
        moves=tuple((old, new, count) for old, new, count in json.loads(row["moves"] or "[]")),
        moves_since=row["moves_since_run_id"],
    )


def _spreads(policy: Policy, document: str) -> tuple[Spread, ...]:
    titles = {measure.code: Bilingual(measure.title.zh, measure.title.en) for measure in policy.measures}
    return tuple(
        Spread(
            code=entry["measure"],
            title=titles[entry["measure"]],
            present=entry["present"],
            missing=entry["missing"],
            quantiles=tuple(Decimal(value).scaleb(-entry["decimals"]) for value in entry["quantiles"]),
        )
        for entry in json.loads(document)
    )


def _weights(policy: Policy, document: str | None) -> tuple[Weight, ...]:
    entries = json.loads(document or "{}")
    found = []
    for indicator in policy.indicators:
        title = indicator.title if indicator.title.zh else policy.measures[indicator.measure].title
        if indicator.code in entries:
            parts = {name: Decimal(value).scaleb(-6) for name, value in entries[indicator.code].items()}
            found.append(Weight(indicator.code, Bilingual(title.zh, title.en), **parts))
    return tuple(found)


async def _regions(connection: Connection, position: int, policies: list[int]) -> tuple[RegionReport, ...]:
    await execute(connection, "session/read_as_of", position)
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for row in await fetch(connection, "report/regions", policies):
        counts[row["code"], row["name"]][row["stars"]] = row["institutions"]
    most = max((stars for by_stars in counts.values() for stars in by_stars), default=0)
    return tuple(
        RegionReport(code, name, tuple(by_stars.get(stars, 0) for stars in range(most + 1)))
        for (code, name), by_stars in counts.items()
    )
