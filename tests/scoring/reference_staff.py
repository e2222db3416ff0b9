"""Workforce measures the obvious way: lists of people, one institution after the other."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from scoring.policy.measures import RosterMeasure
from scoring.policy.policy import Policy
from scoring.policy.workforce import StaffGroup, Workforce

OPEN = 2**31 - 1
CLASSES = ("SELF_CARE", "PARTLY_DISABLED", "DISABLED", "DEMENTIA")


@dataclass(frozen=True)
class Paper:
    kind: str
    occupation: str
    level: int
    valid_from: int
    valid_to: int
    expires: int


@dataclass(frozen=True)
class Post:
    person: int
    institution: int
    occupation: str
    fte: int
    started: int
    ended: int
    appointed: int = 0
    standing: int = 0
    recorded: int = 0


@dataclass
class Staff:
    """The whole roster as plain rows."""

    beds: list[int]
    residents: list[tuple[int, int, int, int]]
    posts: list[Post]
    papers: dict[int, list[Paper]] = field(default_factory=dict)


def measure(policy: Policy, staff: Staff, day: int) -> dict[str, list[Fraction | None]]:
    assert policy.workforce is not None
    return {
        entry.code: [
            getattr(Here(policy.workforce, entry.roster, staff, at, day), entry.roster.function)()
            for at in range(len(staff.beds))
        ]
        for entry in policy.measures
        if entry.roster is not None
    }  # fmt: skip


def valid(staff: Staff, person: int, day: int) -> list[Paper]:
    return [paper for paper in staff.papers.get(person, []) if paper.valid_from <= day < paper.valid_to]


def as_level(rules: Workforce, paper: Paper) -> int | None:
    """The level a certificate stands for (0: none named); None when it does not certify a carer."""
    found = []
    accepted = not rules.certificate_occupations or paper.occupation in rules.certificate_occupations
    if paper.kind in rules.carers.certificates and accepted:
        found.append(paper.level)
    for rule in rules.equivalences:
        if rule.kind == paper.kind and rule.occupation in ("", paper.occupation) and rule.level in (0, paper.level):
            found += [rule.as_level or paper.level] if rule.as_level or paper.level else []
    return max(found) if found else None


def levels(rules: Workforce, staff: Staff, person: int, day: int) -> list[int]:
    found = [as_level(rules, paper) for paper in valid(staff, person, day)]
    return [level for level in found if level is not None]


def holds_one_of(staff: Staff, person: int, day: int, kinds: Iterable[str]) -> bool:
    return any(paper.kind in kinds for paper in valid(staff, person, day))


def counts(rules: Workforce, staff: Staff, post: Post, day: int) -> bool:
    """Whether the post adds to numerators: the later of two full-time posts does not, unless resolved."""
    if post.standing:
        return post.standing > 0
    if post.fte < rules.full_time_from:
        return True
    rivals = [
        other
        for other in staff.posts
        if other.person == post.person
        and other.started <= day < other.ended
        and other.fte >= rules.full_time_from
        and other.standing >= 0
    ]
    first = min(rivals, key=lambda other: (-other.standing, other.started, other.recorded, other.institution))
    return first.institution == post.institution


class Here:
    """One institution on the day: its posts, carers, those that count, and the measures by name."""

    def __init__(self, rules: Workforce, asked: RosterMeasure, staff: Staff, at: int, day: int) -> None:
        self.rules, self.asked, self.staff, self.at, self.day = rules, asked, staff, at, day
        self.posts = [post for post in staff.posts if post.institution == at]
        self.today = [post for post in self.posts if post.started <= day < post.ended]
        self.carers = [post for post in self.today if post.occupation in rules.carers.occupations]
        self.counted = [post for post in self.carers if counts(rules, staff, post, day)]
        self.certified = [post for post in self.counted if levels(rules, staff, post.person, day)]
        self.people = {post.person for post in self.carers}

    def size(self, posts: list[Post]) -> Fraction:
        return fte(posts) if self.asked.count == "fte" else Fraction(len({post.person for post in posts}))

    def worth(self, post: Post) -> int:
        held = levels(self.rules, self.staff, post.person, self.day)
        level = max(held, default=0)
        if held or post.appointed == 1:
            level = max(level, post.appointed)
        return 9 if held and level == 0 else level

    def needed(self, classes: Iterable[str]) -> Fraction:
        ratios = self.asked.residents_per_carer or self.rules.residents_per_carer
        places = [CLASSES.index(name) for name in classes if ratios[CLASSES.index(name)]]
        return sum((self.staff.residents[self.at][place] / ratios[place] for place in places), Fraction(0))

    def holding(self, posts: list[Post], kinds: Iterable[str]) -> list[Post]:
        return [post for post in posts if holds_one_of(self.staff, post.person, self.day, kinds)]

    def others(self, group: StaffGroup) -> list[Post]:
        posts = [post for post in self.today if post.occupation in group.occupations]
        posts = [post for post in posts if counts(self.rules, self.staff, post, self.day)]
        return self.holding(posts, group.certificates) if group.certificates else posts

    def certified_ratio(self) -> Fraction | None:
        return share(self.size(self.certified), self.size(self.carers))

    def skill_configuration(self) -> Fraction | None:
        table = self.rules.coefficients
        worths = [Fraction(post.fte, 1000) * Fraction(table[self.worth(post)], 10**4) for post in self.counted]
        return share(sum(worths, Fraction(0)), fte(self.carers))

    def senior_skill_ratio(self) -> Fraction | None:
        senior = [post for post in self.counted if self.rules.senior_from <= self.worth(post) <= 8]
        return share(self.size(senior), self.size(self.carers))

    def care_adequacy(self) -> Fraction | None:
        return share(fte(self.counted), self.needed(CLASSES))

    def dementia_care_adequacy(self) -> Fraction | None:
        return share(fte(self.holding(self.counted, self.rules.dementia_care)), self.needed(["DEMENTIA"]))

    def social_workers_per_100_beds(self) -> Fraction | None:
        return share(100 * self.size(self.others(self.rules.social_workers)), Fraction(self.staff.beds[self.at]))

    def first_aid_ratio(self) -> Fraction | None:
        return share(self.size(self.holding(self.counted, self.rules.first_aid)), self.size(self.carers))

    def nurse_per_bed(self) -> Fraction | None:
        return share(self.size(self.others(self.rules.nurses)), Fraction(self.staff.beds[self.at]))

    def carer_turnover_12m(self) -> Fraction | None:
        begin, roles = a_year_before(self.day), self.rules.carers.occupations
        ended = {post.person for post in self.posts if post.occupation in roles and begin < post.ended <= self.day}
        left = ended - self.people
        return share(Fraction(len(left)), Fraction(len(left) + len(self.people)))

    def certificates_expiring_90d(self) -> Fraction | None:
        people = {post.person for post in self.certified}
        ending = {person for person in people if last_day(self.rules, self.staff, person, self.day) <= self.day + 90}
        return share(Fraction(len(ending)), Fraction(len(people)))


def fte(posts: list[Post]) -> Fraction:
    return Fraction(sum(post.fte for post in posts), 1000)


def share(top: Fraction, bottom: Fraction) -> Fraction | None:
    return top / bottom if bottom else None


def last_day(rules: Workforce, staff: Staff, person: int, day: int) -> int:
    papers = [paper for paper in valid(staff, person, day) if as_level(rules, paper) is not None]
    return max(min(paper.valid_to, paper.expires) for paper in papers)


def a_year_before(day: int) -> int:
    today = date(1970, 1, 1) + timedelta(days=day)
    try:
        back = today.replace(year=today.year - 1)
    except ValueError:
        back = date(today.year - 1, 2, 28)
    return (back - date(1970, 1, 1)).days
