"""Which policy governs which institution, and one policy's part of a run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from registry.db.pool import Connection, Record, fetch, fetch_row, fetch_value
from registry.domain.errors import Bilingual, NotFound
from registry.services.earlier_ratings import EarlierRatings, read_earlier_ratings
from registry.services.scoring_inputs import Snapshot
from scoring import Column, Frozen, Outcome, Policy, Population, load_policy, score, workforce_measures

EPOCH = date(1970, 1, 1)
_MONTHS_BETWEEN = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy in force on the day of the run, with what its last full run fixed (None before the first).

    `earlier` is what stands under it, for a policy that looks back.
    """

    id: int
    policy: Policy
    frozen: Frozen | None
    weights_run_id: int | None
    weights_day: date | None
    earlier: EarlierRatings | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PolicyRun:
    """One policy's part: the rows of the snapshot it governs, and their outcome in the same order.

    `weights_run_id` is the run whose weights were used, None where this run recomputed them.
    """

    in_force: InForce
    rows: npt.NDArray[np.int64]
    outcome: Outcome
    weights_run_id: int | None


async def newest_frozen(
    connection: Connection, policy_id: int, as_of: date
) -> tuple[Frozen | None, int | None, date | None]:
    """Return what the newest full run under a policy fixed, the run of its weights and their day; None before one."""
    row = await fetch_row(connection, "run/newest_frozen", policy_id, as_of)
    if row is None:
        return None, None, None
    return await frozen_of(connection, row, policy_id), row["weights_run_id"], row["weights_as_of"]


_KNOWN: dict[str, Frozen] = {}
_MOST_KNOWN = 16


async def frozen_of(connection: Connection, fixed: Record, policy_id: int) -> Frozen:
    """Read once a process what a full run fixed: every score in it makes megabytes.

    `fixed` names the run and the edition: what went into the run decides what it fixed, and a row that was written
    again is another edition.
    """
    edition: str = fixed["edition"]
    if edition not in _KNOWN:
        keep_frozen(edition, await fetch_value(connection, "run/frozen_of_run", fixed["run_id"], policy_id))
    return _KNOWN[edition]


def known_frozen() -> Mapping[str, Frozen]:
    """Return what the process has read of what full runs fixed, by edition."""
    return _KNOWN


def keep_frozen(edition: str, document: str) -> Frozen:
    """Read the document of what a full run fixed, and keep it for whoever asks next."""
    frozen = _KNOWN[edition] = Frozen.from_document(json.loads(document))
    for oldest in list(_KNOWN)[:-_MOST_KNOWN]:
        _KNOWN.pop(oldest, None)
    return frozen


@lru_cache(maxsize=64)
def policy_of(document: str) -> Policy:
    """Read a document once a process, since following events would read it many times a second."""
    return load_policy(document.encode())


async def load_policies(
    connection: Connection, code: str | None, as_of: date, only: Sequence[int] | None = None
) -> list[InForce]:
    """Return every policy in force on the day: the newest version of each code, by code.

    What stands under it is read of the institutions `only` (ids), of all where that is None.
    """
    rows = await fetch(connection, "policy/in_force", as_of)
    if code is not None and code not in {row["code"] for row in rows}:
        message = Bilingual(f"{as_of} 没有生效的政策 {code}", f"No policy {code} is in force on {as_of}")
        raise NotFound(message, rule="policy.not-in-force", path=("input", "policy"))
    if not rows:
        message = Bilingual(
            f"{as_of} 没有生效的评定政策；请先用 registry policy add 添加",
            f"No rating policy is in force on {as_of}; add one with `registry policy add`",
        )
        raise NotFound(message, rule="policy.none")
    found = []
    for row in rows:
        policy = policy_of(row["document"])
        fixed = await newest_frozen(connection, row["id"], as_of)
        earlier = await read_earlier_ratings(connection, policy, row["id"], as_of, only)
        found.append(InForce(row["id"], policy, *fixed, earlier))
    return found


