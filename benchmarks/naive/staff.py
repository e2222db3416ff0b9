"""Workforce measures of one institution after the other, in plain Python: what the compiled loops must equal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from registry.domain.institutions import AbilityClass
from scoring import Policy
from scoring.policy.workforce import Workforce
from scoring.workforce import year_before

CLASSES = [ability.value for ability in AbilityClass]
Ratio = tuple[int, int]
MISSING: Ratio = (0, 0)


@dataclass(slots=True)
class Post:
    """One employment."""

    person: int
    occupation: str
    fte: int
    started: int
    ended: int
    appointed: int
    number: int


@dataclass(slots=True)
class Holder:
    """What the valid certificates of one person say."""

    certified: bool = False
    level: int = 0
    kinds: set[str] = field(default_factory=set)
    until: int = 0


@dataclass(slots=True)
class Institution:
    """One institution with everything that is counted at it."""

    number: int
    beds: int
    residents: dict[str, int] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)


def level_of(rules: Workforce, kind: str, occupation: str, level: int) -> int | None:
    """The skill level a certificate stands for, 0 where it names none; None where it certifies no carer."""
    accepted = not rules.certificate_occupations or occupation in rules.certificate_occupations
    found = [level] if kind in rules.carers.certificates and accepted else []
    for rule in rules.equivalences:
        if rule.kind == kind and rule.occupation in ("", occupation) and rule.level in (0, level):
            found += [rule.as_level or level] if rule.as_level or level else []
    return max(found, default=None)


def first_posts(rules: Workforce, institutions: Iterable[Institution], day: int) -> dict[int, int]:
    """Per person the institution of the full-time post that counts: the one that began first."""
    best: dict[int, tuple[int, int, int]] = {}
    for institution in institutions:
        for post in institution.posts:
            if post.started <= day < post.ended and post.fte >= rules.full_time_from:
                key = (post.started, post.number, institution.number)
                best[post.person] = min(best.get(post.person, key), key)
    return {person: key[2] for person, key in best.items()}


class Counting:
    """The counts of one institution on the day, and its measures by name."""

    def __init__(
        self, rules: Workforce, holders: Mapping[int, Holder], first: Mapping[int, int], at: Institution, day: int
    ) -> None:
        self.rules, self.holders, self.at, self.day = rules, holders, at, day
        today = [post for post in at.posts if post.started <= day < post.ended]
        counted = [
            post for post in today if post.fte < rules.full_time_from or first.get(post.person, at.number) == at.number
        ]
        self.carers = [post for post in today if post.occupation in rules.carers.occupations]
        self.counted = [post for post in counted if post.occupation in rules.carers.occupations]
        self.certified = [post for post in self.counted if self.holder(post).certified]
        self.all_counted = counted
        self.heads = len({post.person for post in self.carers})

    def holder(self, post: Post) -> Holder:
        """What the person of a post holds."""
        return self.holders.get(post.person, _NOTHING)

    def skill(self, post: Post) -> int:
        """The index of the level coefficient."""
        held = self.holder(post)
        level = held.level if held.certified else 0
        if held.certified or post.appointed == 1:
            level = max(level, post.appointed)
        return 9 if held.certified and level == 0 else level

    def share(self, posts: Sequence[Post]) -> Ratio:
        """Heads of some posts among the carers."""
        return len({post.person for post in posts}), self.heads

    def holding(self, posts: Sequence[Post], kinds: Sequence[str]) -> list[Post]:
        """The posts whose people hold a certificate of one of the kinds."""
        return [post for post in posts if not self.holder(post).kinds.isdisjoint(kinds)]

    def group(self, occupations: Sequence[str], kinds: Sequence[str]) -> list[Post]:
        """The posts of a group of staff that count."""
        posts = [post for post in self.all_counted if post.occupation in occupations]
        return self.holding(posts, kinds) if kinds else posts

    def adequacy(self, posts: Sequence[Post], classes: Sequence[str]) -> Ratio:
        """Full-time equivalents against what the residents need."""
        needed = Fraction(0)
        for name in classes:
            ratio = self.rules.residents_per_carer[CLASSES.index(name)]
            if ratio:
                needed += self.at.residents.get(name, 0) / ratio
        return sum(post.fte for post in posts) * needed.denominator, needed.numerator * 1000

    def leavers(self) -> int:
        """Carers who left within a year and are not back."""
        since, here = year_before(self.day), {post.person for post in self.carers}
        occupations = self.rules.carers.occupations
        ended = [post for post in self.at.posts if post.occupation in occupations and since < post.ended <= self.day]
        return len({post.person for post in ended} - here)

    def measures(self) -> dict[str, Ratio]:
        """The measures of the national policy, by code."""
        rules, fte = self.rules, sum(post.fte for post in self.carers)
        senior = [post for post in self.counted if rules.senior_from <= self.skill(post) <= 8]
        expiring = {post.person for post in self.certified if self.holder(post).until <= self.day + 90}
        social = self.group(rules.social_workers.occupations, rules.social_workers.certificates)
        nurses = self.group(rules.nurses.occupations, rules.nurses.certificates)
        left = self.leavers()
        weighed = sum(post.fte * rules.coefficients[self.skill(post)] for post in self.counted)
        return {
            "certified_ratio": self.share(self.certified),
            "skill_configuration": (weighed, fte * 10_000),
            "senior_skill_ratio": self.share(senior),
            "care_adequacy": self.adequacy(self.counted, CLASSES),
            "dementia_care_adequacy": self.adequacy(self.holding(self.counted, rules.dementia_care), ["DEMENTIA"]),
            "social_workers_per_100_beds": (100 * len({post.person for post in social}), self.at.beds),
            "first_aid_ratio": self.share(self.holding(self.counted, rules.first_aid)),
            "nurse_per_bed": (sum(post.fte for post in nurses), self.at.beds * 1000),
            "carer_turnover_12m": (left, self.heads + left),
            "certificates_expiring_90d": (len(expiring), len({post.person for post in self.certified})),
        }


_NOTHING = Holder()


def measure_all(
    policy: Policy, institutions: Mapping[int, Institution], holders: Mapping[int, Holder], day: int
) -> dict[int, dict[str, Ratio]]:
    """Every institution's measures by its number."""
    assert policy.workforce is not None
    first = first_posts(policy.workforce, institutions.values(), day)
    return {
        number: Counting(policy.workforce, holders, first, institution, day).measures()
        for number, institution in institutions.items()
    }
