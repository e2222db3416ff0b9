"""Runs: what is frozen, what a digest stands for, which inputs are refused."""

from dataclasses import replace

import numpy as np
import pytest
from tests.scoring.mistakes import document

from scoring import (
    ENGINE_VERSION,
    Column,
    Frozen,
    Grouping,
    NumbersTooLarge,
    Outcome,
    Policy,
    Population,
    kernels,
    load_policy,
    score,
    shipped_policies,
    staff,
    warm_up,
)

PROVINCES = ("110000", "220000", "370000")
RANKED = """
code = "ranked"
version = "1"
title = { en = "ranked" }
legal_basis = ["none"]
effective_from = 2024-01-01
governs = { region = "CN" }
grades = [{ code = "LOW", title = { en = "low" } }, { code = "HIGH", title = { en = "high" } }]
measures = [{ code = "m", source = "imported", decimals = 0 }]
domains = [{ code = "d" }]
overall = { base = "score", cuts = [50] }
[[indicators]]
code = "m"
domain = "d"
transform = { kind = "percentile", group = "province", percents = [50], points = [0, 100], counted_from = "lowest" }
"""


@pytest.fixture(scope="module")
def national() -> Policy:
    return load_policy(shipped_policies()["cn-national"])


def made_population(policy: Policy, rows: int = 400) -> Population:
    """The same institutions every time."""
    numbers = np.random.default_rng(2026)
    measures = {}
    for measure in policy.measures:
        top = numbers.integers(0, 600, rows) if measure.source == "imported" else numbers.integers(0, 90, rows)
        bottom = np.where(numbers.random(rows) < 0.02, 0, 1 if measure.source == "imported" else 100)
        measures[measure.code] = Column(top.astype(np.int64), bottom.astype(np.int64))
    groups = {"province": Grouping(numbers.integers(0, 3, rows).astype(np.int32), PROVINCES)}
    return Population(rows, measures, groups, keys=np.arange(rows, dtype=np.int64) + 1000)


def blended() -> Policy:
    made = document(weighted=True)
    made["weighting"] = {"method": "blend", "objective": "entropy", "alpha": "0.5"}
    return Policy.from_document(made)


def test_digests_hold_per_engine_version() -> None:
    """When this fails the arithmetic changed: raise ENGINE_VERSION, then write the new digests here."""
    outcome = score(blended(), made_population(blended()))
    assert (ENGINE_VERSION, outcome.input_digest[:16], outcome.output_digest[:16]) == (
        "1",
        "03fc3728d31db827",
        "777920f84fc10c1f",
    )


def test_a_digest_changes_with_what_it_stands_for(national: Policy) -> None:
    population = made_population(national)
    before = score(national, population)
    column = population.measures["certified_ratio"]
    top = column.numerator.copy()
    top[7] += 1
    changed = replace(population, measures={**population.measures, "certified_ratio": Column(top, column.denominator)})
    after = score(national, changed)
    assert after.input_digest != before.input_digest
    assert after.output_digest != before.output_digest
    unmeasured = replace(population, measures={**population.measures, "unheard_of": column})
    assert score(national, unmeasured).input_digest == before.input_digest


def test_the_numbering_of_groups_does_not_matter(national: Policy) -> None:
    population = made_population(national)
    given = population.groups["province"]
    renumbered = Grouping((2 - given.index).astype(np.int32), PROVINCES[::-1])
    other = score(national, replace(population, groups={"province": renumbered}))
    assert other.input_digest == score(national, population).input_digest


def same_ratings(one: Outcome, other: Outcome) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("score", "stars", "contributions"))


def test_weights_in_force_stay_until_they_are_recomputed(national: Policy) -> None:
    population = made_population(national)
    first = score(national, population)
    fewer = population.take(np.arange(50, dtype=np.int64))
    nightly = score(national, fewer, first.frozen.weights_only())
    assert nightly.weights.final == first.weights.final
    assert not nightly.weights.recomputed
    assert np.array_equal(nightly.score, first.score[:50])
    assert score(national, fewer).weights.final != first.weights.final


def test_weights_that_do_not_sum_are_refused(national: Policy) -> None:
    codes = {indicator.code: 1 for indicator in national.indicators}
    with pytest.raises(ValueError, match="1,000,000"):
        score(national, made_population(national), Frozen(weights=codes))


