"""JSON Lines: one object a line, its keys the names of the columns; blank lines and lines of nulls are passed over."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import BinaryIO

from registry.domain.errors import Bilingual, RowError
from registry.domain.identifiers import hide_citizen_ids
from registry.transfer.columns import ImportKind
from registry.transfer.encodings import decode, lines
from registry.transfer.headers import column_name, unknown_column
from registry.transfer.tables import COMMENT, RawRow, RawTable, WrongRow, reject_file

LONGEST_SHOWN = 100


def read_jsonl(stream: BinaryIO, file: str, kind: ImportKind) -> RawTable:
    """The rows of a stream, numbered by their lines from 1; every key that a line leaves out is empty.

    A line that cannot be used is a `WrongRow`: `json.syntax`, `json.object`, `header.unknown`, `header.duplicate`,
    `cell.type`. Raises `RowsRejected`: `file.empty`, `file.encoding`.
    """
    texts = _texts(stream, file)
    first = next(texts, None)
    if first is None:
        raise reject_file(file, 0, "file.empty", "文件为空", "the file is empty")
    line = _Line(kind, file)
    rows = (line.row(number, text) for number, text in chain([first], texts))
    return RawTable(kind.names, (row for row in rows if row is not None))


def _texts(stream: BinaryIO, file: str) -> Iterator[tuple[int, str]]:
    """Every line that is not blank, with its number."""
    number = 0
    try:
        for number, text in enumerate(lines(decode(stream)), start=1):
            if text.strip():
                yield number, text
    except UnicodeDecodeError as error:
        zh, en = "文件编码无法识别,应为 UTF-8 或 GB18030", "the file is neither UTF-8 nor GB18030 text"
        raise reject_file(file, number + 1, "file.encoding", zh, en) from error
    except ValueError as error:
        raise reject_file(file, number + 1, "json.syntax", "行过长", "a line is too long") from error


class _Line:
    """Turns the lines of one file into cells; remembers how keys are spelt."""

    def __init__(self, kind: ImportKind, file: str) -> None:
        self._kind, self._file = kind, file
        self._spellings: dict[str, str] = {}

    def row(self, number: int, text: str) -> RawRow | None:
        """The cells of a line, or what is wrong with it; None for a comment or an object of nothing but nulls."""
        if text.startswith(COMMENT):
            return None
        pairs = _parsed(text)
        if isinstance(pairs, str):
            return number, WrongRow((self._error(number, "", pairs),))
        named = [(self._spelling(key), value) for key, value in pairs]
        fields = dict(named)
        if errors := self._errors(number, named, fields):
            return number, WrongRow(tuple(errors))
        if all(value is None or value == "" for value in fields.values()):
            return None
        return number, [fields.get(name) for name in self._kind.names]

    def _spelling(self, key: str) -> str:
        if key not in self._spellings:
            if len(self._spellings) > 10 * len(self._kind.names):
                self._spellings.clear()
            self._spellings[key] = column_name(self._kind, key)
        return self._spellings[key]

    def _errors(self, number: int, named: Sequence[tuple[str, object]], fields: Mapping[str, object]) -> list[RowError]:
        if len(fields) < len(named):
            names = [name for name, _ in named]
            return [self._error(number, name, "header.duplicate") for name in fields if names.count(name) > 1]
        if not fields.keys() <= self._kind.places.keys():
            free = [name for name in self._kind.names if name not in fields]
            unknown = [name for name in fields if name not in self._kind.places]
            return [unknown_column(name, free, self._file, number) for name in unknown]
        nested = [name for name, value in fields.items() if isinstance(value, list)]
        return [self._error(number, name, "cell.type") for name in nested]

    def _error(self, number: int, column: str, rule: str) -> RowError:
        shown = hide_citizen_ids(column)[:LONGEST_SHOWN]
        return RowError(self._file, number, shown, shown, rule, _REASONS[rule])


_REASONS = {
    "json.syntax": Bilingual("该行不是有效的 JSON", "the line is not valid JSON"),
    "json.object": Bilingual("每行应为一个 JSON 对象", "each line is one JSON object"),
    "header.duplicate": Bilingual("同一行中键重复", "the key stands twice in the line"),
    "cell.type": Bilingual("值应为文本、数字或 null", "a value is a text, a number or null"),
}


class _Pairs(list[tuple[str, object]]):
    """The members of an object in their order, also those of one name."""


def _parsed(text: str) -> _Pairs | str:
    """The members of the line's object, or the rule that the line breaks."""
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return "json.syntax"
    return value if isinstance(value, _Pairs) else "json.object"


def _refuse_constant(name: str) -> object:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


_DECODER = json.JSONDecoder(object_pairs_hook=_Pairs, parse_float=Decimal, parse_constant=_refuse_constant)
