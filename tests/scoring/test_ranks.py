"""Ranks: counted where scores lie close, sorted where they lie far apart, looked up among frozen ones."""

import numpy as np
import pytest

from scoring.inputs import Grouping, Population
from scoring.ranks import FEW_AMONG, MOST_COUNTED, find_ranks

CODES = ("a", "b", "c")


def drawn(most: int, n: int = 3000) -> tuple[Population, np.ndarray, np.ndarray]:
    """Institutions in three provinces or none, some not rated, with scores up to `most`."""
    dice = np.random.default_rng(5)
    index = dice.integers(-1, 3, n).astype(np.int32)
    return Population(n, {}, {"province": Grouping(index, CODES)}), dice.integers(0, most, n), dice.random(n) < 0.9


@pytest.mark.parametrize("most", [50, 100 * MOST_COUNTED], ids=["close", "far"])
def test_a_rank_is_one_more_than_the_distinct_scores_above_it(most: int) -> None:
    population, score, rated = drawn(most)
    ranks, standings = find_ranks(population, score, rated, None)
    index = population.groups["province"].index
    for at, code in enumerate(CODES):
        rows = np.flatnonzero(rated & (index == at))
        falling = sorted(set(score[rows].tolist()), reverse=True)
        assert standings[f"province:{code}"].tolist() == falling
        assert ranks.region[rows].tolist() == [falling.index(value) + 1 for value in score[rows].tolist()]
    assert not ranks.region[(index < 0) | ~rated].any()


@pytest.mark.parametrize("rows", [1, 3000 // FEW_AMONG + 1, 3000], ids=["one", "some", "all"])
def test_a_frozen_rank_is_where_the_score_would_stand(rows: int) -> None:
    _, score, rated = drawn(10**6)
    frozen = find_ranks(Population(score.size, {}), score, rated, None)[1]
    asked = score[:rows] + np.arange(rows) % 2
    falling = next(tuple(scores.tolist()) for group, scores in frozen.items() if group.startswith("nation:"))
    found = find_ranks(Population(rows, {}), asked, np.ones(rows, dtype=np.bool_), {"nation:": falling})[0].nation
    assert found.tolist() == [sum(other > value for other in falling) + 1 for value in asked.tolist()]
