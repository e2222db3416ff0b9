"""CSV files as they come: encodings, quoting, line ends, headers, broken files."""

import io
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import RowsRejected
from registry.transfer import ErrorLog, Value, get_kind, read_rows, template
from registry.transfer.encodings import CHUNK_BYTES, decode, lines
from registry.transfer.kinds import KINDS

HEADER = "organisation_code,name,legal_form,region_code,status"
ROW = "91350100M000100Y43,福州夕阳红养老院,COMPANY,350102,ACTIVE"
VALUES = ("91350100M000100Y43", "福州夕阳红养老院", "COMPANY", "350102", "ACTIVE", None, None, None)


def read(data: bytes, kind: str = "organisations") -> tuple[list[tuple[Value, ...]], ErrorLog]:
    """The values of the accepted rows of a file, and the errors of the others."""
    errors = ErrorLog()
    rows = [row.values for row in read_rows(get_kind(kind), io.BytesIO(data), "file.csv", errors)]
    return rows, errors


def rejection(data: bytes, kind: str = "organisations") -> RowsRejected:
    """The error with which a file as a whole is refused."""
    with pytest.raises(RowsRejected) as caught:
        read(data, kind)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    rows, errors = read(end.join([HEADER, ROW, ROW]).encode(encoding))
    assert rows == [VALUES, VALUES]
    assert errors.count == 0


def test_gb18030_that_begins_after_much_ascii() -> None:
    plain = "91350100M000100Y43,A,COMPANY,350102,ACTIVE\n"
    count = CHUNK_BYTES // len(plain) + 10
    rows, _ = read((HEADER + "\n" + plain * count + ROW + "\n").encode("gb18030"))
    assert len(rows) == count + 1
    assert rows[-1] == VALUES


def test_a_file_that_is_no_text_is_refused_with_its_place() -> None:
    error = rejection((HEADER + "\n" + ROW + "\n").encode() + b"\xff\xff\xff,\x00\n")
    assert error.errors[0].rule == "file.encoding"
    assert error.errors[0].file == "file.csv"


