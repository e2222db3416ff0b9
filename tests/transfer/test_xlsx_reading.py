"""XLSX workbooks as they come: sheets, typed cells, numbers that a spreadsheet has damaged, broken files."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from tests.transfer.tables import as_xlsx, placed, read
from xlsxwriter import Workbook

from registry.domain.errors import RowError, RowsRejected
from registry.transfer import FileFormat, ParsedRow, get_kind, header_letters
from registry.transfer.xlsx import LARGEST_UNPACKED_BYTES, read_xlsx

USCC = "91350100M000100Y43"
MEASURES = ("institution_code", "measure_code", "day", "value", "flag")
ROW = (USCC, "M", "2024-01-31", "1.5", "")


def rows_of(data: bytes, kind: str = "measures") -> tuple[list[ParsedRow], list[RowError]]:
    return read(data, kind, FileFormat.XLSX)


def rejected(data: bytes) -> RowError:
    """The one error of a file that is refused as a whole."""
    with pytest.raises(RowsRejected) as caught:
        rows_of(data)
    return caught.value.errors[0]


def measure(**cells: object) -> tuple[list[ParsedRow], list[RowError]]:
    """A sheet of one measure with changes."""
    return rows_of(as_xlsx([MEASURES, tuple({**dict(zip(MEASURES, ROW, strict=True)), **cells}.values())]))


@pytest.mark.parametrize(
    "day",
    [date(2024, 1, 31), datetime(2024, 1, 31), 45322, "2024/1/31", 20240131, "2024年1月31日"],  # noqa: DTZ001
)
def test_days_are_read_however_the_sheet_keeps_them(day: object) -> None:
    rows, errors = measure(day=day)
    assert not errors
    assert rows[0].values[2] == date(2024, 1, 31)


def test_days_of_a_workbook_that_counts_from_1904_are_read_right() -> None:
    days = (date(2024, 1, 31), 43860, "2024-01-31", 20240131)
    rows, errors = rows_of(as_xlsx([MEASURES, *((USCC, "M", day, 1, "") for day in days)], date_1904=True))
    assert [row.values[2] for row in rows] == [date(2024, 1, 31)] * 4
    assert not errors


def test_a_day_before_1904_is_none_that_a_workbook_counts_from_1904() -> None:
    rows, errors = rows_of(as_xlsx([MEASURES, (USCC, "M", 0, 1, ""), (USCC, "M", -1, 1, "")], date_1904=True))
    assert rows[0].values[2] == date(1904, 1, 1)
    assert placed(errors) == [(2, "day", "day.format")]


def rewritten(data: bytes, part: str, *change: str) -> bytes:
    """A workbook in which one part has another text."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(target, "w") as taken:
        for name in given.namelist():
            text = given.read(name)
            taken.writestr(name, text.decode().replace(*change).encode() if name == part else text)
    return target.getvalue()


@pytest.mark.parametrize(("said", "days"), [("1", 0), ("true", 0), ("0", -1462), ("false", -1462)])
def test_a_workbook_says_in_several_ways_from_when_it_counts(said: str, days: int) -> None:
    data = as_xlsx([MEASURES, (USCC, "M", 43860, 1, "")], date_1904=True)
    data = rewritten(data, "xl/workbook.xml", 'date1904="1"', f'date1904="{said}"')
    assert rows_of(data)[0][0].values[2] == date(2024, 1, 31) + timedelta(days=days)


def test_a_workbook_that_declares_entities_is_refused() -> None:
    declared = '?>\n<!DOCTYPE x [<!ENTITY a "a">]>\n<workbook'
    assert (
        rejected(rewritten(as_xlsx([MEASURES, ROW]), "xl/workbook.xml", "?>\n<workbook", declared)).rule
        == "xlsx.syntax"
    )


@pytest.mark.parametrize("day", [60, -1, 10**12])
def test_other_numbers_are_no_days(day: object) -> None:
    assert placed(measure(day=day)[1]) == [(1, "day", "day.format")]


@pytest.mark.parametrize("day", [45322.5, datetime(2024, 1, 31, 10, 30), "2024/1/31 10:30", "2024年1月31日10:30:05"])  # noqa: DTZ001
def test_a_time_of_day_after_a_day_is_named(day: object) -> None:
    errors = measure(day=day)[1]
    assert placed(errors) == [(1, "day", "day.time")]
    assert "时刻" in errors[0].reason.zh


@pytest.mark.parametrize(("value", "text"), [(0.1 + 0.2, "0.3"), (1e15, "1000000000000000"), (-2.50, "-2.5"), (0, "0")])
def test_numbers_have_the_digits_that_a_spreadsheet_shows(value: float, text: str) -> None:
    rows, errors = measure(value=value) if value < 10**12 else measure(value=None, day="2024-01-31")
    assert not errors
    assert value >= 10**12 or str(rows[0].values[3]) == text


@pytest.mark.parametrize("cell", [True, time(10, 0)])
def test_a_cell_that_is_neither_text_number_nor_day_is_refused(cell: object) -> None:
    assert placed(measure(value=cell)[1]) == [(1, "value", "cell.type")]


@pytest.mark.parametrize("number", [110105194912310021, 123456])
def test_an_identifier_kept_as_a_number_is_refused_and_masked(number: int) -> None:
    header = ("citizen_id", "name")
    errors = rows_of(as_xlsx([header, (number, "张三")]), "people")[1]
    assert placed(errors) == [(1, "citizen_id", "cell.number")]
    assert str(number) not in errors[0].value
    assert "文本" in errors[0].reason.zh


