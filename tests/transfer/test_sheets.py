"""Workbooks as they are written: typed cells, no formula whatever the text, further sheets where one is full."""

import tracemalloc
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from registry.domain.errors import InputError
from registry.transfer.sheets import MOST_ROWS, CellKind, SheetColumn, Sheets

COLUMNS = (
    SheetColumn("code", CellKind.TEXT),
    SheetColumn("beds", CellKind.NUMBER),
    SheetColumn("opened_on", CellKind.DAY),
    SheetColumn("disputed", CellKind.TRUTH),
)
MADE = datetime(2026, 11, 1, tzinfo=UTC)
DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://x")', "{=1}", "0123")


def row(code: str | None, beds: float | None = 1) -> dict[str, Any]:
    return {"code": code, "beds": beds, "opened_on": "2024-01-31", "disputed": True}


def written(path: Path, rows: Sequence[Mapping[str, Any]], **options: Any) -> Path:
    book = Sheets(path, "things", COLUMNS, MADE, **options)
    assert book.add(rows) == len(rows)
    book.close()
    return path


def test_cells_have_the_types_of_their_columns_and_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(
        written(tmp_path / "x.xlsx", [row("110105194912310021", 2.5), row(None, None)])
    ).active
    assert [cell.value for cell in sheet[1]] == ["code", "beds", "opened_on", "disputed"]
    assert [cell.value for cell in sheet[2]] == ["110105194912310021", 2.5, datetime(2024, 1, 31), True]  # noqa: DTZ001
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert [cell.value for cell in sheet[3]][:2] == [None, None]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_a_formula_nor_becomes_one_when_it_is_edited(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "x.xlsx", [row(text)])
    cell = openpyxl.load_workbook(path).active["A2"]
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][0].strip() == text.strip()
    with zipfile.ZipFile(path) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml").partition(b"<sheetData>")[2]
        assert not [
            name for name in archive.namelist() if "externalLink" in name or ("rels" in name and "sheet" in name)
        ]


def test_rows_beyond_a_sheet_go_on_in_another_with_the_header_again(tmp_path: Path) -> None:
    path = written(tmp_path / "x.xlsx", [row(str(number)) for number in range(7)], most_rows=4)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["things", "things-2", "things-3"]
    told = [[sheet.cell(line, 1).value for line in range(1, sheet.max_row + 1)] for sheet in book]
    assert told == [["code", "0", "1", "2"], ["code", "3", "4", "5"], ["code", "6"]]
    assert MOST_ROWS == 1_048_576


def test_a_text_longer_than_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    book = Sheets(tmp_path / "x.xlsx", "things", COLUMNS, MADE)
    with pytest.raises(InputError) as caught:
        book.add([row("院" * 32_768)])
    assert (caught.value.rule, caught.value.path) == ("export.cell-length", ("code",))
    book.close()


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    book = Sheets(tmp_path / "x.xlsx", "things", COLUMNS, MADE)
    book.add(row(f"code {number}") for number in range(100))
    tracemalloc.start()
    book.add(row(f"code {number}") for number in range(20_000))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    book.close()
    assert grown < 200_000
