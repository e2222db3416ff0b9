"""Compiling before the first run, so that a caller can say that it is happening."""

import numpy as np

from scoring.engine import score
from scoring.inputs import Column, Population
from scoring.kernels import cross_products, divergence
from scoring.policy.policy import Policy, load_policy
from scoring.roster import Certificates, Employments, Roster, by_institution
from scoring.shipped import shipped_policies
from scoring.team import team_of
from scoring.workforce import workforce_measures


def warm_up() -> None:
    """Compiles every kernel, or loads it from the cache; takes seconds once per machine."""
    for data in shipped_policies().values():
        policy = load_policy(data)
        measures = {code: Column.missing(2) for code in policy.imported_measures}
        measures.update(workforce_measures(policy, _empty_roster(), 0))
        score(policy, Population(2, measures))
        _round_all(policy)
        if policy.workforce is not None:
            team_of(policy.workforce, _empty_roster(), 0, 0)
    divergence(np.ones(2, dtype=np.int64), 2)
    cross_products(np.zeros((2, 2), dtype=np.int32, order="F"))
    by_institution(np.zeros(2, dtype=np.int32), 2)


def _round_all(policy: Policy) -> None:
    ones = np.ones(2, dtype=np.int64)
    score(policy, Population(2, {measure.code: Column(ones, ones) for measure in policy.measures}))


def _empty_roster() -> Roster:
    none32, none8 = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int8)
    none64, none16 = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int16)
    return Roster(
        beds=np.zeros(2, dtype=np.int32),
        residents=np.zeros((2, 4), dtype=np.int32),
        employments=Employments(np.zeros(3, dtype=np.int64), none64, none16, none16, none32, none32, none8),
        certificates=Certificates(none64, none8, none16, none8, none32, none32, none32),
        occupation_codes=(),
        certificate_kinds=(),
    )
