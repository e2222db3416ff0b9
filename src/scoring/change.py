"""Why a rating differs from the one before: parts for own data, weights, others' figures, policy that sum exactly."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.engine import rate
from scoring.explain import decimal_text
from scoring.inputs import Population, Previous
from scoring.outcome import Frozen, Outcome
from scoring.policy.policy import Policy

Json = dict[str, Any]
POLICY, WEIGHTS, COMPARISON, OWN_DATA = "policy", "weights", "comparison", "own_data"


@dataclass(frozen=True, slots=True, eq=False)
class Standpoint:
    """What one rating rested on: the policy, the institution's row alone, and what the full run fixed.

    `previous` is what its policy looked back to. `as_later` is the same facts as the later policy measures them, for
    an earlier standpoint under another policy; None where both measure alike.
    """

    policy: Policy
    population: Population
    frozen: Frozen
    previous: Previous | None = None
    as_later: Population | None = None


def split_change(before: Standpoint, after: Standpoint) -> Json:
    """The change of score and grade from one rating to the next, part by part in a fixed order.

    The earlier data are rated under the new policy, then with the new weights, then among the new cuts and bounds;
    last come the new data. Each part is the difference of neighbours, so that the parts sum to the change exactly.
    A score is None where there is none; its neighbours' parts then are too.
    """
    decimals = max(before.policy.decimals, after.policy.decimals)
    steps = [("", _rated(before.policy, before)), *_steps(before, after)]
    scores = [_score(policy, outcome, decimals) for _, (policy, outcome) in steps]
    stars = [int(outcome.stars[0]) for _, (_, outcome) in steps]
    parts = [
        {
            "part": steps[at][0],
            "score": _difference(scores[at - 1], scores[at], decimals),
            "grades": stars[at] - stars[at - 1],
        }
        for at in range(1, len(steps))
    ]
    return {
        "before": {"score": _shown(scores[0], decimals), "stars": stars[0]},
        "after": {"score": _shown(scores[-1], decimals), "stars": stars[-1]},
        "score": _difference(scores[0], scores[-1], decimals),
        "grades": stars[-1] - stars[0],
        "parts": parts,
    }


Rated = tuple[Policy, Outcome]


def _steps(before: Standpoint, after: Standpoint) -> Iterator[tuple[str, Rated]]:
    frozen = _carried(before, after)
    earlier = replace(before, population=before.as_later or before.population)
    yield POLICY, _rated(after.policy, replace(earlier, frozen=frozen))
    frozen = replace(frozen, weights=after.frozen.weights)
    yield WEIGHTS, _rated(after.policy, replace(earlier, frozen=frozen))
    yield COMPARISON, _rated(after.policy, replace(earlier, frozen=after.frozen))
    yield OWN_DATA, _rated(after.policy, after)


def _carried(before: Standpoint, after: Standpoint) -> Frozen:
    """The earlier weights and cuts as far as they fit the later policy, else the later ones."""
    codes = [[indicator.code for indicator in stand.policy.indicators] for stand in (before, after)]
    weights = before.frozen.weights if codes[0] == codes[1] else after.frozen.weights
    same = _shapes(before.frozen) == _shapes(after.frozen) and before.policy.sha256 == after.policy.sha256
    return Frozen(weights, before.frozen.cuts if same else after.frozen.cuts, {})


def _shapes(frozen: Frozen) -> set[str]:
    return set(frozen.cuts or {})


def _rated(policy: Policy, stand: Standpoint) -> Rated:
    frozen = replace(stand.frozen, standings={})
    looked_back = stand.previous if policy.sha256 == stand.policy.sha256 else None
    return policy, rate(policy, stand.population, frozen, looked_back)


def _score(policy: Policy, outcome: Outcome, decimals: int) -> int | None:
    if outcome.n != 1:
        raise ValueError("a change is split for one institution at a time")
    return int(outcome.score[0]) * 10 ** (decimals - policy.decimals) if outcome.scored[0] else None


def _difference(first: int | None, second: int | None, decimals: int) -> str | None:
    return None if first is None or second is None else decimal_text(second - first, decimals)


def _shown(scaled: int | None, decimals: int) -> str | None:
    return None if scaled is None else decimal_text(scaled, decimals)


def moves(before: NDArray[np.int8], after: NDArray[np.int8], grades: int) -> tuple[tuple[int, ...], ...]:
    """How many institutions moved from each grade (row) to each (column); 0 = not rated, int8[n] in one order."""
    width = grades + 1
    pairs = np.bincount(before.astype(np.int64) * width + after, minlength=width * width)
    return tuple(tuple(line) for line in pairs.reshape(width, width).tolist())
