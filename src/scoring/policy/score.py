"""The score of a policy: of which domains it is made, how it is rounded and rescaled."""

from dataclasses import dataclass
from fractions import Fraction

from scoring.policy.context import Names
from scoring.policy.indicators import BY_POINTS, Weighting, read_factor
from scoring.policy.reader import Reader


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How domains make the score: of their points or their grades, each times its factor.

    `rescale_by` says what counts as available where points are added: the most points of the indicators that are there,
    or their factors, which makes a domain the mean of what there is.
    """

    of: str
    decimals: int
    maximum: int
    factors: tuple[tuple[int, Fraction], ...]
    rescale_within: str
    rescale_by: str
    rescale_decimals: int


def read_score(document: Reader, names: Names, weighting: Weighting) -> ScoreRule:
    """Reads `[score]` once the domains are known."""
    reader = document.child("score")
    decimals = names.score_decimals
    reader.seen.update(("decimals", "points_decimals", "rescale_by"))
    weighted = weighting.method != BY_POINTS
    rule = ScoreRule(
        of=reader.choice("of", ("points", "grades")),
        decimals=decimals,
        maximum=reader.integer("maximum", 100, 1, 100_000) if weighted or reader.has("maximum") else 0,
        factors=_factors(reader, names, weighted),
        rescale_within=reader.choice("rescale_within", ("domain", "score")),
        rescale_by=names.rescale_by,
        rescale_decimals=reader.integer("rescale_decimals", decimals, 0, decimals),
    )
    if rule.of == "grades":
        for place, (domain, _) in enumerate(rule.factors):
            if domain >= 0 and list(names.domains)[domain] not in names.graded_domains:
                reader.note(f"domains.{place}", "no-domain-grade", name=list(names.domains)[domain])
    reader.text("note")
    reader.finish()
    return rule


def _factors(reader: Reader, names: Names, weighted: bool) -> tuple[tuple[int, Fraction], ...]:
    if not reader.has("domains"):
        return tuple((index, Fraction(1)) for index in range(len(names.domains)))
    if weighted and reader.text("of", "points") == "points":
        reader.note("domains", "not-in-score")
    factors: dict[int, Fraction] = {}
    for inner in reader.children("domains", required=True):
        domain = names.domain(inner, "domain")
        if domain in factors and domain >= 0:
            inner.note("domain", "duplicate", name=list(names.domains)[domain])
        factors[domain] = read_factor(inner)
        inner.finish()
    return tuple(factors.items())
