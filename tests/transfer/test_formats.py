"""CSV, XLSX and JSON Lines: the same table gives the same rows, however a format keeps its cells."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transfer.tables import WRITERS, Table, placed, read

from registry.transfer import KINDS, FileFormat, format_of, get_kind, template

CITIZEN, USCC = "11010519491231002X", "91350100M000100Y43"
HEADER = ("citizen_id", "institution_code", "occupation", "started_on", "ended_on", "fte", "position_title")
FORMATS = list(FileFormat)

SPACES = st.sampled_from(["", " ", "\u3000", "\xa0", "\t", "\u200b"])
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
DAYS = st.dates(date(1900, 3, 1), date(2024, 1, 1))


def _padded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(SPACES, texts, SPACES).map("".join)


def _wide(text: str) -> str:
    """A text in full-width characters."""
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def _spelt(text: str) -> st.SearchStrategy[str]:
    return _padded(st.sampled_from([text, text.lower(), _wide(text)]))


ROWS = st.tuples(
    _spelt(CITIZEN),
    _spelt(USCC) | _spelt("FAC:CC-0001"),
    _spelt("CARER") | st.just("养老护理员"),
    DAYS,
    st.none() | st.dates(date(2024, 1, 1), date(2199, 12, 31)),
    st.integers(1, 1000).map(lambda thousandths: Decimal(thousandths) / 1000),
    _padded(TITLES),
)


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_a_table_gives_the_same_rows_in_every_format(rows: list[tuple[object, ...]]) -> None:
    found = {}
    for file_format, write in WRITERS.items():
        parsed, errors = read(write([HEADER, *rows]), "employments", file_format)
        found[file_format] = ([row.values for row in parsed], [error.rule for error in errors])
    assert found[FileFormat.XLSX] == found[FileFormat.CSV] == found[FileFormat.JSONL]
    assert len(found[FileFormat.CSV][0]) == len(rows)
    for values, row in zip(found[FileFormat.CSV][0], rows, strict=True):
        assert (values[0], *values[3:6]) == (CITIZEN, *row[3:6])


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("cell", [f"{USCC} ", f"\xa0{USCC}\u3000", _wide(USCC), USCC.lower(), f"\ufeff{USCC}"])
def test_spaces_and_full_width_characters_are_read_right(file_format: FileFormat, cell: str) -> None:
    table: Table = [
        ("institution_code", "measure_code", "day", "value"),
        (cell, "M", "２０２４－０１－３１", "１．５０\u3000"),
    ]
    rows, errors = read(WRITERS[file_format](table), "measures", file_format)
    assert not errors
    assert rows[0].values == (USCC, "M", date(2024, 1, 31), Decimal("1.50"), None)


@pytest.mark.parametrize("file_format", FORMATS)
def test_errors_name_row_and_column_in_every_format(file_format: FileFormat) -> None:
    table: Table = [
        ("institution_code", "measure_code", "day", "value"),
        (USCC, "M", "2024-01-31", "1"),
        ("", "M", "2024-02-30", "x"),
    ]
    rows, errors = read(WRITERS[file_format](table), "measures", file_format)
    assert [row.number for row in rows] == [1]
    expected = [("institution_code", "cell.required"), ("day", "day.format"), ("value", "number.format")]
    assert placed(errors) == [(2, *error) for error in expected]


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("name", KINDS)
def test_a_template_is_read_as_a_file_without_rows(name: str, file_format: FileFormat) -> None:
    data = template(get_kind(name), file_format)
    assert read(data, name, file_format) == ([], [])
    assert get_kind(name).columns[0].description.zh.encode() in data or file_format is FileFormat.XLSX


@pytest.mark.parametrize("file_format", FORMATS)
def test_chinese_titles_are_as_good_as_names(file_format: FileFormat) -> None:
    table: Table = [("机构代码", "指标代码", "日期"), (USCC, "M", "2024-01-31")]
    assert len(read(WRITERS[file_format](table), "measures", file_format)[0]) == 1


@pytest.mark.parametrize(
    ("name", "file_format"),
    [
        ("a.csv", FileFormat.CSV), ("a.XLSX", FileFormat.XLSX), ("a.b.jsonl", FileFormat.JSONL),
        ("a.ndjson", FileFormat.JSONL),
        ("xlsx", FileFormat.CSV), ("a.txt", FileFormat.CSV), ("名册.xlsm", FileFormat.XLSX),
    ],
)  # fmt: skip
def test_the_ending_of_a_name_tells_the_format(name: str, file_format: FileFormat) -> None:
    assert format_of(name) is file_format
