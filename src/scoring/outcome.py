"""What a run gives back: ratings, weights, what later incremental runs hold on to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.inputs import Bools, Indexes, Ints
from scoring.policy.text import Text


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a stable code with its wording."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of a run in millionths by indicator, each tuple in the policy's indicator order.

    `final` sums to 1,000,000; `objective` is what entropy or CRITIC alone say (equal to `base` for fixed weights);
    `recomputed` is false where weights in force were taken over or where points are simply added (then `final` is
    each indicator's share of the greatest possible score). `rows` is how many institutions they rest on.
    """

    final: tuple[int, ...]
    base: tuple[int, ...]
    objective: tuple[int, ...]
    lower: tuple[int, ...]
    upper: tuple[int, ...]
    recomputed: bool
    rows: int


SCORE_CUTS = "overall:score"
"""The name under which the cuts of the overall placing are frozen; no code of a policy holds a colon."""

Cuts = Mapping[str, Mapping[str, tuple[int, ...]]]
"""indicator code -> group (`province:220000`) -> cuts or bounds as scaled integers"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a full run fixes for the runs after it; a part that is None is worked out anew.

    `weights` in millionths by indicator code; `cuts` of percentiles and bounds of minmax by indicator code and group;
    `standings`: group (`nation:CN`) -> the distinct scores of rated institutions, highest first.
    """

    weights: Mapping[str, int] | None = None
    cuts: Cuts | None = None
    standings: Mapping[str, tuple[int, ...]] | None = None

    def weights_only(self) -> "Frozen":
        """The weights in force without cuts and standings: what a nightly full run starts from."""
        return Frozen(weights=self.weights)

    def as_document(self) -> dict[str, Any]:
        """The whole as JSON-able values."""
        return {
            "weights": None if self.weights is None else dict(self.weights),
            "cuts": None
            if self.cuts is None
            else {code: {group: list(values) for group, values in by.items()} for code, by in self.cuts.items()},
            "standings": None
            if self.standings is None
            else {group: list(scores) for group, scores in self.standings.items()},
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Frozen":
        """The inverse of `as_document`."""
        weights, cuts, standings = (document.get(key) for key in ("weights", "cuts", "standings"))
        return cls(
            weights=None if weights is None else {code: int(weight) for code, weight in weights.items()},
            cuts=None
            if cuts is None
            else {code: {group: tuple(values) for group, values in by.items()} for code, by in cuts.items()},
            standings=None if standings is None else {group: tuple(scores) for group, scores in standings.items()},
        )


@dataclass(frozen=True, slots=True)
class Distribution:
    """One measure over the population: how many have it; quantiles (0, 5, 25, 50, 75, 95, 100 %) in 10**-decimals."""

    code: str
    decimals: int
    present: int
    missing: int
    quantiles: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Dense ranks from 1 among rated institutions by score; 0 for none. int32[n] each."""

    nation: Indexes
    region: Indexes
    kind: Indexes


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The ratings of a run. n institutions, m indicators, d domains, all in the policy's order.

    values        int64[n, m]   rounded measures behind the indicators, 10**-decimals of the measure
    present       bool[n, m]    whether the measure had a value (and a group to compare with, where one is needed)
    counted       bool[n, m]    whether the indicator counted: it had a value, or its missing rule put one in its place
    points        int64[n, m]   points in 10**-points_decimals
    transformed   int32[n, m]   points as 0…10,000 of the maximum, what weights are computed from
    domain_points int64[n, d]   rounded domain points in 10**-score.decimals; meaningful where domain_present
    domain_present bool[n, d]
    domain_grades int8[n, d]    0 where the domain has no grade
    score         int64[n]      10**-score.decimals; 0 where not scored
    scored        bool[n]
    stars         int8[n]       the grade before credit caps; 0 = not rated
    reason        int16[n]      index into `reasons`; 0 = none: why there is no rating, or which exception fixed it
    contributions int64[n, m]   10**-score.decimals, adding up to the score exactly
    stages        int8[n, s]    the overall grade after each stage of `stage_codes`: base, steps, floors, requirements,
                                caps, limits, exceptions, in this order; 0 = none at that stage
    limits        bool[n, s]    which stages applied to the row (its condition held, its demand was unmet)
    """

    n: int
    values: Ints
    present: Bools
    counted: Bools
    points: Ints
    transformed: Indexes
    domain_points: Ints
    domain_present: Bools
    domain_grades: NDArray[np.int8]
    score: Ints
    scored: Bools
    stars: NDArray[np.int8]
    reason: NDArray[np.int16]
    reasons: tuple[Reason, ...]
    contributions: Ints
    stage_codes: tuple[str, ...]
    stages: NDArray[np.int8]
    limits: Bools
    ranks: Ranks
    weights: Weights
    frozen: Frozen
    distributions: tuple[Distribution, ...]
    counts: tuple[int, ...] = field(default=())
    """How many institutions at each grade; index 0 = not rated, index g = grade g."""
    input_digest: str = ""
    output_digest: str = ""
    engine_version: str = ""

    @property
    def graded_by_place(self) -> bool:
        """Whether the base grade is the score's place among others."""
        return SCORE_CUTS in (self.frozen.cuts or {})
