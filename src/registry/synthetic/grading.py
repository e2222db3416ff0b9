"""Assessed grades with points that bear them out, and quarterly satisfaction measures."""

from dataclasses import dataclass

import numpy as np

from registry.synthetic.days import later
from registry.synthetic.draws import Draws, Ints
from registry.synthetic.facilities import CLOSED, Institutions

PARTS = (120, 130, 150, 600)
GRADE_WEIGHTS = (0.14, 0.29, 0.36, 0.15, 0.06)
SHARE_FLOORS = np.array((0.40, 0.50, 0.60, 0.80, 0.90))
"""What each of the four parts must reach at least, by grade (GB/T 37276-2018)."""

SHARE_CENTRES = (np.array((0.42, 0.52, 0.63, 0.82, 0.92)), np.array((0.48, 0.58, 0.76, 0.88, 0.98)))
JITTER = 0.015
ASSESSED_SHARE = 0.7
REASSESSED_SHARE = 0.12
VALID_YEARS = 3
MEASURED_SHARE = 0.35
QUARTERS = 2


@dataclass(slots=True)
class Assessments:
    """Parallel columns of assessments; `points` int64[count, 4] in tenths."""

    institution: Ints
    decided: Ints
    grade: Ints
    points: Ints
    last: Ints

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.institution.shape[0])


def draw_assessments(draws: Draws, homes: Institutions, as_of: int) -> Assessments:
    """Seven institutions in ten have a grade, some of which have expired; one in eight had a lower one before."""
    rows = np.nonzero(draws.chance(ASSESSED_SHARE, homes.count) & (homes.status != CLOSED))[0]
    decided = np.maximum(draws.between(as_of - 1_240, as_of - 15, rows.shape[0]), homes.opened[rows] + 30)
    grade = draws.pick(GRADE_WEIGHTS, rows.shape[0])
    earlier = draws.chance(REASSESSED_SHARE, rows.shape[0]) & (decided - 800 > homes.opened[rows])
    institution = np.concatenate([rows, rows[earlier]])
    decided = np.concatenate([decided, decided[earlier] - 760])
    grade = np.concatenate([grade, np.maximum(grade[earlier] - 1, 0)])
    order = np.lexsort((decided, institution))
    institution, decided, grade = institution[order], decided[order], grade[order]
    return Assessments(institution, decided, grade + 1, _points(draws, grade), later(decided, VALID_YEARS))


def _points(draws: Draws, grade: Ints) -> Ints:
    """Points in tenths: every part at or above its floor, and at least one below the next grade's."""
    low, high = SHARE_CENTRES[0][grade], SHARE_CENTRES[1][grade]
    centre = low + (high - low) * draws.uniform(grade.shape[0])
    moved = centre[:, None] + JITTER * (2 * draws.uniform(grade.shape[0] * 4).reshape(-1, 4) - 1)
    share = np.clip(moved, SHARE_FLOORS[grade][:, None], 1.0)
    points: Ints = np.ceil(share * np.array(PARTS) * 10 - 1e-9).astype(np.int64)
    return points


@dataclass(slots=True)
class Measures:
    """Satisfaction of residents per institution and quarter in tenths of a point; -1 where nothing was submitted."""

    institution: Ints
    day: Ints
    tenths: Ints


def draw_measures(draws: Draws, homes: Institutions, quarter_ends: tuple[int, ...]) -> Measures:
    """Measures of a third of the institutions for the last quarters; 2 % submitted nothing."""
    rows = np.nonzero(draws.chance(MEASURED_SHARE, homes.count) & (homes.status != CLOSED))[0]
    institution = np.repeat(rows, len(quarter_ends))
    day = np.tile(np.array(quarter_ends, np.int64), rows.shape[0])
    kept = day > homes.opened[institution]
    institution, day = institution[kept], day[kept]
    tenths = np.floor(draws.quantile(((0, 0.5, 1), (610, 860, 995)), institution.shape[0])).astype(np.int64)
    return Measures(institution, day, np.where(draws.chance(0.02, institution.shape[0]), -1, tenths))
