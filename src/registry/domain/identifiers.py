"""Identifiers of subjects: social credit codes, institution codes of any scheme, citizen numbers.

Every parser takes what people type (full-width characters, lower case, spaces around it), gives the canonical
form, and raises `InputError` with a stable rule. No message repeats the value, so none can carry a citizen number.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import NewType

from registry.domain.errors import Bilingual, InputError

Uscc = NewType("Uscc", str)
CitizenId = NewType("CitizenId", str)

USCC_SCHEME = "USCC"
FACILITY_SCHEME = "FAC"
US_CCN_SCHEME = "US-CCN"

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

CITIZEN_CHECKS = "10X98765432"
CITIZEN_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CITIZEN_PATTERN = re.compile(r"[0-9]{17}[0-9X]")
_CITIZEN_IN_TEXT = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}[ -]?(?:(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][ -]?[0-9]{3}[0-9Xx]?"
    r"|[0-9]{2}[01][0-9][0-3][0-9][ -]?[0-9]{3})(?![0-9A-Za-z])"
)
"""A citizen number as people write it: 18 characters or the first 17, parted or not, or the old 15 digits."""
EARLIEST_BIRTH_YEAR = 1900

_SCHEME_PATTERN = re.compile(r"[A-Z][A-Z0-9-]{1,15}")
_FREE_CODE_PATTERN = re.compile(r"[0-9A-Z][0-9A-Z._/-]{0,63}")
_US_CCN_PATTERN = re.compile(r"[0-9A-Z]{6}")


def refuse(rule: str, zh: str, en: str) -> InputError:
    """The error of a broken rule, ready to raise."""
    return InputError(Bilingual(zh, en), rule=rule)


def normalise_code(text: str) -> str:
    """The canonical spelling of a typed code: compatibility forms folded (NFKC), upper case, no space around it."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip().upper()


# Social credit codes ---------------------------------------------------------------------------------------------


def uscc_check_character(first_seventeen: str) -> str:
    """The 18th character that GB 32100-2015 gives to the first seventeen (all of the code's alphabet)."""
    total = sum(map(mul, map(_USCC_VALUES.__getitem__, first_seventeen), _USCC_WEIGHTS))
    return USCC_ALPHABET[-total % 31]


def parse_uscc(text: str) -> Uscc:
    """The unified social credit code (统一社会信用代码) in `text`.

    Legal source: GB 32100-2015. Letters are valid at positions 1 and 2 (rural collectives begin with N2).
    Rules: `uscc.length`, `uscc.character`, `uscc.region`, `uscc.check-character`.
    """
    code = normalise_code(text)
    if len(code) != 18:
        raise refuse("uscc.length", "统一社会信用代码应为18位", "a social credit code has 18 characters")
    if not all(character in _USCC_VALUES for character in code):
        zh, en = (
            "统一社会信用代码含有不允许的字符",
            "a social credit code has only digits and capitals without I, O, S, V, Z",
        )
        raise refuse("uscc.character", zh, en)
    if not code[2:8].isdigit():
        raise refuse(
            "uscc.region", "统一社会信用代码第3至8位应为数字", "characters 3 to 8 of a social credit code are digits"
        )
    if uscc_check_character(code[:17]) != code[17]:
        raise refuse(
            "uscc.check-character",
            "统一社会信用代码校验码错误",
            "the check character of the social credit code is wrong",
        )
    return Uscc(code)


# Institution codes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InstitutionCode:
    """A code within its scheme; `str()` gives the canonical text (a USCC as it is, any other as `SCHEME:CODE`)."""

    scheme: str
    code: str

    def __str__(self) -> str:
        return self.code if self.scheme == USCC_SCHEME else f"{self.scheme}:{self.code}"


def _check_us_ccn(code: str) -> None:
    if not _US_CCN_PATTERN.fullmatch(code):
        zh, en = "CMS认证编号应为6位数字或字母", "a CMS certification number has six digits or letters"
        raise refuse("us-ccn.format", zh, en)


def _check_free_code(code: str) -> None:
    if not _FREE_CODE_PATTERN.fullmatch(code):
        zh, en = "机构编码应为1至64位数字、字母或 . _ / -", "a code has 1 to 64 digits, letters or . _ / -"
        raise refuse("institution-code.code", zh, en)


_SCHEME_CHECKS: Mapping[str, Callable[[str], object]] = {USCC_SCHEME: parse_uscc, US_CCN_SCHEME: _check_us_ccn}