@pytest.mark.parametrize("data", [b"", b"\n\n", "\ufeff".encode(), b"# only a comment\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert rejection(data).errors[0].rule == "file.empty"


@pytest.mark.parametrize("row", ['"open,quote\n', 'a"b"\n"x"y,z\n'])
def test_broken_quoting_is_refused_with_its_row(row: str) -> None:
    error = rejection(f"{HEADER}\n{ROW}\n{row}".encode()).errors[0]
    assert (error.rule, error.row) in {("csv.syntax", 2), ("csv.syntax", 3)}


def test_a_cell_beyond_all_measure_is_refused() -> None:
    data = f'{HEADER}\n91350100M000100Y43,"{"x" * 200_000}",COMPANY,350102,ACTIVE\n'
    assert rejection(data.encode()).errors[0].rule == "csv.syntax"


def test_a_file_without_line_ends_does_not_fill_the_memory() -> None:
    stream = _Endless(HEADER.encode() + b"\n", b"x" * 1_000, 10**6)
    with pytest.raises(RowsRejected) as caught:
        list(read_rows(get_kind("organisations"), stream, "f", ErrorLog()))  # type: ignore[arg-type]
    assert caught.value.errors[0].rule == "csv.syntax"


def test_a_path_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(RowsRejected) as caught:
            list(read_rows(get_kind("people"), path, path.name, ErrorLog()))
        assert caught.value.errors[0].rule == "file.unreadable"


def test_full_width_text_spaces_and_chinese_terms_are_read_right() -> None:
    row = "９１３５０１００Ｍ０００１００Ｙ４３\u3000, 福州夕阳红养老院 ,企业,３５０１０２ ,正常"
    assert read(f"{HEADER}\n{row}\n".encode())[0] == [VALUES]


def test_quoted_line_breaks_and_delimiters_stay_in_their_cell() -> None:
    row = ROW.replace("福州夕阳红养老院", '"福州, ""夕阳红""\r\n养老院"')
    rows, _ = read(f"{HEADER}\r\n{row}\r\n{ROW}\r\n".encode())
    assert rows[0][1] == '福州, "夕阳红" 养老院'
    assert rows[1] == VALUES


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_header_shows_the_delimiter(delimiter: str) -> None:
    assert read(f"{HEADER}\n{ROW}\n".replace(",", delimiter).encode())[0] == [VALUES]


def test_blank_rows_and_comments_are_counted_but_passed_over() -> None:
    data = f"{HEADER}\n# note\n\n{ROW}\n,,,,\n{ROW}\n"
    numbers = [row.number for row in read_rows(get_kind("organisations"), io.BytesIO(data.encode()), "f", ErrorLog())]
    assert numbers == [3, 5]


def test_columns_stand_in_any_order_and_chinese_titles_count() -> None:
    header = "名称,organisation_code*,Status,Legal Form,REGION_CODE,,"
    row = "福州夕阳红养老院,91350100M000100Y43,ACTIVE,COMPANY,350102,,"
    assert read(f"{header}\n{row}\n".encode())[0] == [VALUES]


@pytest.mark.parametrize(
    ("header", "rule", "column", "hint"),
    [
        ("organisation_code,name,legal_form,region_code", "header.missing", "status", "required"),
        (HEADER + ",name", "header.duplicate", "name", "twice"),
        (HEADER + ",adress", "header.unknown", "adress", "address"),
        (HEADER + ",wages", "header.unknown", "wages", "unknown"),
    ],
)
def test_a_wrong_header_is_located_and_helped(header: str, rule: str, column: str, hint: str) -> None:
    errors = rejection(f"{header}\n{ROW}\n".encode()).errors
    assert [(error.rule, error.column, error.row) for error in errors] == [(rule, column, 0)]
    assert hint in errors[0].reason.en
    assert errors[0].reason.zh


def test_every_error_of_a_header_is_told_at_once() -> None:
    rules = {error.rule for error in rejection(b"name,name,nam\n").errors}
    assert rules == {"header.unknown", "header.duplicate", "header.missing"}


def test_a_row_with_other_cells_than_the_header_is_refused() -> None:
    _, errors = read(f"{HEADER}\n{ROW},x\n{ROW},,\n{ROW.rpartition(',')[0]}\n".encode())
    assert [(error.row, error.rule) for error in errors.kept] == [(1, "row.cells"), (3, "row.cells")]


@pytest.mark.parametrize("name", KINDS)
def test_a_template_is_read_as_a_file_without_rows(name: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert read(template(get_kind(name)).decode().encode(encoding), name)[0] == []


@pytest.mark.parametrize("name", KINDS)
def test_a_template_explains_every_column(name: str) -> None:
    kind = get_kind(name)
    header, comments = template(kind).decode().splitlines()
    assert header == ",".join(kind.names)
    for column in kind.columns:
        assert column.description.zh in comments
        assert column.description.en in comments


def test_an_unknown_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(Exception, match="did you mean employments"):
        get_kind("employment")


class _Endless(io.RawIOBase):
    """A stream of many equal rows that is never whole in memory."""

    def __init__(self, header: bytes, row: bytes, count: int) -> None:
        self._pieces: Iterator[bytes] = iter([header, *[row * 1_000] * (count // 1_000)])

    def read(self, size: int = -1, /) -> bytes:
        """The next piece, whatever size is asked."""
        return next(self._pieces, b"")


def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for count in (20_000, 60_000):
        stream = _Endless(b"institution_code,measure_code,day,value\n", b"FAC:A-1,M,2024-01-01,x\n", count)
        tracemalloc.start()
        errors = ErrorLog(limit=100)
        assert not list(read_rows(get_kind("measures"), stream, "f", errors))  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert errors.count == errors.row_count == count
    assert peaks[1] < 1.5 * peaks[0]


@given(st.text(max_size=300), st.integers(1, 7))
def test_lines_of_a_text_do_not_depend_on_its_pieces(text: str, size: int) -> None:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert "".join(lines(pieces)).removesuffix("\n") == expected.removesuffix("\n")
    assert all("\n" not in line[:-1] for line in lines(pieces))


@given(st.text(st.characters(codec="gb18030"), max_size=200))
def test_utf8_is_never_taken_for_another_encoding(text: str) -> None:
    assert "".join(decode(io.BytesIO(b"\xef\xbb\xbf" + text.encode()))) == text
    assert "".join(decode(io.BytesIO(("a" + text).encode()))) == "a" + text


@given(st.lists(st.decimals(-(10**9), 10**9, places=4), max_size=20))
def test_measures_come_back_as_they_were_written(values: list[Decimal]) -> None:
    written = "".join(f"FAC:A-1,M,2024-01-01,{value}\n" for value in values)
    rows, errors = read(b"institution_code,measure_code,day,value\n" + written.encode(), "measures")
    assert [row[3] for row in rows] == values
    assert errors.count == 0
