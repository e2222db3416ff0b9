"""What an import kind is: its columns, its natural key, the rules across a row's columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from registry.domain.errors import Bilingual
from registry.transfer.values import Value, ValueType

Fields = Mapping[str, Value]
RowRule = Callable[[Fields], None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. A personal column's values never appear in plain in an error."""

    name: str
    type: ValueType
    description: Bilingual
    required: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True)
class CrossRule:
    """A rule over several columns of one row; `column` is where its breach is reported. `check` raises InputError.

    `reads` names the columns that it reads, so that rows alike in these are checked once; none means all.
    """

    column: str
    check: RowRule
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportKind:
    """A kind of file: `key` names the columns of the natural key, by which a row replaces an earlier one."""

    name: str
    title: Bilingual
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[CrossRule, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The column names in order: the order of `ParsedRow.values`."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each column in `ParsedRow.values`."""
        return {name: place for place, name in enumerate(self.names)}

    def column(self, name: str) -> Column:
        """The column of a name; KeyError for an unknown one."""
        return self.columns[self.places[name]]
