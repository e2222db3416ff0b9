"""Social credit codes, institution codes and citizen numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from registry.domain.errors import InputError
from registry.domain.identifiers import (
    USCC_ALPHABET,
    InstitutionCode,
    birth_date_of,
    citizen_check_character,
    has_citizen_id,
    hide_citizen_ids,
    mask_citizen_id,
    mask_name,
    parse_citizen_id,
    parse_institution_code,
    parse_uscc,
    uscc_check_character,
)

VALID_USCCS = (
    "91330100799655058B",
    "9144030071526726XG",
    "914403001922038216",
    "91110000802100433B",
    "91350100M000100Y43",
)
CITIZEN_ID = "11010519491231002X"

letters = st.sampled_from(USCC_ALPHABET)
digits = st.sampled_from("0123456789")


def _text(alphabet: st.SearchStrategy[str], length: int) -> st.SearchStrategy[str]:
    return st.lists(alphabet, min_size=length, max_size=length).map("".join)


usccs = st.builds("".join, st.tuples(_text(letters, 2), _text(digits, 6), _text(letters, 9))).map(
    lambda first: first + uscc_check_character(first)
)
birth_dates = st.dates(date(1900, 1, 1), date(2099, 12, 31))
citizen_ids = st.builds(
    lambda region, born, serial: region + born.strftime("%Y%m%d") + serial,
    st.integers(110000, 829999).map(str),
    birth_dates,
    _text(digits, 3),
).map(lambda first: first + citizen_check_character(first))


def rule_of(parse: object, text: str) -> str | None:
    """The rule that a text breaks."""
    with pytest.raises(InputError) as caught:
        parse(text)  # type: ignore[operator]
    assert caught.value.message.zh
    assert caught.value.message.en
    return caught.value.rule


@pytest.mark.parametrize("code", VALID_USCCS)
def test_published_codes_are_valid(code: str) -> None:
    assert parse_uscc(code) == code


def test_a_rural_collective_begins_with_a_letter() -> None:
    first = "N2370105MF1234567"
    assert parse_uscc(first + uscc_check_character(first))[:2] == "N2"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("91350100M000100Y4Z", "uscc.character"),
        ("91350100M000100Y44", "uscc.check-character"),
        ("9135010M000100Y43", "uscc.length"),
        ("", "uscc.length"),
        ("91350100M000100Y430", "uscc.length"),
        ("9135010OM000100Y43", "uscc.character"),
        ("91A50100M000100Y43", "uscc.region"),
    ],
)
def test_a_wrong_code_names_its_rule(text: str, rule: str) -> None:
    assert rule_of(parse_uscc, text) == rule


def test_codes_are_read_as_people_type_them() -> None:
    assert parse_uscc(" ９１３５０１００m０００１００y43 ") == "91350100M000100Y43"


@given(usccs)
def test_every_code_with_its_check_character_is_valid(code: str) -> None:
    assert parse_uscc(code) == code


@given(usccs.filter(lambda code: code[:8].isdigit()))
def test_an_independent_implementation_agrees(code: str) -> None:
    assert uscc.calc_check_digit(code[:17]) == code[17]


@given(usccs, st.integers(0, 17), letters)
def test_one_changed_character_is_always_found(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        with pytest.raises(InputError):
            parse_uscc(changed)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US-CCN:015010", InstitutionCode("US-CCN", "015010")),
        ("us-ccn：０１５０１０", InstitutionCode("US-CCN", "015010")),
        ("91350100M000100Y43", InstitutionCode("USCC", "91350100M000100Y43")),
        ("USCC:91350100m000100y43", InstitutionCode("USCC", "91350100M000100Y43")),
        ("FAC:52220102Y0000012-02", InstitutionCode("FAC", "52220102Y0000012-02")),
    ],
)
def test_institution_codes(text: str, code: InstitutionCode) -> None:
    assert parse_institution_code(text) == code
    assert parse_institution_code(str(code)) == code


def test_a_social_credit_code_has_no_scheme_in_its_text() -> None:
    assert str(parse_institution_code("USCC:91350100M000100Y43")) == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "institution-code.empty"),
        (":015010", "institution-code.scheme"),
        ("A:015010", "institution-code.scheme"),
        ("FAC:", "institution-code.code"),
        ("FAC:a b", "institution-code.code"),
        ("US-CCN:15010", "us-ccn.format"),
        ("91350100M000100Y4Z", "uscc.character"),
        ("USCC:1", "uscc.length"),
    ],
)
def test_a_wrong_institution_code_names_its_rule(text: str, rule: str) -> None:
    assert rule_of(parse_institution_code, text) == rule


@pytest.mark.parametrize("text", [CITIZEN_ID, "11010519491231002x", " １１０１０５１９４９１２３１００２Ｘ "])
def test_a_citizen_number_is_read(text: str) -> None:
    assert parse_citizen_id(text) == CITIZEN_ID


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1101051949123100", "citizen-id.length"),
        ("1101051949123100XX", "citizen-id.character"),
        ("110105194912310021", "citizen-id.check-character"),
        ("110105194902300028", "citizen-id.birth-date"),
        ("110105189912310021", "citizen-id.birth-date"),
        ("11010519491231٠٠2X", "citizen-id.character"),
    ],
)
def test_a_wrong_citizen_number_names_its_rule_and_is_not_repeated(text: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_citizen_id(text)
    assert caught.value.rule == rule
    assert text not in str(caught.value)
    assert text not in repr(caught.value)


@given(citizen_ids)
def test_citizen_numbers_agree_with_an_independent_implementation(number: str) -> None:
    assert parse_citizen_id(number) == number
    assert ric.calc_check_digit(number) == number[17]
    assert birth_date_of(parse_citizen_id(number)).strftime("%Y%m%d") == number[6:14]


@given(citizen_ids)
def test_a_mask_hides_the_birth_date_and_nothing_shows_in_texts(number: str) -> None:
    mask = mask_citizen_id(number)
    assert mask == number[:6] + "********" + number[14:]
    for text in (number, f"张三 {number}。", f"{number[:6]} {number[6:14]} {number[14:]}", f"x,{number[:17]}"):
        assert number[6:14] not in hide_citizen_ids(text)


def test_the_mask_of_the_law_example() -> None:
    assert mask_citizen_id(CITIZEN_ID) == "110105********002X"


@given(st.text("0123456789X", max_size=40))
def test_a_mask_of_anything_keeps_the_length_and_less_than_two_thirds(text: str) -> None:
    mask = mask_citizen_id(text)
    assert len(mask) == len(text)
    assert mask.count("*") * 3 >= len(text)


@pytest.mark.parametrize("code", VALID_USCCS)
def test_social_credit_codes_are_not_taken_for_citizen_numbers(code: str) -> None:
    assert hide_citizen_ids(code) == code


def test_names_keep_their_first_character() -> None:
    assert [mask_name(name) for name in ("张三丰", "李", "")] == ["张**", "李", ""]


def test_days_before_1900_are_not_births() -> None:
    first = "110105" + (date(1900, 1, 1) - timedelta(days=1)).strftime("%Y%m%d") + "002"
    assert rule_of(parse_citizen_id, first + citizen_check_character(first)) == "citizen-id.birth-date"


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("11010519491231002X", True),
        ("身份证110105194912310021x", False),
        ("张三（11010519491231002x）", True),
        ("110105 19491231 002X", True),
        ("110105194912310021", False),
        ("110105********002X", False),
        ("914403001922038216", False),
        ("长民〔2026〕12号", False),
    ],
)
def test_a_valid_citizen_number_in_a_text_is_noticed(text: str, has: bool) -> None:
    assert has_citizen_id(text) is has
