"""Surveys: elderly people per province, and what the carers of some institutions earn."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from registry.synthetic.draws import Draws, Ints
from registry.synthetic.facilities import ACTIVE, Institutions
from registry.synthetic.places import PROFILES
from registry.synthetic.staff import CARER, Posts

ELDERLY = 310_000_000
"""Of the nation, shared out by the weights of the provinces."""

AGED_65, AGED_80 = 0.71, 0.12
GROWTH = 0.035
SURVEYED_SHARE = 0.1
BANDS = ((2_500, 3_500), (3_500, 4_500), (4_500, 6_000), (6_000, 0))
"""Yuan a month, from and below; 0 for an open end."""

BAND_SHARES = (0.22, 0.45, 0.25, 0.08)


def draw_population(draws: Draws, years: int) -> Iterator[tuple[int, int, int]]:
    """Province, years before the last count, and people of 60 and more; the oldest count first."""
    weights = {code: profile.weight for code, profile in PROFILES.items()}
    share = draws.uniform(len(weights)) * 0.2 + 0.9
    for before in range(years - 1, -1, -1):
        for (code, weight), tilt in zip(weights.items(), share.tolist(), strict=True):
            yield code, before, int(ELDERLY * weight / sum(weights.values()) * tilt / (1 + GROWTH) ** before)


@dataclass(slots=True)
class Wages:
    """Parallel columns: an institution, a place in BANDS, and how many carers earn so much."""

    institution: Ints
    band: Ints
    people: Ints


def draw_wages(draws: Draws, homes: Institutions, posts: Posts) -> Wages:
    """The carers on post of every tenth institution by bands; a band with nobody has no row."""
    surveyed = draws.chance(SURVEYED_SHARE, homes.count) & (homes.status == ACTIVE)
    carers = np.nonzero((posts.occupation == CARER) & posts.current & surveyed[posts.institution])[0]
    band = np.searchsorted(np.cumsum(BAND_SHARES)[:-1], draws.uniform(carers.shape[0]))
    table = np.zeros((homes.count, len(BANDS)), np.int64)
    np.add.at(table, (posts.institution[carers], band), 1)
    institution, found = np.nonzero(table)
    return Wages(institution, found, table[institution, found])
