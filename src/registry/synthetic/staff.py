"""Posts at institutions and the people on them, one block at a time."""

from dataclasses import dataclass, fields

import numpy as np

from registry.domain.workforce import Education, Occupation
from registry.synthetic.days import NEVER
from registry.synthetic.draws import Bools, Draws, Floats, Ints, Quantiles
from registry.synthetic.facilities import CARE_HOME, CLOSED, HOME_CARE, Institutions
from registry.synthetic.places import profile_column
from registry.synthetic.scene import Scene

OCCUPATIONS = tuple(Occupation)
CARER, HEALTH_CARE_WORKER = OCCUPATIONS.index(Occupation.CARER), OCCUPATIONS.index(Occupation.HEALTH_CARE_WORKER)
SOCIAL_WORKER, LOGISTICS = OCCUPATIONS.index(Occupation.SOCIAL_WORKER), OCCUPATIONS.index(Occupation.LOGISTICS)
NURSE, DOCTOR = OCCUPATIONS.index(Occupation.NURSE), OCCUPATIONS.index(Occupation.DOCTOR)
MANAGER = OCCUPATIONS.index(Occupation.MANAGER)
OTHER_WEIGHTS = (0, 0.08, 0.03, 0, 0.08, 0.06, 0.31, 0.08, 0.02, 0.34)
"""Occupations beside carers and social workers, in the order of OCCUPATIONS."""

CARERS_PER_RESIDENT = (1 / 18, 1 / 10, 1 / 4, 1 / 4)
"""By ability class, in the middle of the usual ranges."""

HOME_CARE_STAFF: Quantiles = ((0, 0.5, 0.9, 1), (2, 7, 16, 60))
BEDS_PER_SOCIAL_WORKER = 100
TURNOVER = 0.42
TENURE_DAYS = 12 * 365
NEW_OCCUPATIONS_FROM = 18_444
"""1 July 2020: two of the occupations were new that year."""

AGES: Quantiles = ((0, 0.1, 0.3, 0.5, 0.8, 0.95, 1), (20, 30, 43, 49, 55, 60, 66))
EDUCATIONS = tuple(Education)
EDUCATION_OF_CARERS = (0.01, 0.20, 0.46, 0.18, 0.12, 0.029, 0.001)
EDUCATION_OF_OTHERS = (0.0, 0.04, 0.20, 0.21, 0.32, 0.21, 0.02)
APPRENTICE, CHIEF = 1, 2


@dataclass(slots=True)
class Posts:
    """Parallel columns of employments; `dispatched` is an agency of the province or -1, `planted` a finding or -1."""

    institution: Ints
    occupation: Ints
    started: Ints
    ended: Ints
    fte: Ints
    dispatched: Ints
    appointed: Ints
    person: Ints
    planted: Ints

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.institution.shape[0])

    @property
    def current(self) -> Bools:
        """Which have no end."""
        open_ended: Bools = self.ended == NEVER
        return open_ended

    def take(self, rows: Ints) -> "Posts":
        """The posts of some rows, in their order."""
        return Posts(*(getattr(self, column.name)[rows] for column in fields(self)))

    def joined(self, other: "Posts") -> "Posts":
        """These posts and then others."""
        names = [column.name for column in fields(self)]
        return Posts(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names))


@dataclass(slots=True)
class People:
    """Parallel columns of persons; `post` is the row of the person's first post, `works_in` the province of it."""

    post: Ints
    born: Ints
    male: Bools
    education: Ints
    province: Ints
    works_in: Ints
    registered: Ints

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.post.shape[0])


def draw_posts(scene: Scene, residents: Ints, short_of_social_workers: Ints) -> Posts:
    """The posts of institutions now and lately ended, by institution; each still has a person of its own."""
    draws, homes = scene.draws, scene.homes
    carers = _carers(scene, residents)
    others = _others(draws, homes, carers)
    social = homes.beds // BEDS_PER_SOCIAL_WORKER
    social[short_of_social_workers] = 0
    ended = np.floor(carers * TURNOVER * 2 * draws.uniform(homes.count) + 0.2).astype(np.int64)
    numbers = (carers, others, social, ended)
    institution = np.concatenate([np.repeat(np.arange(homes.count), number) for number in numbers])
    sizes = [int(number.sum()) for number in numbers]
    occupation = _occupations(draws, sizes)
    firsts = np.cumsum(others) - others
    occupation[sizes[0] + firsts[others > 0]] = MANAGER
    gone = np.arange(institution.shape[0]) >= sum(sizes[:3])
    posts = _posts(scene, institution, occupation, gone)
    return posts.take(np.lexsort((posts.started, institution)))


