"""The error report as a file."""

import csv
from pathlib import Path

from registry.domain.errors import Bilingual, RowError
from registry.transfer import ERROR_COLUMNS, write_errors


def test_a_report_has_one_row_an_error_and_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    reason = Bilingual("必填项为空", "a required cell is empty")
    errors = [
        RowError("a.csv", 3, "name", "", "cell.required", reason),
        RowError("a.csv", 4, "name", "=1+1", "x", reason),
    ]
    write_errors(tmp_path / "errors.csv", errors)
    data = (tmp_path / "errors.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert rows[0] == list(ERROR_COLUMNS)
    assert rows[1] == ["a.csv", "3", "name", "", "cell.required", reason.zh, reason.en, "BAD_USER_INPUT"]
    assert rows[2][3] == "'=1+1"
