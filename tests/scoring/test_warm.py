"""Compiling beforehand leaves nothing to compile: a first score would take seconds that nobody announced."""

import sys
from typing import Any

import numpy as np
from numba.core.registry import CPUDispatcher
from tests.scoring.reference_staff import OPEN, Paper, Post, Staff
from tests.scoring.rosters import DAY, roster_of

from scoring import (
    Column,
    Grouping,
    Population,
    by_institution,
    load_policy,
    score,
    shipped_policies,
    warm_up,
    workforce_measures,
)

SKILLED = Paper("SKILL_LEVEL", "CARER", 3, DAY - 100, OPEN, OPEN)


def kernels() -> dict[str, Any]:
    modules = [module for name, module in sys.modules.items() if name.startswith("scoring")]
    found = [thing for module in modules for thing in vars(module).values()]
    return {thing.py_func.__qualname__: thing for thing in found if isinstance(thing, CPUDispatcher)}


def test_a_score_after_warming_up_compiles_nothing() -> None:
    warm_up()
    before = {name: list(kernel.signatures) for name, kernel in kernels().items()}
    assert before["add_up"]
    posts = [Post(person, person % 3, "CARER", 1000, DAY - 50, OPEN) for person in range(9)]
    staff = Staff([50] * 3, [(1, 2, 3, 4)] * 3, posts, {1: [SKILLED], 4: [SKILLED]})
    by_institution(np.array([1, 0, -1], dtype=np.int32), 2)
    for data in shipped_policies().values():
        policy = load_policy(data)
        ones = np.ones(3, dtype=np.int64)
        measures = {code: Column(ones * 7, ones) for code in policy.imported_measures}
        measures |= workforce_measures(policy, roster_of(staff), DAY, np.arange(3))
        groups = {"nation": Grouping(np.zeros(3, dtype=np.int32), ("CN",))}
        first = score(policy, Population(3, measures, groups, keys=np.arange(3)))
        score(policy, Population(3, measures, groups, keys=np.arange(3)), first.frozen)
        score(policy, Population(3, measures, groups, keys=np.arange(3)), first.frozen.weights_only())
    assert {name: list(kernel.signatures) for name, kernel in kernels().items()} == before
