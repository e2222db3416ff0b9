"""Built-in workforce measures: against the plain reference, and each rule by an example."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.reference_staff import OPEN, Paper, Post, Staff, measure
from tests.scoring.rosters import DAY, papers, roster_of, staffs

from scoring import Column, Policy, load_policy, shipped_policies, workforce_measures
from scoring.workforce import year_before

NATIONAL = shipped_policies()["cn-national"].decode()
POLICY = load_policy(NATIONAL.encode())
BY_FTE = load_policy(NATIONAL.replace('count = "heads"', 'count = "fte"').encode())
JOBS = ("CARER", "CARER", "CARER", "SOCIAL_WORKER", "NURSE")
SKILLED = Paper("SKILL_LEVEL", "CARER", 3, DAY - 100, OPEN, OPEN)


def exact(column: Column) -> list[Fraction | None]:
    pairs = zip(column.numerator.tolist(), column.denominator.tolist(), strict=True)
    return [Fraction(top, bottom) if bottom else None for top, bottom in pairs]


def measured(staff: Staff, code: str, policy: Policy = POLICY, day: int = DAY) -> list[Fraction | None]:
    return exact(workforce_measures(policy, roster_of(staff), day)[code])


def home(*posts: Post, papers: dict[int, list[Paper]] | None = None, institutions: int = 1) -> Staff:
    return Staff([50] * institutions, [(0, 0, 6, 0)] * institutions, list(posts), papers or {})


def carer(person: int, institution: int = 0, fte: int = 1000, started: int = DAY - 50, **more: int) -> Post:
    return Post(person, institution, "CARER", fte, started, more.pop("ended", OPEN), **more)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(staffs(), st.sampled_from([POLICY, BY_FTE]))
def test_measures_equal_reference(staff: Staff, policy: Policy) -> None:
    columns = workforce_measures(policy, roster_of(staff), DAY)
    assert {code: exact(column) for code, column in columns.items()} == measure(policy, staff, DAY)


@pytest.mark.parametrize("policy", [POLICY, BY_FTE], ids=["heads", "fte"])
def test_large_staffs_with_people_on_many_posts_equal_reference(policy: Policy) -> None:
    dice = Random(7)
    kinds = ("SKILL_LEVEL", "FIRST_AID", "DEMENTIA_CARE", "SOCIAL_WORK", "NURSE_LICENCE")
    posts = [
        replace(carer(dice.randrange(900), int(at < 20), dice.choice([1, 400, 1000])), occupation=dice.choice(JOBS))
        for at in range(1500)
    ]
    held = {who: [replace(SKILLED, kind=dice.choice(kinds), level=dice.randrange(9))] for who in range(0, 900, 2)}
    posts += [carer(950 + at, ended=DAY - 1) for at in range(70)]
    staff = home(*posts, papers=held, institutions=2)
    columns = workforce_measures(policy, roster_of(staff), DAY)
    assert {code: exact(column) for code, column in columns.items()} == measure(policy, staff, DAY)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(staffs(), st.randoms(use_true_random=False))
def test_row_order_and_person_ids_change_nothing(staff: Staff, random: object) -> None:
    order = list(range(len(staff.posts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    plain = workforce_measures(POLICY, roster_of(staff), DAY)
    for other in (roster_of(staff, order or None), roster_of(staff, order or None, ids=10**12)):
        again = workforce_measures(POLICY, other, DAY)
        for code, column in plain.items():
            assert np.array_equal(column.numerator, again[code].numerator), code
            assert np.array_equal(column.denominator, again[code].denominator), code


@settings(max_examples=150, deadline=None, derandomize=True)
@given(staffs(), st.sampled_from([POLICY, BY_FTE]), st.integers(1, 1000))
def test_one_more_certified_carer_never_lowers_the_ratio(staff: Staff, policy: Policy, fte: int) -> None:
    before = measured(staff, "certified_ratio", policy)
    more = Staff(staff.beds, staff.residents, [*staff.posts, carer(99, fte=fte)], {**staff.papers, 99: [SKILLED]})
    after = measured(more, "certified_ratio", policy)
    assert after[0] is not None
    assert after[0] >= (before[0] or 0)
    assert after[1:] == before[1:]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(staffs(), papers())
def test_one_more_certificate_never_lowers_the_ratio(staff: Staff, paper: Paper) -> None:
    before = measured(staff, "certified_ratio")
    more = replace(staff, papers={**staff.papers, 0: [*staff.papers.get(0, []), paper]})
    for old, new in zip(before, measured(more, "certified_ratio"), strict=True):
        assert new == old or (old is not None and new is not None and new > old)


def test_later_full_time_post_does_not_count_but_stays_in_the_head_count() -> None:
    staff = home(carer(1, 0, started=DAY - 50), carer(1, 1, started=DAY - 40), papers={1: [SKILLED]}, institutions=2)
    assert measured(staff, "certified_ratio") == [Fraction(1), Fraction(0)]
    assert measured(staff, "care_adequacy") == [Fraction(1, 2), Fraction(0)]
    assert measured(staff, "skill_configuration") == [Fraction(7, 10), Fraction(0)]


def test_a_rival_cannot_be_stripped_by_uploading_a_name_later() -> None:
    alone = home(carer(1, 0), papers={1: [SKILLED]}, institutions=2)
    claimed = home(carer(1, 0), carer(1, 1, started=DAY - 1), papers={1: [SKILLED]}, institutions=2)
    assert measured(alone, "certified_ratio")[0] == measured(claimed, "certified_ratio")[0] == 1


def test_resolved_double_post_counts_where_the_resolution_says() -> None:
    posts = carer(1, 0, standing=-1), carer(1, 1, started=DAY - 40, standing=1)
    staff = home(*posts, papers={1: [SKILLED]}, institutions=2)
    assert measured(staff, "certified_ratio") == [Fraction(0), Fraction(1)]


def test_a_post_found_to_count_stands_before_an_earlier_one_that_nobody_looked_at() -> None:
    posts = carer(1, 0), carer(1, 1, started=DAY - 40, standing=1)
    staff = home(*posts, papers={1: [SKILLED]}, institutions=2)
    assert measured(staff, "certified_ratio") == [Fraction(0), Fraction(1)]


@pytest.mark.parametrize(("first", "second", "ratios"), [(41, 40, [1, 0]), (40, 41, [0, 1]), (1, 0, [1, 0])])
def test_a_post_begun_one_day_earlier_is_the_earlier(first: int, second: int, ratios: list[int]) -> None:
    posts = carer(1, 0, started=DAY - first), carer(1, 1, started=DAY - second)
    assert measured(home(*posts, papers={1: [SKILLED]}, institutions=2), "certified_ratio") == ratios


def test_a_post_whose_last_day_was_yesterday_stands_in_nobodys_way() -> None:
    posts = carer(1, 0, ended=DAY), carer(1, 1, started=DAY - 10)
    assert measured(home(*posts, papers={1: [SKILLED]}, institutions=2), "certified_ratio") == [None, 1]
    last_day = carer(1, 0, ended=DAY + 1), posts[1]
    assert measured(home(*last_day, papers={1: [SKILLED]}, institutions=2), "certified_ratio") == [1, 0]


def test_posts_of_one_day_are_ordered_by_their_recording_then_by_institution() -> None:
    held = {1: [SKILLED]}
    recorded = home(carer(1, 0, recorded=9), carer(1, 1, recorded=4), papers=held, institutions=2)
    assert measured(recorded, "certified_ratio") == [Fraction(0), Fraction(1)]
    level = home(carer(1, 0), carer(1, 1), papers=held, institutions=2)
    assert measured(level, "certified_ratio") == [Fraction(1), Fraction(0)]


def test_part_time_posts_at_two_places_both_count() -> None:
    staff = home(carer(1, 0, fte=500), carer(1, 1, fte=500), papers={1: [SKILLED]}, institutions=2)
    assert measured(staff, "certified_ratio") == [Fraction(1), Fraction(1)]
    assert measured(staff, "care_adequacy") == [Fraction(1, 4), Fraction(1, 4)]


def test_employment_covers_its_first_day_and_not_its_end() -> None:
    assert measured(home(carer(1, started=DAY)), "certified_ratio") == [Fraction(0)]
    assert measured(home(carer(1, started=DAY + 1)), "certified_ratio") == [None]
    assert measured(home(carer(1, ended=DAY)), "certified_ratio") == [None]


@pytest.mark.parametrize(
    ("paper", "ratio"),
    [
        (SKILLED, 1),
        (replace(SKILLED, valid_from=DAY + 1), 0),
        (replace(SKILLED, valid_to=DAY), 0),
        (replace(SKILLED, kind="FIRST_AID"), 0),
        (replace(SKILLED, occupation="MANAGER"), 0),
        (Paper("PROFESSIONAL_TITLE", "NURSE", 0, DAY - 1, OPEN, OPEN), 0),
        (Paper("PROFESSIONAL_TITLE", "NURSE", 4, DAY - 1, OPEN, OPEN), 1),
    ],
)
def test_what_certifies_a_carer(paper: Paper, ratio: int) -> None:
    assert measured(home(carer(1), papers={1: [paper]}), "certified_ratio") == [Fraction(ratio)]


def test_level_coefficients_and_appointed_levels() -> None:
    held = {1: [SKILLED], 2: [replace(SKILLED, level=0)]}
    assert measured(home(carer(1), papers=held), "skill_configuration") == [Fraction(7, 10)]
    assert measured(home(carer(2), papers=held), "skill_configuration") == [Fraction(1, 2)]
    assert measured(home(carer(1, appointed=8), papers=held), "skill_configuration") == [Fraction(3, 2)]
    assert measured(home(carer(3, appointed=8)), "skill_configuration") == [Fraction(0)]
    assert measured(home(carer(3, appointed=1)), "skill_configuration") == [Fraction(1, 5)]
    assert measured(home(carer(3, appointed=1)), "certified_ratio") == [Fraction(0)]
    assert measured(home(carer(1, appointed=8), carer(3), papers=held), "senior_skill_ratio") == [Fraction(1, 2)]


def test_two_posts_of_a_person_at_one_institution_are_one_head() -> None:
    staff = home(carer(1, fte=400), carer(1, fte=300), carer(2), papers={1: [SKILLED]})
    assert measured(staff, "certified_ratio") == [Fraction(1, 2)]
    assert measured(staff, "certified_ratio", BY_FTE) == [Fraction(7, 17)]


def test_nobody_required_is_missing_and_no_beds_are_missing() -> None:
    staff = Staff([0], [(0, 0, 0, 0)], [carer(1)], {})
    assert measured(staff, "care_adequacy") == [None]
    assert measured(staff, "social_workers_per_100_beds") == [None]
    assert measured(staff, "nurse_per_bed") == [None]


def test_turnover_counts_those_gone_within_a_year_and_not_back() -> None:
    gone, back, old = carer(1, ended=DAY - 10), carer(2, ended=DAY - 10), carer(3, started=0, ended=DAY - 400)
    staff = home(gone, back, carer(2, started=DAY - 5), old, carer(4))
    assert measured(staff, "carer_turnover_12m") == [Fraction(1, 3)]


def test_year_before_a_leap_day_is_the_28th() -> None:
    leap_day = 19_782  # 2024-02-29
    assert year_before(leap_day) == leap_day - 366
    assert year_before(DAY) == DAY - 365


def test_expiring_counts_people_without_a_longer_certificate() -> None:
    soon, later = replace(SKILLED, expires=DAY + 90, valid_to=DAY + 90), replace(SKILLED, expires=DAY + 91)
    assert measured(home(carer(1), papers={1: [soon]}), "certificates_expiring_90d") == [Fraction(1)]
    assert measured(home(carer(1), papers={1: [soon, later]}), "certificates_expiring_90d") == [Fraction(0)]


def test_a_revocation_to_come_ends_a_certificate_before_it_expires() -> None:
    revoked = replace(SKILLED, valid_to=DAY + 30, expires=DAY + 500)
    assert measured(home(carer(1), papers={1: [revoked]}), "certificates_expiring_90d") == [Fraction(1)]


TITLES = """
[[workforce.equivalences]]
kind = "PROFESSIONAL_TITLE"
level = "SENIOR"
as_level = "TECHNICIAN"
[[workforce.equivalences]]
kind = "PROFESSIONAL_TITLE"
as_level = "JUNIOR"
"""


def test_an_equivalence_may_ask_for_a_level_and_the_best_that_fits_counts() -> None:
    policy = load_policy((NATIONAL + TITLES).encode())
    title = Paper("PROFESSIONAL_TITLE", "NURSE", 0, DAY - 1, OPEN, OPEN)

    def skill(level: int) -> list[Fraction | None]:
        staff = home(carer(1), papers={1: [replace(title, level=level)]})
        return measured(staff, "skill_configuration", policy)

    # As technician, though the later rule says junior; without a level as junior; of the highest level as itself.
    assert [skill(4), skill(0), skill(6)] == [[Fraction(11, 10)], [Fraction(1, 2)], [Fraction(13, 10)]]


def test_a_measure_may_have_its_own_ratios() -> None:
    own = '\n[[measures]]\ncode = "adequacy_5"\nsource = "roster"\nfunction = "care_adequacy"\ndecimals = 4\n'
    own += "residents_per_carer = { DISABLED = 2 }\n"
    policy = load_policy((NATIONAL.replace("# --- weighting", own + "\n# --- weighting", 1)).encode())
    assert measured(home(carer(1)), "adequacy_5", policy) == [Fraction(1, 3)]
    assert measured(home(carer(1)), "care_adequacy", policy) == [Fraction(1, 2)]


def test_a_policy_without_roster_measures_asks_for_none() -> None:
    policy = load_policy(shipped_policies()["us-cms-staffing"])
    assert not policy.needs_roster
    assert workforce_measures(policy, roster_of(home()), DAY) == {}


def test_without_people_the_institutions_stay_and_nobody_is_counted() -> None:
    roster = roster_of(home(carer(1), carer(2), papers={1: [SKILLED]}))
    bare = roster.without_people()
    assert roster.employments.person.size == 2
    assert (bare.n, bare.employments.person.size, bare.certificates.person.size) == (roster.n, 0, 0)
    assert bare.beds.tolist() == roster.beds.tolist()
    assert workforce_measures(POLICY, bare, DAY)["certified_ratio"].denominator.tolist() == [0]
