"""Typed rows of a file: one conversion for every format."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from registry.domain.errors import InputError, RowError
from registry.domain.identifiers import hide_citizen_ids, mask_citizen_id, mask_name, refuse
from registry.transfer.columns import Column, Fields, ImportKind
from registry.transfer.formats import READERS, FileFormat
from registry.transfer.headers import match_header
from registry.transfer.tables import RawRow, reject_file
from registry.transfer.values import Value, cell_text

REMEMBERED_TEXTS = 1 << 16
LONGEST_SHOWN = 120
Convert = Callable[[object], Value]


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One accepted row: its number (from 1, without the header) and its values in the order of `kind.names`."""

    number: int
    values: tuple[Value, ...]


@dataclass(slots=True)
class ErrorLog:
    """The errors of a file: all are counted, the first `limit` are kept."""

    limit: int = 1_000
    kept: list[RowError] = field(default_factory=list)
    count: int = 0
    row_count: int = 0
    _last_row: tuple[str, int] | None = None

    def add(self, error: RowError) -> None:
        """Counts an error and keeps it while there is room. Errors of one row come one after another."""
        self.count += 1
        if self._last_row != (error.file, error.row):
            self._last_row = (error.file, error.row)
            self.row_count += 1
        if len(self.kept) < self.limit:
            self.kept.append(error)


def read_rows(
    kind: ImportKind,
    source: Path | BinaryIO,
    file_name: str,
    errors: ErrorLog,
    *,
    file_format: FileFormat = FileFormat.CSV,
) -> Iterator[ParsedRow]:
    """The accepted rows of a file in its order; the errors of the others go to `errors` as the rows stream.

    Raises `RowsRejected` for what is wrong with the file as a whole: `file.unreadable`, and see the readers and
    `match_header`.
    """
    if isinstance(source, Path):
        with _open(source, file_name) as stream:
            yield from read_rows(kind, stream, file_name, errors, file_format=file_format)
        return
    table = READERS[file_format](source, file_name)
    width = len(table.header)
    places = match_header(kind, table.header, file_name)
    conversion = RowConversion(kind, file_name, places, width)
    for raw in table.rows:
        row = conversion.convert(raw, errors)
        if row is not None:
            yield row


def _open(path: Path, file_name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        zh, en = f"文件无法打开:{error.strerror}", f"the file cannot be opened: {error.strerror}"
        raise reject_file(file_name, 0, "file.unreadable", zh, en) from error


class Memo(dict[str, Value]):
    """Remembers the values of texts that come again and again; forgets all when full, so that memory stays flat."""

    def __init__(self, parse: Callable[[str], Value]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: str) -> Value:
        """Converts a text not seen lately."""
        value = self._parse(text)
        if len(self) >= REMEMBERED_TEXTS:
            self.clear()
        self[text] = value
        return value


def _converter(column: Column) -> Convert:
    """From a raw cell to the column's value; None for an empty optional cell. Rule: `cell.required`."""
    parse = Memo(column.type.parse).__getitem__ if column.type.few else column.type.parse

    def convert(cell: object) -> Value:
        text = cell_text(cell)
        if text:
            return parse(text)
        if column.required:
            raise refuse("cell.required", "必填项为空", "a required cell is empty")
        return None

    return convert


class RowConversion:
    """Converts raw rows of one file; holds the converters so that what they remember lasts for the file."""

    def __init__(self, kind: ImportKind, file: str, places: Sequence[int], width: int) -> None:
        self._kind, self._file, self._width = kind, file, width
        self._cells = [(place, _converter(column)) for place, column in zip(places, kind.columns, strict=True)]

    def convert(self, raw: RawRow, errors: ErrorLog) -> ParsedRow | None:
        """The typed row, or None with every error of the row put into `errors`."""
        number, cells = raw
        try:
            self._check_width(cells)
            values = tuple([convert(cells[place] if place >= 0 else None) for place, convert in self._cells])
            self._check_rules(values)
        except InputError:
            for error in self._errors_of(number, cells):
                errors.add(error)
            return None
        return ParsedRow(number, values)

    def _check_width(self, cells: Sequence[object]) -> None:
        if len(cells) != self._width and (len(cells) < self._width or any(cells[self._width :])):
            zh = f"该行有{len(cells)}个单元格,表头有{self._width}个"
            raise refuse("row.cells", zh, f"the row has {len(cells)} cells, the header {self._width}")

    def _check_rules(self, values: tuple[Value, ...]) -> None:
        if self._kind.rules:
            fields = dict(zip(self._kind.names, values, strict=True))
            for rule in self._kind.rules:
                rule.check(fields)

    def _errors_of(self, number: int, cells: Sequence[object]) -> Iterator[RowError]:
        """Every error of a row: of its width alone, else of each cell, then of the rules whose columns are sound."""
        try:
            self._check_width(cells)
        except InputError as error:
            yield self._row_error(number, None, "", error)
            return
        fields: dict[str, Value] = {}
        for column, (place, convert) in zip(self._kind.columns, self._cells, strict=True):
            cell = cells[place] if place >= 0 else None
            try:
                fields[column.name] = convert(cell)
            except InputError as error:
                yield self._row_error(number, column, cell_text(cell), error)
        yield from self._rule_errors(number, cells, fields)

    def _rule_errors(self, number: int, cells: Sequence[object], fields: Fields) -> Iterator[RowError]:
        for rule in self._kind.rules:
            try:
                rule.check(fields)
            except KeyError:
                continue  # a column the rule reads has an error of its own
            except InputError as error:
                place = self._cells[self._kind.places[rule.column]][0]
                text = cell_text(cells[place]) if place >= 0 else ""
                yield self._row_error(number, self._kind.column(rule.column), text, error)

    def _row_error(self, number: int, column: Column | None, text: str, error: InputError) -> RowError:
        name = column.name if column else ""
        return RowError(self._file, number, name, shown_value(column, text), error.rule or "", error.message)


def shown_value(column: Column | None, text: str) -> str:
    """The text of a cell as an error may show it: masked in personal columns and wherever a citizen number stands."""
    if column is None or not column.personal:
        return hide_citizen_ids(text)[:LONGEST_SHOWN]
    masked = mask_citizen_id(text) if any(character.isdigit() for character in text) else mask_name(text)
    return masked[:LONGEST_SHOWN]
