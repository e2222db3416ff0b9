"""Synthetic numbers are valid and unique."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.identifiers import parse_citizen_id, parse_uscc
from registry.synthetic.days import NEVER, day_number, later, number_day, texts_of
from registry.synthetic.draws import Draws, rank_within, scattered
from registry.synthetic.numbers import citizen_numbers, social_credit_codes


def test_citizen_numbers_are_valid_and_differ() -> None:
    draws = Draws(1, 1)
    count = 20_000
    index = np.arange(51_200_000 - count, 51_200_000)
    provinces, born = np.full(count, 22), draws.between(-5_000, 12_000, count)
    numbers = citizen_numbers(index, provinces, born, draws.between(0, 1, count))
    assert len(set(numbers)) == count
    assert all(parse_citizen_id(number) == number for number in numbers)
    assert {number[2:4] for number in numbers} == {"99"}


def test_persons_born_on_one_day_still_differ() -> None:
    count = 200_000
    same = np.zeros(count, np.int64)
    assert len(set(citizen_numbers(np.arange(count), same + 11, same, same))) == count


def test_social_credit_codes_are_valid_and_differ() -> None:
    count = 20_000
    codes = social_credit_codes(np.arange(10_000_000 - count, 10_000_000), ["52"] * count, ["220102"] * count)
    assert len(set(codes)) == count
    assert all(parse_uscc(code) == code for code in codes)


@given(st.integers(1, 2_000), st.integers(0, 10**6))
def test_scattering_is_one_to_one(size: int, offset: int) -> None:
    found = scattered(np.arange(size) + offset, 7_368_787, 10**7)
    assert len(set(found.tolist())) == size


@given(st.lists(st.integers(0, 5), max_size=50))
def test_ranks_count_equal_elements_before(keys: list[int]) -> None:
    ranks = rank_within(np.array(keys, np.int64)).tolist()
    assert ranks == [keys[:place].count(key) for place, key in enumerate(keys)]


@given(st.dates(min_value=number_day(-14_000), max_value=number_day(80_000)), st.integers(1, 5))
def test_a_period_of_years_ends_the_day_before(day: date, years: int) -> None:
    number = day_number(day)
    end = number_day(int(later(np.array([number]), years)[0]) + 1)
    start = number_day(number)
    assert end.year == start.year + years
    assert (end.month, end.day) == (start.month, 28 if (start.month, start.day) == (2, 29) else start.day)


def test_no_day_has_no_text() -> None:
    assert texts_of(np.array([NEVER, 0])) == ["", "1970-01-01"]


def test_streams_of_draws_are_independent_and_stay_what_they_were() -> None:
    first, again, other = Draws(1, 1), Draws(1, 1), Draws(1, 2)
    drawn = first.between(0, 999, 5).tolist()
    assert drawn == again.between(0, 999, 5).tolist()
    assert drawn != other.between(0, 999, 5).tolist()
