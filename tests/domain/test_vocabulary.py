"""Terms, regions and the skill ladder."""

import pytest

from registry.domain.access import Role
from registry.domain.certificates import CertificateKind, CertificateStatus
from registry.domain.errors import InputError
from registry.domain.institutions import AbilityClass, InstitutionKind, LegalForm, OperatingStatus
from registry.domain.regions import RegionLevel, parse_region_code
from registry.domain.terms import Term
from registry.domain.workforce import APPOINTED_LEVELS, Education, EvaluatorType, Occupation, SkillLevel

TERMS: tuple[type[Term], ...] = (
    AbilityClass,
    CertificateKind,
    CertificateStatus,
    Education,
    EvaluatorType,
    InstitutionKind,
    LegalForm,
    Occupation,
    OperatingStatus,
    RegionLevel,
    Role,
    SkillLevel,
)


@pytest.mark.parametrize("terms", TERMS)
def test_every_member_is_its_own_code_and_has_a_chinese_term(terms: type[Term]) -> None:
    for member in terms:
        assert member.value == member.name == str(member)
        assert terms(member.value) is member
        assert member.zh
        assert not member.zh.isascii()


def test_the_ladder_has_eight_levels_in_order() -> None:
    assert [level.zh for level in SkillLevel] == [
        "学徒工",
        "初级工",
        "中级工",
        "高级工",
        "技师",
        "高级技师",
        "特级技师",
        "首席技师",
    ]
    assert [level.ordinal for level in SkillLevel] == list(range(1, 9))
    assert [SkillLevel.from_ordinal(ordinal) for ordinal in range(1, 9)] == list(SkillLevel)
    assert {level.ordinal for level in APPOINTED_LEVELS} == {1, 8}


@pytest.mark.parametrize("ordinal", [0, 9, -1])
def test_no_level_has_another_ordinal(ordinal: int) -> None:
    with pytest.raises(KeyError):
        SkillLevel.from_ordinal(ordinal)


@pytest.mark.parametrize(
    ("text", "code"),
    [("220102", "220102"), (" ２２０１０２", "220102"), ("us-al", "US-AL"), ("cn", "CN")],
)
def test_region_codes(text: str, code: str) -> None:
    assert parse_region_code(text) == code


@pytest.mark.parametrize("text", ["", "022010", "22010", "2201022", "USA", "US-ALAB", "US_AL", "长春"])
def test_other_texts_are_no_region_codes(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_region_code(text)
    assert caught.value.rule == "region.code"
