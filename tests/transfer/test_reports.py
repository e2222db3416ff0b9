"""The error report as a file."""

import csv
from pathlib import Path

import pytest

from registry.domain.errors import Bilingual, RowError
from registry.transfer import ERROR_COLUMNS, FileFormat, get_kind, header_letters, template, write_errors


def test_a_report_has_one_row_an_error_and_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    reason = Bilingual("必填项为空", "a required cell is empty")
    errors = [
        RowError("a.csv", 3, "name", "", "cell.required", reason),
        RowError("a.csv", 4, "name", "=1+1", "x", reason),
    ]
    write_errors(tmp_path / "errors.csv", errors, {"name": "AB"})
    data = (tmp_path / "errors.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert rows[0] == list(ERROR_COLUMNS)
    assert rows[1] == ["a.csv", "3", "name", "AB4", "", "cell.required", reason.zh, reason.en, "BAD_USER_INPUT"]
    assert rows[2][4] == "'=1+1"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_report_is_a_formula(tmp_path: Path, start: str) -> None:
    live = f"{start}HYPERLINK(1)"
    write_errors(tmp_path / "errors.csv", [RowError(live, 1, live, live, "x", Bilingual("理由", "reason"))])
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        row = list(csv.reader(stream))[1]
    assert (row[0], row[2], row[4]) == (f"'{live}",) * 3


def test_columns_have_the_letters_of_the_files_own_header(tmp_path: Path) -> None:
    kind = get_kind("people")
    file = tmp_path / "people.csv"
    file.write_text("备注," + ",".join(["x"] * 25) + ",姓名,citizen_id\n", "utf-8")
    letters = header_letters(kind, file, FileFormat.CSV)
    assert (letters["name"], letters["citizen_id"]) == ("AA", "AB")
    for file_format in (FileFormat.XLSX, FileFormat.JSONL):
        file.write_bytes(template(kind, file_format))
        expected = {} if file_format is FileFormat.JSONL else dict(zip(kind.names, "ABCD", strict=True))
        assert header_letters(kind, file, file_format) == expected
    assert header_letters(kind, tmp_path / "none.csv", FileFormat.CSV) == {}
