"""A checked walk over a policy document: every getter notes its problem and goes on, so that all are found at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from scoring.policy.problems import Problem, problem
from scoring.policy.text import Text

T = TypeVar("T")
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}\Z")
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?(/[1-9][0-9]{0,8})?\Z")
LONG = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?(/[1-9][0-9]*)?\Z")
VERSION = re.compile(r"[^\s@]([^@\r\n]{0,62}[^\s@])?\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
WIDEST = 10**12
WIDEST_EXPONENT = 100
"""Beyond it a number is told as it was written: its digits would fill the memory."""


@dataclass(slots=True)
class Reader:
    """One table of the document with its path; children share the list of problems."""

    table: Mapping[str, Any]
    path: str
    problems: list[Problem]
    seen: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    def at(self, key: object) -> str:
        """The dotted path of a key of this table."""
        return f"{self.path}.{key}" if self.path else str(key)

    def note(self, key: object, rule: str, **facts: object) -> None:
        """Records one problem at a key (or at the table itself for the empty key)."""
        self.problems.append(problem(self.path if key == "" else self.at(key), rule, **facts))

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.table

    def raw(self, key: str, required: bool = False) -> Any:
        """The value as it stands, None when absent; an absent required key is a problem."""
        self.seen.add(key)
        if key not in self.table:
            if required:
                self.note(key, "required", name=self.at(key))
            return None
        return self.table[key]

    def wrong(self, key: str, value: object, zh_kind: str, en_kind: str) -> None:
        zh_found, en_found = kind_of(value)
        self.note(key, "type", zh_kind=zh_kind, en_kind=en_kind, zh_found=zh_found, en_found=en_found)

    def sound(self, key: object) -> bool:
        """Whether nothing is wrong at a key or below it so far."""
        place = self.at(key)
        return not any(one.path == place or one.path.startswith(f"{place}.") for one in self.problems)

    def one_of(self, choices: Sequence[str]) -> list[str]:
        """Which of the choices stand in this table; any number but one is a problem."""
        found = [name for name in choices if name in self.table]
        if len(found) != 1:
            self.note("", "one-of", choices=", ".join(choices), found=", ".join(found) or "-")
        return found

    def text(self, key: str, default: str = "", required: bool = False) -> str:
        value = self.raw(key, required)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong(key, value, "文字", "a text")
            return default
        return value

    def code(self, key: str = "code", default: str = "", required: bool = True) -> str:
        return self.formed(key, CODE, "code", default, required)

    def formed(self, key: str, form: re.Pattern[str], rule: str, default: str = "", required: bool = True) -> str:
        """A text of a form."""
        value = self.text(key, default, required)
        if isinstance(self.table.get(key), str) and not form.match(value):
            self.note(key, rule, found=value)
        return value

    def word(self, key: str) -> str:
        """A text that is required and says something."""
        value = self.text(key, required=True)
        if isinstance(self.table.get(key), str) and not value.strip():
            self.note(key, "blank")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str = "", required: bool = False) -> str:
        value = self.text(key, default, required)
        if value and value not in choices:
            self.note(key, "choice", found=value, choices=", ".join(choices))
            return default or choices[0]
        return value or choices[0]

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(key, value, "true 或 false", "true or false")
            return default
        return value

    def number(self, key: str, default: Fraction | int = 0, required: bool = False) -> Fraction:
        value = self.raw(key, required)
        return Fraction(default) if value is None else self.exact(key, value, Fraction(default))

    def exact(self, key: str, value: object, default: Fraction) -> Fraction:
        """An exact number: an integer, a decimal, or a text such as "0.35" or "1/3"."""
        if isinstance(value, float):
            self.note(key, "binary-float")
            return default
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            self.wrong(key, value, "数字", "a number")
            return default
        if not NUMBER.match(plain(value)):
            self.note(key, "number-size" if LONG.match(plain(value)) else "number", found=value)
            return default
        return self.bounded(key, Fraction(plain(value)), default)

    def bounded(self, key: str, value: Fraction, default: Fraction) -> Fraction:
        if abs(value) <= WIDEST:
            return value
        self.note(key, "range", found=value, low=-WIDEST, high=WIDEST)
        return default

    def integer(self, key: str, default: int = 0, low: int = 0, high: int = WIDEST, required: bool = False) -> int:
        value = self.number(key, default, required)
        if value.denominator != 1:
            self.note(key, "whole", found=plain(self.table[key]))
            return default
        if not low <= value <= high:
            self.note(key, "range", found=value, low=low, high=high)
            return default
        return int(value)

    def scaled(self, key: str, decimals: int, default: int = 0, required: bool = False) -> int:
        """A number as an integer of 10**-decimals; more decimals than that are a problem."""
        value = self.raw(key, required)
        return default if value is None else self.to_scale(key, value, decimals)

    def to_scale(self, key: str, value: object, decimals: int) -> int:
        number = self.exact(key, value, Fraction(0)) * 10**decimals
        if number.denominator != 1:
            self.note(key, "too-fine", found=value, decimals=decimals)
        return int(number)

    def day(self, key: str, required: bool = False) -> date | None:
        value = self.raw(key, required)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value) if DAY.match(str(value)) else "")
        except ValueError:
            self.note(key, "date", found=value)
            return None

    def bilingual(self, key: str, required: bool = False) -> Text:
        """A text in both languages; with one given it serves for both."""
        if not self.has(key) and not required:
            return Text("", "")
        inner = self.child(key, required, example=(f'，如 {key}.zh = "…"', f' such as {key}.en = "…"'))
        zh, en = inner.text("zh"), inner.text("en")
        if required and not (zh or en) and key in self.table:
            inner.note("", "required", name=self.at(f"{key}.zh"))
        for language, text in (("zh", zh), ("en", en)):
            if text and not text.strip():
                inner.note(language, "blank")
        inner.finish()
        return Text(zh or en, en or zh)

    def child(self, key: str, required: bool = False, example: tuple[str, str] = ("", "")) -> "Reader":
        """The table under a key; when absent or wrong an empty one, of which nothing more is asked."""
        value = self.raw(key, required)
        if isinstance(value, Mapping):
            return Reader(value, self.at(key), self.problems)
        if value is not None:
            self.wrong(key, value, "表" + example[0], "a table" + example[1])
        return Reader({}, self.at(key), [])

    def items(self, key: str, required: bool = False) -> list[Any]:
        """The list under a key; an empty one when absent or wrong."""
        value = self.raw(key, required)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            self.wrong(key, value, "列表", "a list")
            return []
        if required and not value:
            self.note(key, "empty")
        return list(value)

    def children(self, key: str, required: bool = False) -> list["Reader"]:
        """The tables of a list of tables."""
        readers = []
        for index, value in enumerate(self.items(key, required)):
            if isinstance(value, Mapping):
                readers.append(Reader(value, f"{self.at(key)}.{index}", self.problems))
            else:
                self.wrong(f"{key}.{index}", value, "表", "a table")
        return readers

    def each(self, key: str, read: Callable[[str, Any], T], required: bool = False) -> tuple[T, ...]:
        """Every entry of a list through `read(path key, value)`."""
        return tuple(read(f"{key}.{index}", value) for index, value in enumerate(self.items(key, required)))

    def texts(self, key: str, choices: Sequence[str] = (), required: bool = False) -> tuple[str, ...]:
        """A list of texts, each of the choices where these are given; one text alone stands for a list of one."""
        alone = self.table.get(key)
        if isinstance(alone, str):
            self.seen.add(key)
            return (self.one_text(key, alone, choices),)
        return self.each(key, lambda place, value: self.one_text(place, value, choices), required)

    def one_text(self, place: str, value: object, choices: Sequence[str]) -> str:
        if not isinstance(value, str):
            self.wrong(place, value, "文字", "a text")
            return ""
        if choices and value not in choices:
            self.note(place, "choice", found=value, choices=", ".join(choices))
        elif not value.strip():
            self.note(place, "blank")
        return value

    def rising(self, key: str, values: Sequence[int | Fraction]) -> None:
        """Notes the first place where a list of numbers does not rise strictly."""
        if not self.sound(key):
            return
        for index in range(1, len(values)):
            if values[index] <= values[index - 1]:
                shown = self.table[key][index], self.table[key][index - 1]
                self.note(f"{key}.{index}", "order", second=shown[0], first=shown[1])
                return

    def finish(self) -> None:
        """Notes every key that nobody asked for."""
        for key in self.table:
            if key not in self.seen:
                self.note(key, "unknown-key", name=key, known=", ".join(sorted(self.seen | self.asked)))


def kind_of(value: object) -> tuple[str, str]:
    """What a value is, in the words of the documentation."""
    for kind, words in _KINDS:
        if isinstance(value, kind):
            return words
    return "其他类型", "something else"


_KINDS: tuple[tuple[Any, tuple[str, str]], ...] = (
    (bool, ("true 或 false", "true or false")),
    ((int, float, Decimal), ("数字", "a number")),
    (str, ("文字", "a text")),
    (date, ("日期", "a date")),
    (Mapping, ("表", "a table")),
    ((list, tuple), ("列表", "a list")),
)


def plain(value: int | Decimal | str) -> str:
    """A number as plain digits, so that 1E+3 and 1000 are one."""
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() and abs(value.adjusted()) < WIDEST_EXPONENT else str(value)
    return str(value).strip()
