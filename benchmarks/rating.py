"""From measures to ranks under the national policy: the scoring core against polars doing the same with expressions."""

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import fsum, log

import numpy as np
import polars as pl
from common.command import arguments, deliver, read_options
from common.measure import Arm, Ratio, interleave, paired
from common.report import Line, Report

from scoring import Column, Frozen, Outcome, Policy, Population, load_policy, rate, shipped_policies
from scoring.engine import grade
from scoring.inputs import Grouping
from scoring.policy.indicators import Indicator
from scoring.policy.transforms import Linear
from scoring.weights import PARTS, blend

PROVINCES = tuple(f"{number}0000" for number in range(11, 42))
RANKS = ("nation", "region", "kind")
ASSESSED = {"environment": 120, "facilities": 130, "operations": 150, "service": 600}
MILLION = 10**6


def drawn(policy: Policy, n: int) -> Population:
    """Draw institutions of which every measure is known."""
    dice = np.random.default_rng(4)
    measures = {}
    for measure in policy.measures:
        most = ASSESSED.get(measure.code.removeprefix("assessment_"))
        if most:
            measures[measure.code] = Column.of_decimals(dice.integers(50 * most, 100 * most, n), 2)
        else:
            below = dice.integers(1, 40, n)
            measures[measure.code] = Column(np.minimum(dice.integers(0, 41, n), below), below)
    groups = {"province": Grouping(dice.integers(0, len(PROVINCES), n).astype(np.int32), PROVINCES)}
    groups["kind"] = Grouping(np.zeros(n, np.int32), ("CARE_HOME",))
    return Population(n, measures, groups)


def frame_of(policy: Policy, population: Population) -> pl.DataFrame:
    """Return the same measures and groups as columns."""
    columns = {"province": population.groups["province"].index, "kind": population.groups["kind"].index}
    for measure in policy.measures:
        column = population.measures[measure.code]
        columns[f"top_{measure.code}"], columns[f"below_{measure.code}"] = column.numerator, column.denominator
    return pl.DataFrame(columns)


def _half_up(top: pl.Expr, below: pl.Expr | int) -> pl.Expr:
    return (2 * top + below) // (2 * below)


def _rounded(policy: Policy) -> list[pl.Expr]:
    return [
        _half_up(pl.col(f"top_{m.code}") * 10**m.decimals, pl.col(f"below_{m.code}")).alias(m.code)
        for m in policy.measures
    ]


def _line(policy: Policy, indicator: Indicator) -> pl.Expr:
    """Points along a line between breakpoints, rounded half up."""
    line, value = indicator.transform, pl.col(policy.measures[indicator.measure].code)
    assert isinstance(line, Linear)
    found = pl.when(value <= line.values[0]).then(pl.lit(line.points[0], pl.Int64))
    for at in range(len(line.values) - 1):
        width, rise = line.values[at + 1] - line.values[at], line.points[at + 1] - line.points[at]
        between = line.points[at] + _half_up(rise * (value - line.values[at]), width)
        found = found.when(value < line.values[at + 1]).then(between)
    return found.otherwise(line.points[-1]).alias(f"points_{indicator.code}")


def _levels(policy: Policy) -> list[pl.Expr]:
    most = policy.score.maximum * 10**policy.points_decimals
    return [_half_up(10_000 * pl.col(f"points_{i.code}"), most).alias(f"level_{i.code}") for i in policy.indicators]


def _divergence(levels: pl.Series) -> float:
    counts = levels.value_counts().sort(levels.name)
    share = pl.col(levels.name) / int(levels.sum())
    spread = counts.filter(pl.col(levels.name) > 0).select((pl.col("count") * share * share.log()).sum()).item()
    return 0.0 if counts.height == 1 else max(0.0, 1.0 + float(spread) / log(levels.len()))


def weigh(policy: Policy, frame: pl.DataFrame) -> tuple[int, ...]:
    """Entropy weights, blended within their bounds; the blending of a dozen numbers is the scoring core's."""
    raw = [_divergence(frame[f"level_{indicator.code}"]) for indicator in policy.indicators]
    parts = [round(value / fsum(raw) * PARTS) for value in raw]
    bounds = [indicator.weight for indicator in policy.indicators if indicator.weight is not None]
    return blend(bounds, [Fraction(part, sum(parts)) for part in parts], policy.weighting.alpha)


