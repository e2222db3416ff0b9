"""Certificates: their kinds, their states, and what their numbers tell."""

import re
from collections.abc import Mapping
from typing import NewType

from registry.domain.identifiers import normalise_code, refuse
from registry.domain.ladders import TitleGrade
from registry.domain.terms import Term
from registry.domain.workforce import APPOINTED_LEVELS, SkillLevel

CertificateNumber = NewType("CertificateNumber", str)

_EVALUATED_PATTERN = re.compile(r"[YS][0-9]{21}")
_SPECIAL_GRADE_PATTERN = re.compile(r"[A-Z]{2}[0-9]{20}")
_OLD_PATTERN = re.compile(r"[0-9]{16}")
_FREE_PATTERN = re.compile(r"[0-9A-Z一-鿿][0-9A-Z一-鿿()〔〕\[\]._/ -]{3,63}")
_LEVEL_DIGITS = {
    "5": SkillLevel.JUNIOR,
    "4": SkillLevel.INTERMEDIATE,
    "3": SkillLevel.SENIOR,
    "2": SkillLevel.TECHNICIAN,
    "1": SkillLevel.SENIOR_TECHNICIAN,
}


class CertificateKind(Term):
    """What a certificate certifies."""

    SKILL_LEVEL = "SKILL_LEVEL", "职业技能等级证书"
    OLD_QUALIFICATION = "OLD_QUALIFICATION", "职业资格证书"
    X_CERTIFICATE = "X_CERTIFICATE", "1+X证书"
    FIRST_AID = "FIRST_AID", "红十字救护员证"
    SOCIAL_WORK = "SOCIAL_WORK", "社会工作者职业资格"
    NURSE_LICENCE = "NURSE_LICENCE", "护士执业证书"
    PROFESSIONAL_TITLE = "PROFESSIONAL_TITLE", "职称"
    DEMENTIA_CARE = "DEMENTIA_CARE", "失智照护专项"
    OTHER = "OTHER", "其他证书"


class CertificateStatus(Term):
    """The state of a certificate; the two others than VALID hold from a stated day on."""

    VALID = "VALID", "有效"
    SUSPENDED = "SUSPENDED", "暂停"
    REVOKED = "REVOKED", "撤销"


_FIVE_LEVELS: frozenset[SkillLevel | TitleGrade] = frozenset(_LEVEL_DIGITS.values())
LEVELS_OF_KIND: Mapping[CertificateKind, frozenset[SkillLevel | TitleGrade]] = {
    **dict.fromkeys(CertificateKind, frozenset()),
    CertificateKind.SKILL_LEVEL: _FIVE_LEVELS | {SkillLevel.SPECIAL_GRADE_TECHNICIAN},
    CertificateKind.OLD_QUALIFICATION: _FIVE_LEVELS,
    CertificateKind.X_CERTIFICATE: _FIVE_LEVELS,
    CertificateKind.PROFESSIONAL_TITLE: frozenset(TitleGrade),
    CertificateKind.OTHER: _FIVE_LEVELS,
}
"""The levels that a certificate of each kind may carry; none where the kind knows no levels."""


def parse_certificate_number(kind: CertificateKind, text: str) -> CertificateNumber:
    """The certificate number in `text` in its canonical form.

    A skill certificate has 22 characters: Y or S, body 4, province 2, site 6, year 2, level digit (position 16),
    serial 6; a special-grade technician's two letters and 20 digits; an old qualification 16 digits; other kinds have
    no common form. Rules: `certificate.skill-number`, `certificate.level-digit`, `certificate.old-number`,
    `certificate.number`.
    """
    number = normalise_code(text)
    if kind is CertificateKind.SKILL_LEVEL:
        _check_skill_number(number)
    elif kind is CertificateKind.OLD_QUALIFICATION:
        if not _OLD_PATTERN.fullmatch(number):
            raise refuse(
                "certificate.old-number", "职业资格证书编号应为16位数字", "an old qualification's number has 16 digits"
            )
    elif not _FREE_PATTERN.fullmatch(number):
        zh, en = (
            "证书编号应为4至64位数字、字母或汉字",
            "a certificate number has 4 to 64 digits, letters or Chinese characters",
        )
        raise refuse("certificate.number", zh, en)
    return CertificateNumber(number)


def _check_skill_number(number: str) -> None:
    if _SPECIAL_GRADE_PATTERN.fullmatch(number):
        return
    if not _EVALUATED_PATTERN.fullmatch(number):
        zh = "职业技能等级证书编号应为22位:Y或S加21位数字,特级技师为2位字母加20位数字"
        en = "a skill certificate's number is Y or S and 21 digits; a special-grade technician's 2 letters, 20 digits"
        raise refuse("certificate.skill-number", zh, en)
    if number[15] not in _LEVEL_DIGITS:
        zh, en = "证书编号第16位(等级)应为1至5", "the 16th character of the certificate number, the level, is 1 to 5"
        raise refuse("certificate.level-digit", zh, en)


def level_in_number(number: str) -> SkillLevel | None:
    """The skill level that a certificate number tells, or None where its form tells none."""
    if _EVALUATED_PATTERN.fullmatch(number):
        return _LEVEL_DIGITS.get(number[15])
    return SkillLevel.SPECIAL_GRADE_TECHNICIAN if _SPECIAL_GRADE_PATTERN.fullmatch(number) else None


def check_claimed_level(kind: CertificateKind, number: str, claimed: SkillLevel | TitleGrade | None) -> None:
    """Refuses a claimed level that the number contradicts or that no certificate of the kind can carry.

    Rules: `certificate.level-appointed` (学徒工 and 首席技师 are posts, not certificates), `certificate.level-kind`,
    `certificate.level-missing` (a skill certificate states its level), `certificate.level-mismatch`.
    """
    if claimed in APPOINTED_LEVELS:
        zh, en = (
            "学徒工和首席技师由用人单位聘任,证书不记载",
            "apprentice and chief technician are appointed; no certificate carries them",
        )
        raise refuse("certificate.level-appointed", zh, en)
    if claimed is not None and claimed not in LEVELS_OF_KIND[kind]:
        zh, en = f"{kind.zh}不记载该等级", f"a certificate of the kind {kind.value} carries no such level"
        raise refuse("certificate.level-kind", zh, en)
    if kind is CertificateKind.SKILL_LEVEL:
        _check_skill_level(number, claimed)


def _check_skill_level(number: str, claimed: SkillLevel | TitleGrade | None) -> None:
    if claimed is None:
        raise refuse("certificate.level-missing", "职业技能等级证书应填写等级", "a skill certificate states its level")
    if level_in_number(number) is not claimed:
        zh, en = "证书编号中的等级与填报等级不一致", "the level in the certificate number and the level stated differ"
        raise refuse("certificate.level-mismatch", zh, en)
