"""The obvious way to rate one institution after the other, in fractions: what the engine must equal exactly."""

from collections.abc import Sequence

from tests.scoring.reference_domains import contributions, domain_points, find_score
from tests.scoring.reference_grades import grade_domains, overall
from tests.scoring.reference_points import give_points, round_measures
from tests.scoring.reference_rows import Institution, Rating
from tests.scoring.reference_weights import find_weights

from scoring.policy.policy import Policy


def rate(policy: Policy, institutions: Sequence[Institution]) -> tuple[list[Rating], list[int]]:
    """The ratings and the weights in millionths."""
    ratings = [Rating() for _ in institutions]
    for institution, rating in zip(institutions, ratings, strict=True):
        round_measures(policy, institution, rating)
    for at in range(len(policy.indicators)):
        give_points(policy, at, institutions, ratings)
    weights = find_weights(policy, ratings)
    everybody = institutions, ratings
    for rating in ratings:
        rating.domain_points = [domain_points(policy, weights, at, rating) for at in range(len(policy.domains))]
    for institution, rating in zip(institutions, ratings, strict=True):
        grade_domains(policy, institution, rating, everybody)
        rating.score = find_score(policy, weights, rating)
    for institution, rating in zip(institutions, ratings, strict=True):
        overall(policy, institution, rating, everybody)
        rating.contributions = contributions(policy, weights, rating)
    rank(policy, institutions, ratings)
    return ratings, weights


def rank(policy: Policy, institutions: Sequence[Institution], ratings: list[Rating]) -> None:
    for scope, level in (("nation", "nation"), ("region", "province"), ("kind", "kind")):
        for institution, rating in zip(institutions, ratings, strict=True):
            code = institution.groups.get(level, "" if level == "nation" else None)
            if code is None or rating.grade == 0 or rating.score is None:
                rating.ranks[scope] = 0
                continue
            above = {
                other.score
                for fellow, other in zip(institutions, ratings, strict=True)
                if other.grade and other.score is not None and other.score > rating.score
                and fellow.groups.get(level, "" if level == "nation" else None) == code
            }  # fmt: skip
            rating.ranks[scope] = len(above) + 1
