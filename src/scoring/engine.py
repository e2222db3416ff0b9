"""One scoring run: the stages in order, each a function of what came before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scoring.digests import input_digest, output_digest
from scoring.domains import Scored, Sums, grade_domains, score_domains, sum_domains, unrated_domains
from scoring.facts import Facts
from scoring.figures import Pointed, Rounded
from scoring.grading import Earlier, Trail, grade_overall
from scoring.inputs import Ints, Population, Previous
from scoring.measuring import measure_all
from scoring.outcome import Distribution, Frozen, Outcome, Ranks, Weights
from scoring.plan import Plan, plan_of
from scoring.points import give_points
from scoring.policy.policy import Policy
from scoring.quantiles import standing_at
from scoring.ranks import Standings, find_ranks
from scoring.sharing import side_by_side, threads_for
from scoring.splitting import Parts, contributions
from scoring.version import ENGINE_VERSION
from scoring.weights import find_weights

QUANTILE_PERCENTS = (0, 5, 25, 50, 75, 95, 100)


def score(
    policy: Policy, population: Population, frozen: Frozen | None = None, previous: Previous | None = None
) -> Outcome:
    """Rates a population under a policy.

    What `frozen` holds is taken over, what it leaves out is worked out over the population; `previous` serves held
    percentiles and the upgrade limit. Raises NumbersTooLarge where a measure leaves the exact range.
    """
    outcome = rate(policy, population, frozen, previous)
    return replace(
        outcome,
        input_digest=input_digest(policy, population, frozen, previous),
        output_digest=output_digest(population, outcome),
    )


def rate(
    policy: Policy, population: Population, frozen: Frozen | None = None, previous: Previous | None = None
) -> Outcome:
    """Rates as `score` does but leaves the digests empty: they take in all that is frozen, every score of a nation."""
    graded = grade(policy, population, frozen or Frozen(), previous)
    scored, pointed, plan = graded.scored, graded.pointed, graded.plan
    parts = Parts.of(pointed.points, pointed.counted, plan.coefficients, plan.members)
    standings = frozen.standings if frozen else None
    if standings is None:
        standings = {group: tuple(scores.tolist()) for group, scores in graded.standings.items()}
    outcome = _outcome(policy, graded, standings, contributions(scored.score, scored.giving, parts))
    return replace(outcome, distributions=_distributions(policy, graded.trail.facts.rounded, population.n))


@dataclass(frozen=True, slots=True, eq=False)
class Graded:
    """Weights, scores, grades and ranks, with what they came from."""

    pointed: Pointed
    weights: Weights
    plan: Plan
    scored: Scored
    trail: Trail
    ranks: Ranks
    standings: Standings


def grade(policy: Policy, population: Population, held: Frozen, previous: Previous | None) -> Graded:
    """Measures to points, weights, scores, grades and ranks; the score not yet split over what it came from."""
    known = measure_all(policy.measures, population)
    pointed = give_points(policy, known, held.cuts, previous)
    weights = find_weights(policy, pointed.transformed, pointed.present, held.weights)
    plan = plan_of(policy, weights.final)
    sums = sum_domains(policy, plan, pointed)
    facts = _facts(policy, population, known.rounded, pointed, sums)
    grade_domains(policy, facts, held.cuts)
    scored = score_domains(policy, plan, sums, facts)
    facts.score, facts.scored = scored.score, scored.scored
    trail = grade_overall(policy, facts, unrated_domains(policy, sums, facts), Earlier(held.cuts, previous))
    ranked = find_ranks(population, facts.score, (facts.grade > 0) & facts.scored, held.standings)
    return Graded(pointed, weights, plan, scored, trail, *ranked)


def _facts(policy: Policy, population: Population, figures: Rounded, pointed: Pointed, sums: Sums) -> Facts:
    n = population.n
    return Facts(
        population=population,
        rounded=figures,
        pointed=pointed,
        domain_points=sums.rounded,
        domain_present=sums.present,
        domain_grades=np.zeros((n, len(policy.domains)), dtype=np.int8, order="F"),
        score=np.zeros(n, dtype=np.int64),
        scored=np.zeros(n, dtype=np.bool_),
        grade=np.zeros(n, dtype=np.int8),
    )


def _outcome(policy: Policy, graded: Graded, standings: Mapping[str, tuple[int, ...]], given: Ints) -> Outcome:
    trail, weights = graded.trail, graded.weights
    facts = trail.facts
    codes = {indicator.code: weight for indicator, weight in zip(policy.indicators, weights.final, strict=True)}
    counts = np.bincount(facts.grade, minlength=len(policy.grades) + 1)
    return Outcome(
        n=facts.n,
        values=facts.pointed.values,
        present=facts.pointed.present,
        counted=facts.pointed.counted,
        points=facts.pointed.points,
        transformed=facts.pointed.transformed,
        domain_points=facts.domain_points,
        domain_present=facts.domain_present,
        domain_grades=facts.domain_grades,
        score=facts.score,
        scored=facts.scored,
        stars=facts.grade,
        reason=trail.reason,
        reasons=trail.reasons,
        contributions=given,
        stage_codes=tuple(trail.codes),
        stages=np.stack(trail.grades, axis=1),
        limits=np.stack(trail.applied, axis=1),
        ranks=graded.ranks,
        weights=weights,
        frozen=Frozen(codes, facts.pointed.cuts, standings),
        distributions=(),
        counts=tuple(counts.tolist()),
        engine_version=ENGINE_VERSION,
    )


def _distributions(policy: Policy, figures: Rounded, rows: int) -> tuple[Distribution, ...]:
    def spread(index: int) -> Distribution:
        values, present = figures.values[index], figures.present[index]
        measure, count = policy.measures[index], int(np.count_nonzero(present))
        known = values if count == values.shape[0] else values[present]
        places = [max(-(-percent * count // 100), 1) - 1 for percent in QUANTILE_PERCENTS]
        return Distribution(
            measure.code, measure.decimals, count, values.shape[0] - count, standing_at(known, places) if count else ()
        )

    return tuple(side_by_side(spread, range(len(policy.measures)), threads_for(rows)))