def _matches(snapshot: Snapshot, policy: Policy) -> npt.NDArray[np.int64]:
    """Return for each institution how deep the policy's region lies above it, from 1; 0 where it does not govern."""
    region = policy.governs.region
    depths = [path.index(region) + 1 if region in path else 0 for path in snapshot.paths]
    depth = np.array([*depths, 0], np.int64)[snapshot.regions]
    for wanted, index, codes in (
        (policy.governs.kinds, snapshot.kinds, snapshot.kind_codes),
        (policy.governs.schemes, snapshot.schemes, snapshot.scheme_codes),
    ):
        if wanted:
            depth[~np.isin(index, [number for number, name in enumerate(codes) if name in wanted])] = 0
    return depth


def governed(
    snapshot: Snapshot, policies: Sequence[InForce], only: str | None = None
) -> list[tuple[InForce, npt.NDArray[np.int64]]]:
    """Return each policy with the rows it governs: the most specific region wins, then the newer policy, then code.

    `only` keeps one policy, which still governs no more than its share.
    """
    order = sorted(policies, key=lambda one: (-one.policy.effective_from.toordinal(), one.policy.code))
    if not order or snapshot.n == 0:
        return []
    depths = np.stack([_matches(snapshot, one.policy) for one in order])
    winner = np.where((depths.max(axis=0) > 0) & snapshot.asked, depths.argmax(axis=0), -1)
    return [
        (one, np.flatnonzero(winner == number))
        for number, one in enumerate(order)
        if only is None or one.policy.code == only
    ]


def _weights_stand(in_force: InForce, as_of: date) -> bool:
    calendar, since = in_force.policy.recompute, in_force.weights_day
    if since is None or in_force.frozen is None or in_force.frozen.weights is None or calendar == "every-run":
        return False
    if calendar == "never":
        return True
    months = _MONTHS_BETWEEN[calendar]
    return (since.year * 12 + since.month - 1) // months == (as_of.year * 12 + as_of.month - 1) // months


def _frozen_for(in_force: InForce, as_of: date, incremental: bool) -> Frozen | None:
    if in_force.frozen is None:
        return None
    if incremental:
        return in_force.frozen
    return in_force.frozen.weights_only() if _weights_stand(in_force, as_of) else None


def population_of(snapshot: Snapshot, policy: Policy, rows: npt.NDArray[np.int64]) -> Population:
    """Return what the core is given of the given rows of the snapshot under a policy."""
    missing, unraised = Column.missing(rows.shape[0]), np.zeros(rows.shape, np.bool_)
    reported, flags = snapshot.measures, snapshot.flags
    codes = policy.imported_measures
    measures = {code: reported[code].take(rows) if code in reported else missing for code in codes}
    if policy.needs_roster:
        measures |= workforce_measures(policy, snapshot.roster, (snapshot.as_of - EPOCH).days, rows)
    return Population(
        n=int(rows.shape[0]),
        measures=measures,
        groups={level: grouping.take(rows) for level, grouping in snapshot.groups.items()},
        flags={code: flags[code][rows] if code in flags else unraised for code in policy.flag_codes},
        keys=snapshot.ids[rows],
    )


def run_policy(
    snapshot: Snapshot, in_force: InForce, rows: npt.NDArray[np.int64], *, incremental: bool = False
) -> PolicyRun:
    """Score the given rows of the snapshot under one policy; pure computation."""
    population = population_of(snapshot, in_force.policy, rows)
    return score_population(snapshot, in_force, rows, population, incremental=incremental)


def score_population(
    snapshot: Snapshot,
    in_force: InForce,
    rows: npt.NDArray[np.int64],
    population: Population,
    *,
    incremental: bool = False,
) -> PolicyRun:
    """Score rows whose population is known, for which the snapshot's roster is not needed any more."""
    frozen = _frozen_for(in_force, snapshot.as_of, incremental)
    earlier = in_force.earlier.of(in_force.policy, snapshot.ids[rows]) if in_force.earlier else None
    outcome = score(in_force.policy, population, frozen, earlier)
    taken_over = frozen is not None and frozen.weights is not None
    return PolicyRun(in_force, rows, outcome, in_force.weights_run_id if taken_over else None)
