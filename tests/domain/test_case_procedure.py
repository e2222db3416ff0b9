"""The procedure of a case by itself, without the database that holds the same rules: what follows, by whom, when."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from registry.domain.credit.cases import (
    BY_ANOTHER,
    CONSENTING,
    TRANSITIONS,
    Acting,
    CaseStanding,
    follow,
    lies_next_above,
)
from registry.domain.credit.vocabulary import CaseState, CaseStepKind
from registry.domain.errors import Forbidden, InputError

COUNTY, CITY, PROVINCE = "CN/220000/220100/220104", "CN/220000/220100", "CN/220000"
LAST = date(2026, 2, 27)
NEXT = LAST + timedelta(days=1)
STANDING = CaseStanding(CaseState.REVIEWED, 4, COUNTY, needs_consent=False, opener="a", respond_by=LAST)


@pytest.mark.parametrize(("kind", "state"), list(product(CaseStepKind, [None, *CaseState])))
def test_nothing_follows_but_what_the_law_lets_follow(kind: CaseStepKind, state: CaseState | None) -> None:
    standing = replace(STANDING, state=state)
    path = CITY if kind in CONSENTING else COUNTY
    wanted = TRANSITIONS.get((kind, state))
    if wanted is not None:
        assert follow(standing, kind, Acting("b", path, NEXT)) is wanted
        return
    with pytest.raises(InputError) as refused:
        follow(standing, kind, Acting("b", path, NEXT))
    assert refused.value.rule == "case.transition"


@pytest.mark.parametrize(("kind", "state"), sorted(TRANSITIONS, key=str))
def test_whoever_opened_a_case_neither_reviews_nor_decides(kind: CaseStepKind, state: CaseState | None) -> None:
    standing = replace(STANDING, state=state)
    opener = Acting("a", CITY if kind in CONSENTING else COUNTY, NEXT)
    if kind not in BY_ANOTHER:
        assert follow(standing, kind, opener)
        return
    with pytest.raises(Forbidden) as refused:
        follow(standing, kind, opener)
    assert refused.value.rule == "case.opener"


@pytest.mark.parametrize(("day", "follows"), [(LAST - timedelta(days=1), False), (LAST, False), (NEXT, True)])
def test_the_last_day_to_defend_belongs_to_the_subject(day: date, follows: bool) -> None:
    notified, acting = replace(STANDING, state=CaseState.NOTIFIED), Acting("b", COUNTY, day)
    if follows:
        assert follow(notified, CaseStepKind.REVIEWED, acting) is CaseState.REVIEWED
    else:
        with pytest.raises(InputError) as refused:
            follow(notified, CaseStepKind.REVIEWED, acting)
        assert refused.value.rule == "case.window"
    defended = replace(notified, state=CaseState.DEFENDED)
    assert follow(defended, CaseStepKind.REVIEWED, acting) is CaseState.REVIEWED


@pytest.mark.parametrize("path", ["", COUNTY, PROVINCE, "CN/220000/220200"])
def test_consent_comes_from_directly_above_alone(path: str) -> None:
    with pytest.raises(Forbidden) as refused:
        follow(STANDING, CaseStepKind.CONSENT_GIVEN, Acting("b", path, NEXT))
    assert refused.value.rule == "case.higher"


def test_a_listing_that_needs_consent_waits_for_it_and_for_another_person() -> None:
    needing = replace(STANDING, needs_consent=True)
    with pytest.raises(InputError) as early:
        follow(needing, CaseStepKind.LISTED, Acting("b", COUNTY, NEXT))
    assert early.value.rule == "case.consent"
    consented = replace(needing, state=CaseState.CONSENTED, consenter="c")
    with pytest.raises(Forbidden) as same:
        follow(consented, CaseStepKind.LISTED, Acting("c", COUNTY, NEXT))
    assert same.value.rule == "case.higher"
    assert follow(consented, CaseStepKind.LISTED, Acting("b", COUNTY, NEXT)) is CaseState.LISTED
    assert follow(needing, CaseStepKind.DISMISSED, Acting("b", COUNTY, NEXT)) is CaseState.DISMISSED


@pytest.mark.parametrize(
    ("higher", "lower", "above"),
    [
        (CITY, COUNTY, True),
        (PROVINCE, CITY, True),
        (PROVINCE, COUNTY, False),
        (COUNTY, COUNTY, False),
        (COUNTY, CITY, False),
        ("", "CN", False),
        ("CN/22000", CITY, False),
    ],
)
def test_directly_above_is_one_step(higher: str, lower: str, above: bool) -> None:
    assert lies_next_above(higher, lower) is above