def parse_institution_code(text: str) -> InstitutionCode:
    """The institution or organisation code in `text`; without a colon the scheme is USCC.

    Rules: those of the scheme (`uscc.*`, `us-ccn.format`), `institution-code.empty`, `institution-code.scheme`,
    `institution-code.code`.
    """
    canonical = normalise_code(text)
    if not canonical:
        raise refuse("institution-code.empty", "机构编码为空", "the institution code is empty")
    scheme, colon, code = canonical.partition(":")
    if not colon:
        scheme, code = USCC_SCHEME, canonical
    if not _SCHEME_PATTERN.fullmatch(scheme):
        zh, en = "编码体系应为2至16位大写字母、数字或 -", "a scheme has 2 to 16 capitals, digits or -"
        raise refuse("institution-code.scheme", zh, en)
    _SCHEME_CHECKS.get(scheme, _check_free_code)(code)
    return InstitutionCode(scheme, code)


# Citizen numbers -------------------------------------------------------------------------------------------------


def citizen_check_character(first_seventeen: str) -> str:
    """The 18th character that GB 11643-1999 gives to the first seventeen digits."""
    total = sum(map(mul, map(int, first_seventeen), CITIZEN_WEIGHTS))
    return CITIZEN_CHECKS[total % 11]


def parse_citizen_id(text: str) -> CitizenId:
    """The citizen identity number (公民身份号码) in `text`. Personal data: never log it, never put it in an error.

    Legal source: GB 11643-1999. The birth date is a day of the calendar from 1900 on; whether it lies in the future is
    for the caller, who knows the day.
    Rules: `citizen-id.length`, `citizen-id.character`, `citizen-id.birth-date`, `citizen-id.check-character`.
    """
    number = normalise_code(text)
    if len(number) != 18:
        raise refuse("citizen-id.length", "公民身份号码应为18位", "a citizen number has 18 characters")
    if not _CITIZEN_PATTERN.fullmatch(number):
        zh, en = "公民身份号码应为17位数字加1位数字或X", "a citizen number is 17 digits and a digit or X"
        raise refuse("citizen-id.character", zh, en)
    birth_date_of(CitizenId(number))
    if citizen_check_character(number[:17]) != number[17]:
        raise refuse(
            "citizen-id.check-character", "公民身份号码校验码错误", "the check character of the citizen number is wrong"
        )
    return CitizenId(number)


def birth_date_of(citizen_id: CitizenId) -> date:
    """The birth date that positions 7 to 14 of a citizen number tell. Rule: `citizen-id.birth-date`."""
    try:
        born = date(int(citizen_id[6:10]), int(citizen_id[10:12]), int(citizen_id[12:14]))
    except ValueError:
        born = date.min
    if born.year < EARLIEST_BIRTH_YEAR:
        zh, en = "公民身份号码中的出生日期不合理", "the birth date in the citizen number is not plausible"
        raise refuse("citizen-id.birth-date", zh, en)
    return born


def mask_citizen_id(number: str) -> str:
    """The public form of a citizen number: the region and the last four, `110105********002X`.

    A text of another length, as in an error report, keeps at most a third of itself in front and a quarter at the end.
    """
    front, back = min(6, len(number) // 3), min(4, len(number) // 4)
    return number[:front] + "*" * (len(number) - front - back) + number[len(number) - back :]


def mask_name(name: str) -> str:
    """A personal name with all but its first character hidden, `张**`."""
    return name[:1] + "*" * (len(name) - 1)


def hide_citizen_ids(text: str) -> str:
    """`text` with everything that looks like a citizen number masked, whatever column it was typed into."""
    folded = unicodedata.normalize("NFKC", text) if not text.isascii() else text
    hidden = _CITIZEN_IN_TEXT.sub(lambda found: mask_citizen_id(found.group()), folded)
    return text if hidden == folded else hidden


def has_citizen_id(text: str) -> bool:
    """Whether a valid citizen number of 18 characters stands in `text`; one that is a social credit code is none."""
    folded = unicodedata.normalize("NFKC", text) if not text.isascii() else text
    return any(_is_citizen_id(re.sub("[ -]", "", found.group())) for found in _CITIZEN_IN_TEXT.finditer(folded))


def _is_citizen_id(text: str) -> bool:
    try:
        number = parse_citizen_id(text)
    except InputError:
        return False
    return uscc_check_character(number[:17]) != number[17]
