"""From a run's arrays to the rows that are published; rows whose content did not change are never built."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring import Outcome, Policy

CERTIFIED_RATIO = "certified_ratio"
"""The engine's measure that searches know."""

RANK_BLOCK = 1000
NO_VALUE = np.int64(np.iinfo(np.int64).min)
"""Stands for no value where every row has one width."""
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


def _adjustment(outcome: Outcome, row: int) -> list[dict[str, object]]:
    """What moved the grade after the base stage; before it the base grade where a later run may hold it."""
    stages: list[dict[str, object]] = [
        {"stage": outcome.stage_codes[number], "grade": int(outcome.stages[row, number]) or None}
        for number in np.flatnonzero(outcome.limits[row])
    ]
    applied = [stage for stage in stages if stage["stage"] != _BASE]
    if applied and outcome.graded_by_place:
        applied.insert(0, {"stage": _BASE, "grade": int(outcome.stages[row, 0]) or None})
    return applied


def _adjustments(
    outcome: Outcome, rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], list[list[dict[str, object]]]]:
    """Number the adjustments of rows from 1, 0 for none; few differ, so each is worded once."""
    numbers = np.zeros(rows.shape, np.int32)
    later = [number for number, code in enumerate(outcome.stage_codes) if code != _BASE]
    touched = np.flatnonzero(outcome.limits[rows][:, later].any(axis=1))
    if not touched.size:
        return numbers, []
    seen = np.concatenate([outcome.limits[rows[touched]].astype(np.int8), outcome.stages[rows[touched]]], axis=1)
    words = np.ascontiguousarray(seen).view(f"V{seen.shape[1]}").reshape(-1)
    _, first, place = np.unique(words, return_index=True, return_inverse=True)
    numbers[touched] = place + 1
    return numbers, [_adjustment(outcome, row) for row in rows[touched[first]].tolist()]


def _masked(values: npt.NDArray[np.int64], present: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    return np.where(present, values, NO_VALUE)


def certified_indicator(policy: Policy) -> tuple[int, Fraction] | None:
    """Return the place and the scale of the policy's indicator of certified carers (持证上岗率), if it has one."""
    for place, indicator in enumerate(policy.indicators):
        measure = policy.measures[indicator.measure]
        if measure.code == CERTIFIED_RATIO:
            return place, measure.scale * measure.times
    return None


@dataclass(frozen=True, slots=True, eq=False)
class RatingTable:
    """Ratings as the staging table takes them, all but their ordinals; `wording` is what their numbers stand for.

    `rows` int64[k] of an outcome; `adjustments` int32[k] numbers what moved each grade.
    """

    outcome: Outcome
    digests: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    adjustments: npt.NDArray[np.int32]
    certified: int | None
    wording: dict[str, object]

    def columns(self, part: slice) -> dict[str, npt.NDArray[Any]]:
        """Return a part of the rows; the columns of institution and policy are the caller's."""
        certified, columns = self.certified, _columns(self.outcome, self.digests, self.rows[part])
        columns["adjustments"] = self.adjustments[part]
        columns["certified"] = np.full(columns["reason"].shape, NO_VALUE)
        if certified is not None:
            columns["certified"] = columns["indicator_values"][:, certified]
        return columns


def _columns(
    outcome: Outcome, digests: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[Any]]:
    present = outcome.present[rows]
    return {
        "stars": outcome.stars[rows].astype(np.int16),
        "score_scaled": _masked(outcome.score[rows], outcome.scored[rows]),
        "reason": outcome.reason[rows],
        "indicator_values": _masked(outcome.values[rows], present),
        "points": _masked(outcome.points[rows], present),
        "contributions": outcome.contributions[rows],
        "domain_points": _masked(outcome.domain_points[rows], outcome.domain_present[rows]),
        "domain_grades": outcome.domain_grades[rows].astype(np.int16),
        "content_digest": digests[rows],
    }


def rating_table(
    outcome: Outcome, digests: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], policy: Policy
) -> RatingTable:
    """Return the given rows of an outcome, ready to be told part by part."""
    place, scale = certified_indicator(policy) or (None, Fraction(1))
    adjustments, worded = _adjustments(outcome, rows)
    wording = {
        "score_unit": f"{Decimal(1).scaleb(-policy.decimals):f}",
        "certified_times": scale.denominator,
        "certified_over": scale.numerator,
        "reasons": [reason.code for reason in outcome.reasons],
        "adjustments": worded,
    }
    return RatingTable(outcome, digests, rows, adjustments, place, wording)


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


def rank_blocks(outcome: Outcome, ids: npt.NDArray[np.int64]) -> tuple[list[int], ...]:
    """Return the ranks of those that have one, by id, in blocks of RANK_BLOCK institution ids.

    The number of each block, where it begins and ends (from 1, both within it); then of each institution its id within
    its block and its ranks in the nation, the region and its kind.
    """
    ranked = np.flatnonzero(outcome.ranks.nation)
    ranked = ranked[np.argsort(ids[ranked])]
    blocks, first = np.unique(ids[ranked] // RANK_BLOCK, return_index=True)
    last = np.append(first, ranked.size)[1:]
    ranks = (getattr(outcome.ranks, name)[ranked] for name in ("nation", "region", "kind"))
    return tuple(column.tolist() for column in (blocks, first + 1, last, ids[ranked] % RANK_BLOCK, *ranks))
