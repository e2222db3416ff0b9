"""Many citizen numbers at once: the same verdict as one by one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import InputError
from registry.domain.identifiers import citizen_check_character, parse_citizen_id
from registry.transfer.citizens import all_citizen_ids

PARTS = st.tuples(
    st.integers(100000, 999999),
    st.sampled_from([1899, 1900, 1970, 2000, 2023, 2024, 2100]),
    st.integers(0, 14),
    st.integers(0, 32),
    st.integers(0, 999),
)
NUMBERS = PARTS.map(lambda parts: "{}{:04}{:02}{:02}{:03}".format(*parts)).map(
    lambda first: first + citizen_check_character(first)
)
SPOILT = st.tuples(NUMBERS, st.integers(0, 17), st.sampled_from("0789Xx :/养")).map(
    lambda spoilt: spoilt[0][: spoilt[1]] + spoilt[2] + spoilt[0][spoilt[1] + 1 :]
)


def _canonical(cell: object) -> bool:
    try:
        return parse_citizen_id(str(cell)) == cell
    except InputError:
        return False


@given(st.lists(NUMBERS | SPOILT, min_size=1, max_size=4))
def test_all_are_canonical_exactly_if_each_is(cells: list[str]) -> None:
    assert all_citizen_ids(cells) == all(map(_canonical, cells))


@pytest.mark.parametrize(
    "cells",
    [
        ["11010519491231002X", ""],
        ["11010519491231002X", None],
        ["11010519491231002X", 110105194912310021],
        ["11010519491231002x"],
        ["11010519491231002X ", "1010519491231002X"],
        ["１１０１０５１９４９１２３１００２X"],
    ],
)
def test_anything_else_is_not(cells: Sequence[object]) -> None:
    assert all_citizen_ids(["11010519491231002X"])
    assert not all_citizen_ids(cells)