def _carers(scene: Scene, residents: Ints) -> Ints:
    """Carers by what the residents need, the province's adequacy and the institution's own; at least one."""
    draws, homes = scene.draws, scene.homes
    need: Floats = residents @ np.array(CARERS_PER_RESIDENT)
    need = need * profile_column(scene.provinces, "carers_per_need") * (0.72 + 0.5 * draws.uniform(homes.count))
    at_home = np.floor(draws.quantile(HOME_CARE_STAFF, homes.count))
    need = np.where(homes.kinds == HOME_CARE, at_home, need)
    need = np.where(homes.status == CLOSED, homes.beds / 12, need)
    carers: Ints = np.maximum(np.floor(need + 0.5).astype(np.int64), 1)
    return carers


def _others(draws: Draws, homes: Institutions, carers: Ints) -> Ints:
    share = 0.25 + 0.3 * draws.uniform(homes.count)
    least = (homes.kinds == CARE_HOME) | draws.chance(0.35, homes.count)
    others: Ints = np.maximum(np.floor(carers * share).astype(np.int64), least)
    return others


def _occupations(draws: Draws, sizes: list[int]) -> Ints:
    carers, others, social, ended = sizes
    return np.concatenate(
        [
            np.full(carers, CARER),
            draws.pick(OTHER_WEIGHTS, others),
            np.full(social, SOCIAL_WORKER),
            np.where(draws.chance(0.85, ended), CARER, LOGISTICS),
        ]
    )


def _posts(scene: Scene, institution: Ints, occupation: Ints, gone: Bools) -> Posts:
    draws, as_of, count = scene.draws, scene.as_of, institution.shape[0]
    started, ended = _periods(scene, institution, gone)
    carer = occupation == CARER
    appointed = np.where(carer & (started > as_of - 180) & draws.chance(0.25, count), APPRENTICE, 0)
    appointed = np.where(carer & draws.chance(0.0004, count), CHIEF, appointed)
    return Posts(
        institution=institution,
        occupation=occupation,
        started=started,
        ended=ended,
        fte=_full_time_shares(draws, count),
        dispatched=np.where(carer & draws.chance(0.04, count), draws.between(0, 1, count), -1),
        appointed=appointed,
        person=np.arange(count),
        planted=np.full(count, -1),
    )


def _periods(scene: Scene, institution: Ints, gone: Bools) -> tuple[Ints, Ints]:
    """First and last days: within the institution's life, recent starts the most frequent."""
    draws, homes, as_of, count = scene.draws, scene.homes, scene.as_of, institution.shape[0]
    opened, closed = homes.opened[institution], homes.closed[institution]
    shut = closed != NEVER
    until = np.where(shut, closed - 10, as_of - np.where(gone, 60, 15))
    low = np.minimum(np.maximum(opened, np.maximum(until - TENURE_DAYS, NEW_OCCUPATIONS_FROM)), until)
    share = draws.uniform(count)
    started = until - np.floor((until - low + 1) * share * share).astype(np.int64)
    leaving = np.minimum(started + draws.between(20, 700, count), np.where(shut, closed, as_of - 5))
    ended = np.where(gone, leaving, np.where(shut, closed, NEVER))
    return started, ended


def _full_time_shares(draws: Draws, count: int) -> Ints:
    """Thousandths: 88 % full time, 8 % half, 4 % other shares in twentieths."""
    other = draws.between(5, 18, count) * 50
    choice = draws.pick((0.88, 0.08, 0.04), count)
    return np.where(choice == 0, 1_000, np.where(choice == 1, 500, other))


def share_people(draws: Draws, posts: Posts) -> None:
    """Gives some pairs of half-time posts at two institutions one person each."""
    rows = np.nonzero((posts.fte <= 500) & posts.current & (posts.planted < 0))[0]
    halves = rows[: rows.shape[0] // 2 * 2].reshape(-1, 2)
    apart = posts.institution[halves[:, 0]] != posts.institution[halves[:, 1]]
    pairs = halves[apart & draws.chance(0.5, halves.shape[0])]
    posts.person[pairs[:, 1]] = posts.person[pairs[:, 0]]


def draw_people(scene: Scene, posts: Posts) -> People:
    """The persons on the posts; renumbers `posts.person` without gaps. Everybody is of age at the first post."""
    draws, places, as_of = scene.draws, scene.places, scene.as_of
    _, first, numbers = np.unique(posts.person, return_index=True, return_inverse=True)
    posts.person = numbers.astype(np.int64)
    count = first.shape[0]
    registered = np.full(count, as_of)
    np.minimum.at(registered, posts.person, posts.started)
    carer = posts.occupation[first] == CARER
    born = as_of - np.floor(draws.quantile(AGES, count) * 365.25).astype(np.int64)
    here = scene.provinces[posts.institution[first]]
    elsewhere = places.provinces[draws.pick(places.weights, count)]
    of_carers, of_others = draws.pick(EDUCATION_OF_CARERS, count), draws.pick(EDUCATION_OF_OTHERS, count)
    return People(
        post=first,
        born=np.minimum(born, registered - 18 * 366 - 1_024),
        male=draws.chance(np.where(carer, 0.13, 0.41), count),
        education=np.where(carer, of_carers, of_others),
        province=np.where(draws.chance(0.78, count), here, elsewhere),
        works_in=here,
        registered=registered,
    )