def _sums(policy: Policy, weights: Sequence[int]) -> list[pl.Expr]:
    """Domain points and the score, each rounded half up once from the exact figure."""
    finer = 10 ** (policy.points_decimals - policy.score.decimals)
    weighed = [weight * pl.col(f"points_{i.code}") for i, weight in zip(policy.indicators, weights, strict=True)]
    found = [_half_up(pl.sum_horizontal(weighed), MILLION * finer).alias("score")]
    for place, domain in enumerate(policy.domains):
        inside = [at for at, i in enumerate(policy.indicators) if any(m.domain == place for m in i.memberships)]
        total = pl.sum_horizontal([weighed[at] for at in inside])
        whole = sum(weights[at] for at in inside)
        found.append(_half_up(total, whole * finer).alias(f"domain_{domain.code}"))
    return found


def _passed(value: pl.Expr, cuts: Sequence[int]) -> pl.Expr:
    return pl.sum_horizontal([(value >= cut).cast(pl.Int8) for cut in cuts])


def _grade(policy: Policy) -> pl.Expr:
    """By the score, held down by floors and staffing requirements."""
    hundred = 10**policy.score.decimals
    held = [_passed(pl.col("score"), [cut * hundred for cut in (360, 450, 570, 780, 900)])]
    shares = [share * hundred for share in (400, 500, 600, 800, 900)]
    held += [_passed(pl.col(f"domain_{part}"), shares) for part in ASSESSED]
    held.append(2 + _passed(pl.col("certified_ratio"), [5000, 7000, 9000]))
    held.append(2 + _passed(pl.col("care_adequacy"), [7000, 8500, 10000]))
    return pl.min_horizontal(held).alias("stars")


def _ranks() -> list[pl.Expr]:
    score = pl.when(pl.col("stars") > 0).then(pl.col("score"))
    dense = score.rank("dense", descending=True)
    found = dense, dense.over("province"), dense.over("kind")
    return [rank.fill_null(0).alias(name) for name, rank in zip(RANKS, found, strict=True)]


def rated_by_polars(policy: Policy, frame: pl.DataFrame) -> tuple[tuple[int, ...], pl.DataFrame]:
    """Weights, scores, grades and ranks with polars: lazy but for the weights, which need the levels of all."""
    points = [_line(policy, indicator) for indicator in policy.indicators]
    known = frame.lazy().with_columns(_rounded(policy)).with_columns(points).with_columns(_levels(policy)).collect()
    weights = weigh(policy, known)
    scored = known.lazy().with_columns(_sums(policy, weights)).with_columns(_grade(policy))
    return weights, scored.select("score", "stars", *_ranks()).collect()


def _check(outcome: Outcome, weights: tuple[int, ...], found: pl.DataFrame) -> str:
    same = outcome.weights.final == weights
    wanted = {"score": outcome.score, "stars": outcome.stars, **{name: getattr(outcome.ranks, name) for name in RANKS}}
    if not same or not all(np.array_equal(found[name].to_numpy(), values) for name, values in wanted.items()):
        raise AssertionError("polars rates otherwise")
    return f"polars gives the same weights, and the same score, grade and three ranks of {outcome.n:,} institutions"


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def run(institutions: int, repetitions: int) -> Report:
    """Measure."""
    policy = load_policy(shipped_policies()["cn-national"])
    population = drawn(policy, institutions)
    frame = frame_of(policy, population)
    report = Report("rating", "From measures to ranks in memory", institutions, repetitions)
    report.checks.append(_check(rate(policy, population), *rated_by_polars(policy, frame)))
    arms = [
        Arm("same", lambda: _timed(lambda: grade(policy, population, Frozen(), None))),
        Arm("whole", lambda: _timed(lambda: rate(policy, population))),
        Arm("polars", lambda: _timed(lambda: rated_by_polars(policy, frame))),
    ]
    times = interleave(arms, repetitions)
    tasks = {
        "same": "weights, scores, grades, ranks",
        "whole": "and contributions, quantiles of the measures, which polars is not asked for",
    }
    for arm, what in tasks.items():
        middles = " : ".join(f"{Ratio.of(times[name]).middle * 1000:.0f} ms" for name in ("polars", arm))
        report.lines.append(Line(what, "polars, all cores", "speed", paired(times["polars"], times[arm]), middles))
    return report


def main() -> None:
    """Print what was found."""
    options = read_options(arguments(__doc__ or "", 5))
    deliver(run(options.institutions, options.repetitions), options)


if __name__ == "__main__":
    main()
