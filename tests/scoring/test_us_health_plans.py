"""Medicare health plans from the stars of single measures: the reward, a two-way table, is worked out in fractions."""

import random
from fractions import Fraction

from tests.scoring.outsiders import Row, half_up, policy_in, rated, reached, some

WEIGHTS = {
    "screening": 1,
    "vaccine": 1,
    "medicine_review": 1,
    "blood_sugar": 3,
    "readmissions": 3,
    "access": 2,
    "rating_of_care": 2,
    "improvement": 5,
}
REWARDS = [[0, 0, 0], ["0.2", "0.1", 0], ["0.4", "0.3", 0]]
HALVES = ["1.25", "1.75", "2.25", "2.75", "3.25", "3.75", "4.25", "4.75"]


def plan(chance: random.Random) -> Row:
    usual = chance.choice([2, 3, 4, 4, 5])
    row = some(chance, list(WEIGHTS), lambda: min(max(usual + chance.choice([-1, 0, 0, 1]), 1), 5), 0.2)
    return row | some(chance, ["categorical_adjustment"], lambda: chance.choice([-0.02, 0, 0.05]), 0.3)


def moments(stars: dict[str, int]) -> tuple[Fraction, Fraction]:
    """The weighted mean, and the weighted variance for a sample."""
    weight, number = sum(WEIGHTS[code] for code in stars), len(stars)
    mean = Fraction(sum(WEIGHTS[code] * star for code, star in stars.items()), weight)
    spread = sum(WEIGHTS[code] * (star - mean) ** 2 for code, star in stars.items())
    return mean, number * spread / ((number - 1) * weight)


def test_the_reward_is_added_to_the_mean_and_the_whole_rounded_to_half_stars() -> None:
    chance = random.Random(7)
    rows = [plan(chance) for _ in range(400)]
    outcome, rewarded = rated(policy_in("us-medicare-part-c"), rows), set()
    for at, row in enumerate(rows):
        stars = {code: row[code] for code in WEIGHTS if code in row}
        if len(stars) < 4:
            assert outcome.stars[at] == 0
            continue
        mean, variance = (half_up(figure, 6) for figure in moments(stars))
        reward = Fraction(REWARDS[reached(mean, ["3.6", "3.9"])][reached(variance, ["0.9", "1.5"])])
        rewarded.add(reward)
        whole = mean + reward + Fraction(str(row.get("categorical_adjustment", 0)))
        assert int(outcome.score[at]) == whole * 10**6
        assert int(outcome.stars[at]) == 1 + reached(whole, HALVES)
        assert int(outcome.contributions[at].sum()) == int(outcome.score[at])
    assert {Fraction(0), Fraction("0.2"), Fraction("0.4")} <= rewarded
