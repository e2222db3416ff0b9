"""From raw cells to typed values: a batch column by column, and row by row where anything in it is wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from registry.domain.errors import InputError, RowError
from registry.domain.identifiers import hide_citizen_ids, mask_citizen_id, mask_name, refuse
from registry.transfer.cells import text_in
from registry.transfer.columns import Column, CrossRule, Fields, ImportKind
from registry.transfer.tables import DAY_ZERO, RawRow, WrongRow
from registry.transfer.values import Identifier, Value, cell_text

REMEMBERED_CELLS = 1 << 16
LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One accepted row: its number (from 1, without the header) and its values in the order of `kind.names`."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ParsedBatch:
    """Accepted rows in their order as columns: their numbers, and the values of each column of the kind."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[Value]]

    def rows(self) -> Iterator[ParsedRow]:
        """The same row by row."""
        return map(ParsedRow, self.numbers, zip(*self.columns, strict=True))


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


class Memo(dict[object, Value]):
    """Remembers the values of texts that come again and again; forgets all when full, so that memory stays flat.

    Only texts are remembered: of typed cells, some that differ are equal (1, 1.0 and true).
    """

    def __init__(self, convert: Callable[[object], Value]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, cell: object) -> Value:
        """Converts a cell not seen lately."""
        value = self._convert(cell)
        if isinstance(cell, str):
            if len(self) >= REMEMBERED_CELLS:
                self.clear()
            self[cell] = value
        return value


class ColumnConversion:
    """The conversion of one column of a file, at `place` in its rows; -1 where the file does not have it."""

    def __init__(self, column: Column, place: int, day_zero: date = DAY_ZERO) -> None:
        self.column, self.place, self._day_zero = column, place, day_zero
        self._memo = Memo(self._parsed)
        self._all_canonical = column.type.all_canonical if isinstance(column.type, Identifier) else None

    def _parsed(self, cell: object) -> Value:
        text = text_in(self.column.type, cell, self._day_zero)
        if text:
            return self.column.type.parse(text)
        if self.column.required:
            raise refuse("cell.required", "必填项为空", "a required cell is empty")
        return None

    def cell_of(self, cells: Sequence[object]) -> object:
        """The raw cell of a row."""
        return cells[self.place] if self.place >= 0 else None

    def convert(self, cell: object) -> Value:
        """The value of a raw cell; None for an empty optional cell. Rule: `cell.required`, and those of the type."""
        return self._memo[cell] if self.column.type.few else self._parsed(cell)

    def convert_all(self, raw_columns: Sequence[Sequence[object]], height: int) -> Sequence[Value]:
        """The values of the column; raises the error of any bad cell."""
        if self.place < 0:
            return [None] * height
        cells = raw_columns[self.place]
        if self.column.type.few:
            return list(map(self._memo.__getitem__, cells))
        if self._all_canonical is not None and self._all_canonical(cells):
            return cells  # type: ignore[return-value]
        return list(map(self._parsed, cells))


class TableConversion:
    """Converts the raw rows of one file; holds the column conversions so that what they remember lasts for the file."""

    def __init__(
        self, kind: ImportKind, file: str, places: Sequence[int], width: int, day_zero: date = DAY_ZERO
    ) -> None:
        self._kind, self._file, self._width = kind, file, width
        self._columns = [
            ColumnConversion(column, place, day_zero) for place, column in zip(places, kind.columns, strict=True)
        ]

    def convert_batch(self, rows: Sequence[RawRow], errors: ErrorLog) -> ParsedBatch:
        """The typed rows of those that are sound; every error of the others is put into `errors`."""
        table = [cells for _, cells in rows if not isinstance(cells, WrongRow)]
        if len(table) == len(rows):
            try:
                return ParsedBatch([number for number, _ in rows], self._by_column(table))
            except InputError:
                pass  # some row is wrong: which, and all that is wrong with it, comes out row by row
        sound = [row for row in (self._by_row(raw, errors) for raw in rows) if row is not None]
        values = list(zip(*(row.values for row in sound), strict=True)) or [()] * len(self._columns)
        return ParsedBatch([row.number for row in sound], values)

    def _by_column(self, table: Sequence[Sequence[object]]) -> list[Sequence[Value]]:
        for cells in table:
            self._check_width(cells)
        raw_columns = list(zip(*table, strict=False))  # what is beyond the header's width is empty
        columns = [column.convert_all(raw_columns, len(table)) for column in self._columns]
        for rule in self._kind.rules:
            self._check_columns(rule, columns)
        return columns

    def _check_columns(self, rule: CrossRule, columns: Sequence[Sequence[Value]]) -> None:
        """Check each distinct combination of the values that a rule reads."""
        names = rule.reads or self._kind.names
        for values in set(zip(*(columns[self._kind.places[name]] for name in names), strict=True)):
            rule.check(dict(zip(names, values, strict=True)))

    def _by_row(self, raw: RawRow, errors: ErrorLog) -> ParsedRow | None:
        number, cells = raw
        if isinstance(cells, WrongRow):
            for error in cells.errors:
                errors.add(error)
            return None
        try:
            self._check_width(cells)
            values = tuple([column.convert(column.cell_of(cells)) for column in self._columns])
            fields = dict(zip(self._kind.names, values, strict=True))
            for rule in self._kind.rules:
                rule.check(fields)
        except InputError:
            for error in self._errors_of(number, cells):
                errors.add(error)
            return None
        return ParsedRow(number, values)

    def _check_width(self, cells: Sequence[object]) -> None:
        if len(cells) != self._width and (len(cells) < self._width or any(cells[self._width :])):
            zh = f"该行有{len(cells)}个单元格,表头有{self._width}个"
            raise refuse("row.cells", zh, f"the row has {len(cells)} cells, the header {self._width}")

    def _errors_of(self, number: int, cells: Sequence[object]) -> Iterator[RowError]:
        """Every error of a row: of its width alone, else of each cell, then of the rules whose columns are sound."""
        try:
            self._check_width(cells)
        except InputError as error:
            yield self._row_error(number, None, "", error)
            return
        fields: dict[str, Value] = {}
        for conversion in self._columns:
            cell = conversion.cell_of(cells)
            try:
                fields[conversion.column.name] = conversion.convert(cell)
            except InputError as error:
                yield self._row_error(number, conversion.column, cell_text(cell), error)
        yield from self._rule_errors(number, cells, fields)

    def _rule_errors(self, number: int, cells: Sequence[object], fields: Fields) -> Iterator[RowError]:
        for rule in self._kind.rules:
            try:
                rule.check(fields)
            except KeyError:
                continue  # a column the rule reads has an error of its own
            except InputError as error:
                conversion = self._columns[self._kind.places[rule.column]]
                text = cell_text(conversion.cell_of(cells))
                yield self._row_error(number, conversion.column, text, error)

    def _row_error(self, number: int, column: Column | None, text: str, error: InputError) -> RowError:
        name = column.name if column else ""
        return RowError(self._file, number, name, shown_value(column, text), error.rule or "", error.message)


def shown_value(column: Column | None, text: str) -> str:
    """The text of a cell as an error may show it: masked in personal columns and wherever a citizen number stands."""
    if column is None or not column.personal:
        return hide_citizen_ids(text)[:LONGEST_SHOWN]
    masked = mask_citizen_id(text) if any(character.isdigit() for character in text) else mask_name(text)
    return masked[:LONGEST_SHOWN]