def test_a_region_code_survives_as_a_number() -> None:
    header = ("region_code", "name", "level", "parent_code", "valid_from")
    rows, errors = rows_of(as_xlsx([header, (220102, "南关区", "COUNTY", 220100, 36526)]), "regions")
    assert not errors
    assert rows[0].values[0] == "220102"


@pytest.mark.parametrize(("name", "broken"), [(2024, False), (123456789012345678, True)])
def test_a_number_in_a_text_is_taken_while_its_digits_are_sure(name: int, broken: bool) -> None:
    errors = rows_of(as_xlsx([("citizen_id", "name"), ("11010519491231002X", name)]), "people")[1]
    assert placed(errors) == ([(1, "name", "cell.number")] if broken else [])


def test_the_first_visible_sheet_with_a_header_is_read() -> None:
    data = as_xlsx([["hidden"], ["x"]], [], [["# a note alone"]], [MEASURES, ROW], [["more"]], hidden=1)
    assert len(rows_of(data)[0]) == 1


def test_rows_are_numbered_as_the_sheet_numbers_them_less_one() -> None:
    data = as_xlsx([[], ["# 说明"], MEASURES, ["# comment"], ROW, [], ["", "", "", " ", ""], ROW])
    rows, errors = rows_of(data)
    assert [row.number for row in rows] == [4, 7]
    assert {error.row for error in errors} == {6}


def test_columns_may_begin_further_right_and_end_in_blanks() -> None:
    data = as_xlsx([["", *MEASURES, "", ""], ["", *ROW, "", ""]])
    assert rejected(data).rule == "header.unknown"
    assert len(rows_of(as_xlsx([[None, *MEASURES], [None, *ROW]]))[0]) == 1


@pytest.mark.parametrize("data", [b"", b"a,b\n", b"PK\x03\x04 no archive"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    assert rejected(data).rule == "xlsx.syntax"


def test_a_damaged_workbook_is_refused() -> None:
    whole = as_xlsx([MEASURES, ROW])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as given, zipfile.ZipFile(target, "w") as taken:
        for name in given.namelist():
            taken.writestr(name, given.read(name)[: 100 if "sheet1" in name else None])
    assert rejected(target.getvalue()).rule == "xlsx.syntax"


def test_a_workbook_without_a_header_is_empty() -> None:
    assert rejected(as_xlsx([])).rule == "file.empty"


def test_a_workbook_that_would_fill_the_memory_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("x", "w") as part:
        for _ in range((LARGEST_UNPACKED_BYTES >> 26) + 1):
            part.write(bytes(1 << 26))
    with path.open("rb") as stream, pytest.raises(RowsRejected) as caught:
        read_xlsx(stream, "bomb.xlsx")
    assert caught.value.errors[0].rule == "xlsx.size"


FAILED = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?")


def with_failures(table: Sequence[Sequence[str]], begin: tuple[int, int] = (0, 0)) -> bytes:
    """A workbook whose cells that look like failed formulas are such; a second sheet, which nobody reads, has more."""
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        for rows in (table, [["#N/A"] * 9] * 9):
            sheet = book.add_worksheet()
            for row, cells in enumerate(rows, begin[0]):
                for column, cell in enumerate(cells, begin[1]):
                    if cell in FAILED:
                        sheet.write_formula(row, column, "=NA()", None, cell)
                    else:
                        sheet.write_string(row, column, cell)
    return stream.getvalue()


@pytest.mark.parametrize("shown", FAILED)
@pytest.mark.parametrize("column", [0, 3, 4])
def test_a_formula_that_failed_is_an_error_of_its_cell(shown: str, column: int) -> None:
    bad = [shown if place == column else cell for place, cell in enumerate(ROW)]
    rows, errors = rows_of(with_failures([MEASURES, ROW, bad, ROW]))
    assert placed(errors) == [(2, MEASURES[column], "cell.failed")]
    assert errors[0].value == shown
    assert shown in errors[0].reason.zh
    assert [row.number for row in rows] == [1, 3]


def test_a_row_of_nothing_but_a_failed_formula_is_no_blank_row() -> None:
    errors = rows_of(with_failures([MEASURES, ["", "", "", "#N/A", ""], ROW]))[1]
    assert ("value", "cell.failed") in [(error.column, error.rule) for error in errors]


def test_what_looks_like_a_failed_formula_and_is_a_text_is_a_text() -> None:
    rows, errors = rows_of(as_xlsx([("citizen_id", "name"), ("11010519491231002X", "#N/A")]), "people")
    assert (rows[0].values[1], errors) == ("#N/A", [])


def test_a_failed_formula_is_found_wherever_the_table_begins(tmp_path: Path) -> None:
    data = with_failures([["", *MEASURES][1:], [USCC, "M", "#REF!", "1", ""]], begin=(3, 2))
    errors = rows_of(data)[1]
    assert placed(errors) == [(4, "day", "cell.failed")]
    path = tmp_path / "measures.xlsx"
    path.write_bytes(data)
    assert header_letters(get_kind("measures"), path, FileFormat.XLSX)["day"] == "E"


def test_a_failed_formula_is_found_in_a_sheet_without_references() -> None:
    data = with_failures([MEASURES, ROW, [USCC, "M", "2024-01-31", "#N/A", ""]])
    for row in range(1, 4):
        data = rewritten(data, "xl/worksheets/sheet1.xml", f' r="{row}"', "")
        for letter in "ABCDE":
            data = rewritten(data, "xl/worksheets/sheet1.xml", f' r="{letter}{row}"', "")
    assert placed(rows_of(data)[1]) == [(2, "value", "cell.failed")]
