"""What a command shows: text for people or one JSON document for machines, and errors in both languages."""

import json
import sys
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.domain.errors import RegisterError, RowError
from registry.domain.identifiers import hide_citizen_ids

if TYPE_CHECKING:
    from rich.console import Console

ROWS_SHOWN = 20
PROSE_WIDTH = 12
CELL_PADDING = 2


@dataclass(slots=True)
class _Mode:
    json: bool = False
    debug: bool = False


mode = _Mode()


def _remember_json(value: bool) -> bool:
    mode.json = value
    return value


Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document. 输出 JSON。", callback=_remember_json, is_eager=True)
]


@cache
def console() -> "Console":
    """Return the console on standard output."""
    from rich.console import Console

    return Console(soft_wrap=True, highlight=False)


@cache
def error_console() -> "Console":
    """Return the console on standard error, where progress and errors go."""
    from rich.console import Console

    return Console(stderr=True, soft_wrap=True, highlight=False)


def plain(data: Any) -> Any:
    """Return data that JSON can hold: dataclasses as objects, everything else that it does not know as text."""
    if is_dataclass(data) and not isinstance(data, type):
        return asdict(data)
    return str(data)


def emit(data: Any, text: Callable[[], None]) -> None:
    """Print the data as JSON where that was asked for, else call what prints it for people."""
    if mode.json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=plain) + "\n")
        sys.stdout.flush()
    else:
        text()


def say(line: str) -> None:
    """Print a line for people; markup in it is shown as it is."""
    console().print(line, markup=False)


def show_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    title: str | None = None,
    prose: Collection[str] = (),
) -> None:
    """Print a table for people; numbers are set to the right.

    Only the columns named in `prose` are wrapped. What does not fit the screen gets its headings on two lines, and is
    wider than the screen rather than cut through a code or a name.
    """
    from rich import box
    from rich.table import Table

    cells = [[_cell(cell) for cell in row] for row in rows]
    headings, width = _fitted(columns, cells, prose)
    table = Table(title=title, box=box.SIMPLE, title_justify="left", width=width, pad_edge=False)
    for place, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[place], int | float) for row in rows)
        wrapped = column in prose
        table.add_column(headings[place], justify="right" if numeric else "left", no_wrap=not wrapped, overflow="fold")
    for row in cells:
        table.add_row(*map(_shown_as_it_is, row))
    console().print(table)


def _fitted(
    columns: Sequence[str], cells: Sequence[Sequence[str]], prose: Collection[str]
) -> tuple[Sequence[str], int | None]:
    """Headings that fit the screen where that is possible, and the width of a table that cannot fit it."""
    screen = console().width
    if _least_width(columns, columns, cells, prose) <= screen:
        return columns, None
    headings = [column.replace(" ", "\n", 1) for column in columns]
    least = _least_width(columns, headings, cells, prose)
    return headings, least if least > screen else None


def _least_width(
    columns: Sequence[str], headings: Sequence[str], cells: Sequence[Sequence[str]], prose: Collection[str]
) -> int:
    from rich.cells import cell_len

    total = len(columns) * (1 + CELL_PADDING) - 1
    for place, column in enumerate(columns):
        lines = [*headings[place].splitlines(), *(row[place] for row in cells)]
        widest = max(map(cell_len, lines), default=0)
        total += min(widest, PROSE_WIDTH) if column in prose else widest
    return total


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def _shown_as_it_is(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def show_error(error: RegisterError, more: Mapping[str, object] | None = None) -> None:
    """Print an expected failure: the message in both languages and its rule; one object under `error` in JSON.

    A message may repeat what was typed, and a citizen number in it is masked here as everywhere.
    """
    where = ".".join(str(part) for part in error.path if part != "")
    zh, en = hide_citizen_ids(error.message.zh), hide_citizen_ids(error.message.en)
    if mode.json:
        shown = {"code": error.code, "rule": error.rule, "path": list(error.path)}
        emit({"error": {**shown, "message": {"zh": zh, "en": en}, **(more or {})}}, lambda: None)
    tail = "  ".join(part for part in (error.rule, where) if part)
    error_console().print(f"{en} / {zh}" + (f"  [{tail}]" if tail else ""), markup=False)
    if mode.debug:
        sys.stderr.write(hide_citizen_ids("".join(traceback.format_exception(error))))


def show_row_errors(errors: Sequence[RowError]) -> None:
    """Print the first ROWS_SHOWN rejected cells, each with its reason below it."""
    for error in errors[:ROWS_SHOWN]:
        say(f"row / 行 {error.row:,}  {error.column}  {error.value}  [{error.rule}]")
        say(f"      {error.reason}")
    if len(errors) > ROWS_SHOWN:
        say(f"… {len(errors) - ROWS_SHOWN:,} more / 另有 {len(errors) - ROWS_SHOWN:,} 条")
