"""Value types of columns: from the text of a cell to a typed, checked value.

A value type is a frozen description with one method: `parse` takes the text of a non-empty cell and gives a str, int,
Decimal or date, or raises `InputError` with a rule and without repeating the value.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import ClassVar, Protocol

from registry.domain.identifiers import normalise_code, refuse
from registry.domain.terms import Term

Value = str | int | Decimal | date | None

LONGEST_NUMBER = 40

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = "\ufeff\u200b\u2060\u3000\xa0 \t\r\n\v\f"
_POLICY_NAME_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_CODE_PATTERN = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_COUNT_PATTERN = re.compile(r"[+-]?[0-9]{1,15}(?:\.0+)?")
_NUMBER_PATTERN = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SPACED_DAY = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_TIMED_DAY = re.compile(r"[0-9]{4}[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}日?[T ]*[0-9]{1,2}:[0-9]{2}\b.*")
TIME_OF_DAY = (
    "日期后带有时刻;请只填日期,如 2024-01-31",
    "a time of day stands after the day; give the day alone, like 2024-01-31",
)


class ValueType(Protocol):
    """What a column holds."""

    @property
    def few(self) -> bool:
        """Whether the same texts come again and again, so that remembering them pays."""

    @property
    def form(self) -> tuple[str, str]:
        """The form in words for a template, Chinese and English."""

    def parse(self, text: str) -> Value:
        """The typed value of the text of a non-empty cell."""


@dataclass(frozen=True)
class Text:
    """Free text: runs of white space (also line breaks) become one space; no control characters."""

    longest: int = 200
    few: bool = False

    @property
    def form(self) -> tuple[str, str]:
        """The form in words."""
        return f"至多{self.longest}字", f"at most {self.longest} characters"

    def parse(self, text: str) -> str:
        """Rules: `text.character`, `text.length`."""
        if _CONTROL.search(text):
            raise refuse("text.character", "含有控制字符", "the text has control characters")
        folded = " ".join(text.split())
        if len(folded) > self.longest:
            raise refuse("text.length", f"超过{self.longest}个字", f"the text is longer than {self.longest} characters")
        return folded


@dataclass(frozen=True)
class Identifier:
    """An identifier with a parser of the domain, which raises its own rules.

    `survives_as_number` is true where no digit is lost if a spreadsheet keeps it as a number. `all_canonical`, where
    there is one, tells at once whether the parser would give every cell of many as it is.
    """

    parser: Callable[[str], object]
    zh: str
    en: str
    few: bool = False
    survives_as_number: bool = False
    all_canonical: Callable[[Sequence[object]], bool] | None = None

    @property
    def form(self) -> tuple[str, str]:
        """The form in words."""
        return self.zh, self.en

    def parse(self, text: str) -> str:
        """The canonical text of the identifier."""
        return str(self.parser(text))


@dataclass(frozen=True)
class Code:
    """A code of a catalogue that is data: capitals, digits and underscores; its Chinese term where it is known."""

    known: type[Term] | None = None
    few: ClassVar[bool] = True

    @cached_property
    def _terms(self) -> dict[str, str]:
        return {member.zh: member.value for member in self.known or ()}

    @property
    def form(self) -> tuple[str, str]:
        """The form in words."""
        listed = " ".join(member.value for member in self.known or ())
        return (listed, listed) if listed else ("大写字母、数字、下划线", "capitals, digits, underscores")

    def parse(self, text: str) -> str:
        """Rule: `code.format`."""
        code = normalise_code(text)
        code = self._terms.get(code, code)
        if not _CODE_PATTERN.fullmatch(code):
            raise refuse("code.format", "代码应为大写字母、数字和下划线", "a code has capitals, digits and underscores")
        return code


@dataclass(frozen=True)
class PolicyName:
    """A name that policies use, of a measure or a flag: kept letter by letter as it is written."""

    form: ClassVar[tuple[str, str]] = (
        "字母、数字、下划线、点、连字符,区分大小写",
        "letters, digits, underscores, dots, hyphens; capitals matter",
    )
    few: ClassVar[bool] = True

    def parse(self, text: str) -> str:
        """Rule: `code.format`."""
        name = unicodedata.normalize("NFKC", text).strip()
        if not _POLICY_NAME_PATTERN.fullmatch(name):
            raise refuse("code.format", f"代码应为{self.form[0]}", f"a code has {self.form[1]}")
        return name


@dataclass(frozen=True)
class Choice:
    """One of a closed set of codes, or the Chinese term of one."""

    members: tuple[Term, ...]
    few: ClassVar[bool] = True

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {spelling: member.value for member in self.members for spelling in (member.value, member.zh)}

    @property
    def form(self) -> tuple[str, str]:
        """The form in words."""
        return (
            " ".join(f"{member.value}({member.zh})" for member in self.members),
            " | ".join(member.value for member in self.members),
        )

    def parse(self, text: str) -> str:
        """Rule: `choice.unknown`."""
        code = self._codes.get(normalise_code(text))
        if code is None:
            zh, en = self.form
            raise refuse("choice.unknown", f"不在允许的取值内:{zh}", f"not one of: {en}")
        return code


@dataclass(frozen=True)
class Day:
    """A calendar day, year first: 2024-01-31, 2024/1/31, 2024.1.31, 20240131, 2024年1月31日; midnight may follow."""

    earliest: date = date(1900, 1, 1)
    latest: date = date(2199, 12, 31)
    few: ClassVar[bool] = True
    form: ClassVar[tuple[str, str]] = ("日期,如 2024-01-31", "a day, like 2024-01-31")

    def parse(self, text: str) -> date:
        """Rules: `day.format`, `day.range`, `day.time`."""
        written = normalise_code(text)
        found = _day_in(written)
        if found is None and _TIMED_DAY.fullmatch(written):
            raise refuse("day.time", *TIME_OF_DAY)
        if found is None:
            raise refuse("day.format", "不是有效日期,应如 2024-01-31", "not a day of the calendar, like 2024-01-31")
        if not self.earliest <= found <= self.latest:
            zh = f"日期应在{self.earliest}至{self.latest}之间;没有期限请留空"
            en = f"the day lies outside {self.earliest} to {self.latest}; leave the cell empty where there is no end"
            raise refuse("day.range", zh, en)
        return found


def _day_in(text: str) -> date | None:
    match = _COMPACT_DAY.fullmatch(text) or _SPACED_DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part and part not in "-/.")
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True)
class Count:
    """A whole number within bounds, both inclusive."""

    least: int
    most: int
    few: ClassVar[bool] = True

    @property
    def form(self) -> tuple[str, str]:
        """The form in words."""
        return f"{self.least}至{self.most}的整数", f"a whole number {self.least} to {self.most}"

    def parse(self, text: str) -> int:
        """Rules: `count.format`, `count.range`."""
        digits = normalise_code(text)
        if not _COUNT_PATTERN.fullmatch(digits):
            raise refuse("count.format", "不是整数", "not a whole number")
        number = int(digits.partition(".")[0])
        if not self.least <= number <= self.most:
            raise refuse("count.range", f"应为{self.form[0]}", f"it should be {self.form[1]}")
        return number


@dataclass(frozen=True)
class Number:
    """An exact decimal within bounds, both inclusive, with at most `places` decimals."""

    least: Decimal
    most: Decimal
    places: int
    few: ClassVar[bool] = True

    @property
    def form(self) -> tuple[str, str]:
        """The form in words."""
        return (
            f"{self.least}至{self.most},至多{self.places}位小数",
            f"a number {self.least} to {self.most}, at most {self.places} decimals",
        )

    def parse(self, text: str) -> Decimal:
        """Rules: `number.format`, `number.places`, `number.range`."""
        digits = normalise_code(text)
        if not _NUMBER_PATTERN.fullmatch(digits):
            raise refuse("number.format", "不是十进制数", "not a decimal number")
        if len(digits.partition(".")[2].rstrip("0")) > self.places:
            raise refuse("number.places", f"小数超过{self.places}位", f"more than {self.places} decimals")
        number = Decimal(digits)
        if not self.least <= number <= self.most:
            raise refuse("number.range", f"应为{self.form[0]}", f"it should be {self.form[1]}")
        return number


def cell_text(cell: object) -> str:
    """The text of a raw cell without space around it, also of the typed cells that XLSX and JSON give.

    A float has the 15 digits that a spreadsheet shows.
    """
    if isinstance(cell, str):
        return cell.strip() if cell.isascii() else cell.strip(_INVISIBLE)
    if cell is None:
        return ""
    if isinstance(cell, float) and isfinite(cell):
        return _plain(Decimal(format(cell, ".15g")))
    if isinstance(cell, Decimal):
        return _plain(cell)
    return str(cell)


def _plain(number: Decimal) -> str:
    """A number without an exponent, unless it is beyond all measure."""
    return format(number, "f") if abs(number.adjusted()) < LONGEST_NUMBER else str(number)
