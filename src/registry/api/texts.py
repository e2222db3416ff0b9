"""Texts from callers: control characters, which people cannot see and the database cannot all store, are refused."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from registry.domain.errors import Bilingual, InputError
from registry.domain.identifiers import has_citizen_id

LINES = "lines"
"""Key of an input field's metadata: true for a text of several lines, which has tabs and line ends."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def has_control_character(text: str, *, lines: bool = False) -> bool:
    """Whether a text has a control character or half a surrogate pair; `lines` admits tabs and line ends."""
    return (_CONTROL_IN_LINES if lines else _CONTROL).search(text) is not None


def check_text(text: str, path: Sequence[str | int], *, lines: bool = False) -> None:
    """Refuse a text with a control character. Rule: `text.control-character`."""
    if has_control_character(text, lines=lines):
        message = Bilingual("文本不得含控制字符", "A text has no control characters")
        raise InputError(message, rule="text.control-character", path=path)


def check_input(given: Any) -> None:
    """Refuse what no text of a mutation's input may have: it would be stored, and answers to retries are kept.

    Rules: `text.control-character`, `text.citizen-number`.
    """
    for text, path, lines in _texts(given, ()):
        check_text(text, ("input", *path), lines=lines)
        if has_citizen_id(text):
            message = Bilingual("文本不得含公民身份号码", "A text has no citizen number")
            raise InputError(message, rule="text.citizen-number", path=("input", *path))


def _texts(
    given: Any, path: tuple[str | int, ...], lines: bool = False
) -> Iterator[tuple[str, tuple[str | int, ...], bool]]:
    if isinstance(given, str):
        yield given, path, lines
    elif isinstance(given, list):
        for number, item in enumerate(given):
            yield from _texts(item, (*path, number), lines)
    elif is_dataclass(given):
        for field in fields(given):
            place = (*path, to_camel_case(field.name))
            yield from _texts(getattr(given, field.name), place, bool(field.metadata.get(LINES)))
