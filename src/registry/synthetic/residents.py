"""Residents by ability class over time."""

from dataclasses import dataclass

import numpy as np

from registry.domain.institutions import AbilityClass
from registry.synthetic.draws import Bools, Draws, Floats, Ints, Quantiles
from registry.synthetic.facilities import CARE_HOME, CLOSED, DAY_CARE, KINDS, MUTUAL_AID_HOME, Institutions

CLASSES = tuple(AbilityClass)
OCCUPANCY: Quantiles = ((0, 0.1, 0.5, 0.9, 1), (0.15, 0.32, 0.56, 0.84, 0.98))
CLASS_SHARES = {
    CARE_HOME: (0.34, 0.27, 0.27, 0.12),
    DAY_CARE: (0.70, 0.22, 0.05, 0.03),
    MUTUAL_AID_HOME: (0.82, 0.16, 0.01, 0.01),
}
OTHER_SHARES = (0.45, 0.28, 0.19, 0.08)
REVISED_SHARE = 0.6
LARGEST_CHANGE_PERCENT = 12


@dataclass(slots=True)
class Residents:
    """Counts that stand from a day on; `current` int64[institutions, 4] holds those in force at the end."""

    institution: Ints
    ability: Ints
    day: Ints
    headcount: Ints
    current: Ints


def draw_residents(draws: Draws, homes: Institutions, as_of: int) -> Residents:
    """A first count of every institution with beds, and for six in ten a later one; nobody remains after a closing."""
    closed, with_beds = homes.status == CLOSED, homes.beds > 0
    revised = (draws.chance(REVISED_SHARE, homes.count) | closed) & with_beds
    first = _counts(draws, homes)
    total = first.sum(axis=1)
    room = (homes.beds - total) * 100 // np.maximum(total, 1)
    change = np.minimum(draws.between(-LARGEST_CHANGE_PERCENT, LARGEST_CHANGE_PERCENT, homes.count), room)
    second = np.where(closed[:, None], 0, first + first * change[:, None] // 100)
    start = np.minimum(np.maximum(homes.opened, draws.between(as_of - 900, as_of - 500, homes.count)), as_of - 110)
    start = np.where(closed, homes.opened, start)
    later = np.maximum(start + 1, draws.between(as_of - 300, as_of - 20, homes.count))
    later = np.where(closed, homes.closed + 1, later)
    parts = [_rows(start, first, with_beds, first > 0), _rows(later, second, revised, first > 0)]
    institution, ability, day, headcount = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((ability, day, institution))
    current = np.where(revised[:, None], second, first)
    return Residents(institution[order], ability[order], day[order], headcount[order], current)


def _counts(draws: Draws, homes: Institutions) -> Ints:
    """Residents per class: beds × occupancy × the share of the class, which varies by institution."""
    table = np.array([CLASS_SHARES.get(kind, OTHER_SHARES) for kind in range(len(KINDS))])
    tilted: Floats = table[homes.kinds] * (0.6 + 0.8 * draws.uniform(homes.count * len(CLASSES)).reshape(-1, 4))
    shares = tilted / tilted.sum(axis=1, keepdims=True)
    residents = homes.beds * draws.quantile(OCCUPANCY, homes.count)
    counts: Ints = np.floor(residents[:, None] * shares + 0.4).astype(np.int64)
    for ability in range(len(CLASSES)):
        counts[:, ability] -= np.minimum(counts[:, ability], np.maximum(counts.sum(axis=1) - homes.beds, 0))
    return counts


def _rows(day: Ints, counts: Ints, wanted: Bools, present: Bools) -> tuple[Ints, Ints, Ints, Ints]:
    institution, ability = np.nonzero(wanted[:, None] & present)
    return institution, ability, day[institution], counts[institution, ability]
