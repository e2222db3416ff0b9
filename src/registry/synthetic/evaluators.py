"""Evaluation organisations, dispatching agencies, and the numbers that certificates get from them."""

from dataclasses import dataclass

import numpy as np

from registry.domain.workforce import EvaluatorType
from registry.synthetic.days import NEVER
from registry.synthetic.draws import Ints, rank_within
from registry.synthetic.places import PROFILES

EVALUATORS_PER_PROVINCE = 6
AGENCIES_PER_PROVINCE = 2
ACCREDITED_FROM = 18_262
"""1 January 2020."""

WITHDRAWN_DAYS_AGO = 200
PROVINCES = tuple(PROFILES)
_RANKS = np.zeros(100, np.int64)
_RANKS[list(PROVINCES)] = np.arange(len(PROVINCES))


def province_ranks(provinces: Ints) -> Ints:
    """The place of each province in PROVINCES."""
    return _RANKS[provinces]


@dataclass(slots=True)
class Evaluators:
    """Parallel columns of evaluation organisations, six a province; `serials` counts the numbers given so far."""

    codes: list[str]
    provinces: list[int]
    types: list[EvaluatorType]
    withdrawn: Ints
    serials: Ints

    def number(self, evaluators: Ints, years: Ints, digits: Ints) -> list[str]:
        """Certificate numbers of 22 characters: the issuer's code, the year, the level digit, a serial of its own."""
        keys = (evaluators * 100 + years % 100) * 10 + digits
        serials = self.serials[keys] + rank_within(keys) + 1
        np.maximum.at(self.serials, keys, serials)
        return [
            f"{self.codes[row]}{year:02d}{digit}{serial:06d}"
            for row, year, digit, serial in zip(
                evaluators.tolist(), (years % 100).tolist(), digits.tolist(), serials.tolist(), strict=True
            )
        ]


def make_evaluators(as_of: int) -> Evaluators:
    """Four social bodies and two employers a province; in every eighth the first body lost its accreditation."""
    codes, types = [], []
    for province in PROVINCES:
        for number in range(EVALUATORS_PER_PROVINCE):
            social = number < 4
            types.append(EvaluatorType.SOCIAL if social else EvaluatorType.EMPLOYER)
            codes.append(f"{'S' if social else 'Y'}{number + 1:04d}{province}{province * 100 + number + 1:06d}")
    withdrawn = np.full(len(codes), NEVER)
    withdrawn[3 * EVALUATORS_PER_PROVINCE :: 8 * EVALUATORS_PER_PROVINCE] = as_of - WITHDRAWN_DAYS_AGO
    provinces = [province for province in PROVINCES for _ in range(EVALUATORS_PER_PROVINCE)]
    return Evaluators(codes, provinces, types, withdrawn, np.zeros(len(codes) * 1_000, np.int64))