def ranked(values: list[int], frozen: Frozen | None = None) -> Outcome:
    rows = len(values)
    groups = {"province": Grouping(np.zeros(rows, dtype=np.int32), PROVINCES)}
    column = Column.of_decimals(np.array(values, dtype=np.int64), 0)
    return score(load_policy(RANKED.encode()), Population(rows, {"m": column}, groups), frozen)


def test_incremental_runs_compare_with_the_frozen_distribution() -> None:
    full = ranked([1, 2, 3, 4])
    assert full.stars.tolist() == [1, 1, 2, 2]
    assert full.frozen.cuts == {"m": {"province:110000": (2,)}}
    alone = ranked([3], full.frozen)
    assert alone.stars.tolist() == [2]
    assert ranked([3]).stars.tolist() == [1]


def test_an_incremental_rank_is_where_one_would_stand() -> None:
    full = ranked([1, 2, 3, 4])
    assert full.ranks.nation.tolist() == [2, 2, 1, 1]
    frozen = replace(full.frozen, standings={"nation:": (9000, 5000, 0), "province:110000": (9000,)})
    again = ranked([3, 1], frozen)
    assert again.ranks.nation.tolist() == [1, 3]
    assert again.ranks.region.tolist() == [1, 2]
    assert again.ranks.kind.tolist() == [0, 0]


def test_numbers_beyond_the_exact_range_are_refused(national: Policy) -> None:
    huge = Column(np.array([2**62], dtype=np.int64), np.array([1], dtype=np.int64))
    with pytest.raises(NumbersTooLarge, match="assessment_service"):
        score(national, Population(1, {"assessment_service": huge}))


def test_inputs_of_unequal_length_are_refused() -> None:
    ones = np.ones(2, dtype=np.int64)
    with pytest.raises(ValueError, match="one length"):
        Column(ones, ones[:1])
    with pytest.raises(ValueError, match="negative"):
        Column(ones, -ones)
    with pytest.raises(ValueError, match="2 rows"):
        Population(3, {"m": Column(ones, ones)})
    with pytest.raises(ValueError, match="distinct"):
        Population(2, {}, keys=ones)


def test_frozen_round_trips(national: Policy) -> None:
    frozen = score(national, made_population(national)).frozen
    assert Frozen.from_document(frozen.as_document()) == frozen
    assert Frozen.from_document(Frozen().as_document()) == Frozen()


def test_distributions_describe_every_measure(national: Policy) -> None:
    population = made_population(national)
    outcome = score(national, population)
    assert [entry.code for entry in outcome.distributions] == [measure.code for measure in national.measures]
    for entry in outcome.distributions:
        assert entry.present + entry.missing == population.n
        assert list(entry.quantiles) == sorted(entry.quantiles)


def test_warming_up_leaves_nothing_to_compile_for_a_run(national: Policy) -> None:
    warm_up()
    loops = [loop for module in (kernels, staff) for loop in vars(module).values() if hasattr(loop, "signatures")]
    compiled = [len(loop.signatures) for loop in loops]
    assert sum(compiled) > 0
    score(national, made_population(national))
    assert [len(loop.signatures) for loop in loops] == compiled


def test_policies_are_in_force_through_their_last_day() -> None:
    policy = load_policy(RANKED.replace("[[indicators]]", "[[indicators]]", 1).encode())
    assert policy.in_force(policy.effective_from)
    last = load_policy(RANKED.replace("governs", "effective_to = 2024-12-31\ngoverns", 1).encode())
    assert last.effective_to is not None
    assert last.in_force(last.effective_to)
    assert not last.in_force(last.effective_to.replace(year=2025))
    assert not last.in_force(last.effective_from.replace(year=2023))


def test_what_a_caller_has_to_supply(national: Policy) -> None:
    assert national.imported_measures == (
        "assessment_environment", "assessment_facilities", "assessment_operations", "assessment_service",
    )  # fmt: skip
    assert national.flag_codes == ("ABUSE_FINDING", "UNLICENSED")
    assert national.needs_roster
    assert national.recompute == "monthly"
    staffing = load_policy(shipped_policies()["us-cms-staffing"])
    assert staffing.flag_codes == ("FOOTNOTE_12",)
    assert staffing.recompute == "never"
