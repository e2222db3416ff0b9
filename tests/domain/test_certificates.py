"""Certificate numbers and the level that they tell."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.certificates import (
    LEVELS_OF_KIND,
    CertificateKind,
    check_claimed_level,
    level_in_number,
    parse_certificate_number,
)
from registry.domain.errors import InputError
from registry.domain.ladders import TitleGrade
from registry.domain.workforce import SkillLevel

SKILL = CertificateKind.SKILL_LEVEL


def _number(digit: str, letter: str = "S") -> str:
    return f"{letter}0001" + "22" + "000102" + "23" + digit + "000123"


def test_the_sample_number_has_22_characters_and_its_level_at_16() -> None:
    assert len(_number("5")) == 22
    assert _number("5")[15] == "5"


@pytest.mark.parametrize(
    ("digit", "level"),
    [
        ("5", SkillLevel.JUNIOR),
        ("4", SkillLevel.INTERMEDIATE),
        ("3", SkillLevel.SENIOR),
        ("2", SkillLevel.TECHNICIAN),
        ("1", SkillLevel.SENIOR_TECHNICIAN),
    ],
)
def test_the_level_digit(digit: str, level: SkillLevel) -> None:
    number = parse_certificate_number(SKILL, _number(digit))
    assert level_in_number(number) is level
    check_claimed_level(SKILL, number, level)


def test_a_special_grade_technician_has_two_letters_and_twenty_digits() -> None:
    number = parse_certificate_number(SKILL, "tj" + "0" * 20)
    assert level_in_number(number) is SkillLevel.SPECIAL_GRADE_TECHNICIAN
    check_claimed_level(SKILL, number, SkillLevel.SPECIAL_GRADE_TECHNICIAN)


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [
        (SKILL, _number("6"), "certificate.level-digit"),
        (SKILL, _number("0"), "certificate.level-digit"),
        (SKILL, "X" + _number("5")[1:], "certificate.skill-number"),
        (SKILL, _number("5")[:-1], "certificate.skill-number"),
        (SKILL, "1234567890123456", "certificate.skill-number"),
        (CertificateKind.OLD_QUALIFICATION, "123456789012345", "certificate.old-number"),
        (CertificateKind.FIRST_AID, "?", "certificate.number"),
    ],
)
def test_a_wrong_number_names_its_rule(kind: CertificateKind, text: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_certificate_number(kind, text)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("claimed", "rule"),
    [
        (SkillLevel.INTERMEDIATE, "certificate.level-mismatch"),
        (SkillLevel.APPRENTICE, "certificate.level-appointed"),
        (SkillLevel.CHIEF_TECHNICIAN, "certificate.level-appointed"),
        (None, "certificate.level-missing"),
    ],
)
def test_a_claim_that_the_number_contradicts_is_refused(claimed: SkillLevel | None, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        check_claimed_level(SKILL, _number("5"), claimed)
    assert caught.value.rule == rule


def test_other_kinds_need_no_level_but_never_carry_an_appointed_one() -> None:
    check_claimed_level(CertificateKind.FIRST_AID, "HSZ-2023-0001", None)
    with pytest.raises(InputError, match="appointed"):
        check_claimed_level(CertificateKind.FIRST_AID, "HSZ-2023-0001", SkillLevel.APPRENTICE)


@given(st.sampled_from(CertificateKind), st.text(max_size=30))
def test_any_text_gives_a_canonical_number_or_an_input_error(kind: CertificateKind, text: str) -> None:
    with contextlib.suppress(InputError):
        number = parse_certificate_number(kind, text)
        assert parse_certificate_number(kind, number) == number


@given(st.sampled_from(CertificateKind), st.sampled_from([*SkillLevel, *TitleGrade]))
def test_each_kind_carries_its_own_levels_alone(kind: CertificateKind, level: SkillLevel | TitleGrade) -> None:
    number = _number("5") if kind is SKILL else "1234567890123456"
    try:
        check_claimed_level(kind, number, level)
        refused = None
    except InputError as error:
        refused = error.rule
    if level in {SkillLevel.APPRENTICE, SkillLevel.CHIEF_TECHNICIAN}:
        assert refused == "certificate.level-appointed"
    elif level not in LEVELS_OF_KIND[kind]:
        assert refused == "certificate.level-kind"
    elif kind is SKILL:
        assert refused == (None if level is SkillLevel.JUNIOR else "certificate.level-mismatch")
    else:
        assert refused is None


@given(st.from_regex(r"[A-Z]{2}[0-9]{20}|[YS][0-9]{14}[1-5][0-9]{6}", fullmatch=True))
def test_a_skill_number_tells_one_level_and_no_other_is_accepted(text: str) -> None:
    number = parse_certificate_number(SKILL, text)
    for level in LEVELS_OF_KIND[SKILL]:
        if level is level_in_number(number):
            check_claimed_level(SKILL, number, level)
        else:
            with pytest.raises(InputError):
                check_claimed_level(SKILL, number, level)


@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_an_old_number_is_no_skill_number_and_tells_no_level(text: str) -> None:
    assert level_in_number(parse_certificate_number(CertificateKind.OLD_QUALIFICATION, text)) is None
    with pytest.raises(InputError):
        parse_certificate_number(SKILL, text)
