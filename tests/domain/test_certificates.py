"""Certificate numbers and the level that they tell."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.certificates import (
    CertificateKind,
    check_claimed_level,
    level_in_number,
    parse_certificate_number,
)
from registry.domain.errors import InputError
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
