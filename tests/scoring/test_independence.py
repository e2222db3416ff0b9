"""What others do not change: one institution alone, or rated by several threads at once, gets the same rating."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.scoring.strategies import crowds, documents, population_of
from tests.scoring.test_engine import CALM, made_policy
from tests.scoring.test_runs import blended, made_population

from scoring import score


@settings(CALM, max_examples=60)
@given(st.data())
def test_without_terms_of_the_population_one_alone_is_rated_as_among_all(data: st.DataObject) -> None:
    policy = made_policy(data.draw(documents()))
    population = population_of(policy, data.draw(crowds(policy)))
    whole = score(policy, population)
    assume(not whole.frozen.cuts and not policy.weighting.alpha)
    for row in range(population.n):
        alone = score(policy, population.take(np.array([row], dtype=np.int64)))
        for name in ("score", "stars", "contributions", "domain_grades", "stages"):
            assert np.array_equal(getattr(alone, name)[0], getattr(whole, name)[row]), name


def test_threads_at_once_give_the_digest_of_one() -> None:
    policy, population = blended(), made_population(blended(), 5_000)
    alone = score(policy, population).output_digest
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: score(policy, population).output_digest, range(8))) == {alone}
