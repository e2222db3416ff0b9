"""From a run's arrays to the rows that are published; rows whose content did not change are never built."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring import Outcome, Policy

RATING_COLUMNS = (
    "institution_id",
    "policy_id",
    "weights_run_id",
    "stars",
    "score_scaled",
    "score",
    "certified_ratio",
    "reason",
    "indicator_values",
    "points",
    "contributions",
    "domain_points",
    "domain_grades",
    "adjustments",
    "content_digest",
)
CERTIFIED_RATIO = "certified_ratio"
"""The engine's measure that searches know."""

RANK_BLOCK = 1000
_BASE = "base"
_SEED = np.uint64(0x9E3779B97F4A7C15)
_FACTOR = np.uint64(0xBF58476D1CE4E5B9)


def content_digests(outcome: Outcome, policy_id: int) -> npt.NDArray[np.int64]:
    """Return one 64-bit hash per row over everything that would be stored of it, in one fixed order of columns."""
    singles = (outcome.score, outcome.scored, outcome.stars, outcome.reason)
    tables = (
        outcome.values,
        outcome.present,
        outcome.points,
        outcome.contributions,
        outcome.domain_points,
        outcome.domain_present,
        outcome.domain_grades,
        outcome.stages,
        outcome.limits,
    )
    digest = np.full(outcome.n, np.uint64(policy_id), np.uint64)
    columns = [*singles, *(table[:, number] for table in tables for number in range(table.shape[1]))]
    for column in columns:
        digest = (digest ^ (column.astype(np.int64).view(np.uint64) + _SEED)) * _FACTOR
        digest ^= digest >> np.uint64(31)
    return digest.view(np.int64)


def _adjustments(outcome: Outcome, row: int) -> str | None:
    """What moved the grade after the base stage; before it the base grade where a later run may hold it."""
    stages = [
        {"stage": outcome.stage_codes[number], "grade": int(outcome.stages[row, number]) or None}
        for number in np.flatnonzero(outcome.limits[row])
    ]
    applied = [stage for stage in stages if stage["stage"] != _BASE]
    if applied and outcome.graded_by_place:
        applied.insert(0, {"stage": _BASE, "grade": int(outcome.stages[row, 0]) or None})
    return json.dumps(applied, ensure_ascii=False) if applied else None


def _masked(values: npt.NDArray[Any], present: npt.NDArray[np.bool_]) -> list[int | None]:
    return [value if there else None for value, there in zip(values.tolist(), present.tolist(), strict=True)]


def _certified_indicator(policy: Policy) -> tuple[int, Fraction] | None:
    """Return the place and the scale of the policy's indicator of certified carers (持证上岗率), if it has one."""
    for place, indicator in enumerate(policy.indicators):
        measure = policy.measures[indicator.measure]
        if measure.code == CERTIFIED_RATIO:
            return place, measure.scale * measure.times
    return None


def _share(outcome: Outcome, row: int, place: int, scale: Fraction) -> Decimal | None:
    if not outcome.present[row, place]:
        return None
    return Decimal(int(outcome.values[row, place]) * scale.denominator) / scale.numerator


def rating_rows(
    outcome: Outcome,
    digests: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    ids: npt.NDArray[np.int64],
    *,
    policy: Policy,
    policy_id: int,
    weights_run_id: int,
) -> Iterator[tuple[object, ...]]:
    """Yield the given rows of an outcome in the order of RATING_COLUMNS; `ids` int64[n] are the institutions."""
    certified = _certified_indicator(policy)
    for row in rows.tolist():
        rated = int(outcome.stars[row]) > 0
        yield (
            int(ids[row]),
            policy_id,
            weights_run_id,
            int(outcome.stars[row]) if rated else None,
            int(outcome.score[row]) if outcome.scored[row] else None,
            Decimal(int(outcome.score[row])).scaleb(-policy.decimals) if rated else None,
            _share(outcome, row, *certified) if certified else None,
            None if rated else outcome.reasons[outcome.reason[row]].code,
            _masked(outcome.values[row], outcome.present[row]),
            _masked(outcome.points[row], outcome.present[row]),
            outcome.contributions[row].tolist(),
            _masked(outcome.domain_points[row], outcome.domain_present[row]),
            outcome.domain_grades[row].tolist(),
            _adjustments(outcome, row),
            int(digests[row]),
        )


def weights_document(outcome: Outcome, indicators: Sequence[str]) -> str:
    """Return the weights of a run as JSON: per indicator base, objective, bounds and final weight in millionths."""
    weights = outcome.weights
    parts = zip(indicators, weights.base, weights.objective, weights.lower, weights.upper, weights.final, strict=True)
    names = ("base", "objective", "low", "high", "final")
    return json.dumps({code: dict(zip(names, numbers, strict=True)) for code, *numbers in parts})


def distribution_document(outcome: Outcome) -> str:
    """Return the distribution of every measure as JSON."""
    return json.dumps(
        [
            {
                "measure": one.code,
                "decimals": one.decimals,
                "present": one.present,
                "missing": one.missing,
                "quantiles": list(one.quantiles),
            }
            for one in outcome.distributions
        ]
    )


def rank_blocks(outcome: Outcome, ids: npt.NDArray[np.int64]) -> str:
    """Return the ranks as JSON blocks of RANK_BLOCK institution ids; 0 stands for no rank."""
    blocks = []
    numbers = ids // RANK_BLOCK
    for block in np.unique(numbers).tolist():
        rows = np.flatnonzero(numbers == block)
        entry: dict[str, object] = {"block": block}
        for name in ("nation", "region", "kind"):
            dense = np.zeros(RANK_BLOCK, np.int64)
            dense[ids[rows] % RANK_BLOCK] = getattr(outcome.ranks, name)[rows]
            entry[name] = dense.tolist()
        blocks.append(entry)
    return json.dumps(blocks)
