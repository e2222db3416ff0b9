"""Ratings as rows of Python values, one after the other, as executemany takes them."""

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.services.rating_rows import certified_indicator
from scoring import Outcome, Policy

_BASE = "base"
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
    certified = certified_indicator(policy)
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
