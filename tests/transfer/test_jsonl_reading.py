"""JSON Lines as they come: typed values, keys, broken lines among sound ones."""

import json
from datetime import date
from decimal import Decimal

import pytest
from tests.transfer.tables import placed, read

from registry.domain.errors import RowError, RowsRejected
from registry.transfer import FileFormat, ParsedRow

USCC = "91350100M000100Y43"
SOUND = {"institution_code": USCC, "measure_code": "M", "day": "2024-01-31"}
LINE = json.dumps(SOUND)


def rows_of(text: str | bytes, kind: str = "measures") -> tuple[list[ParsedRow], list[RowError]]:
    return read(text if isinstance(text, bytes) else text.encode(), kind, FileFormat.JSONL)


def measure(**changes: object) -> tuple[list[ParsedRow], list[RowError]]:
    return rows_of(json.dumps({**SOUND, **changes}))


@pytest.mark.parametrize(
    ("value", "number"), [("1.50", "1.50"), ("2", "2"), ('"1.5"', "1.5"), ("1e2", "100"), ("-0.000001", "-0.000001")]
)
def test_numbers_are_exact(value: str, number: str) -> None:
    rows, errors = rows_of(f'{LINE[:-1]}, "value": {value}}}')
    assert not errors
    assert rows[0].values[3] == Decimal(number)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_null_and_blank_texts_are_empty(value: object) -> None:
    assert measure(value=value)[0][0].values[3] is None
    assert placed(measure(day=value)[1]) == [(1, "day", "cell.required")]


def test_a_key_that_is_left_out_is_empty() -> None:
    assert placed(rows_of(json.dumps({"institution_code": USCC, "day": "2024-01-31"}))[1]) == [
        (1, "measure_code", "cell.required")
    ]


def test_long_numbers_lose_no_digit() -> None:
    line = '{"citizen_id": 110105194912310029, "name": "张三"}'
    rows, errors = rows_of(line, "people")
    assert placed(errors) == [(1, "citizen_id", "citizen-id.check-character")]
    assert rows == []
    assert [row.values[2] for row in rows_of(f"{LINE[:-13]}20240131}}")[0]] == [date(2024, 1, 31)]


@pytest.mark.parametrize("value", [True, ["1"], {"a": 1}])
def test_a_value_that_is_no_cell_is_refused_with_line_and_key(value: object) -> None:
    assert placed(measure(value=value)[1]) == [(1, "value", "cell.type")]


def test_unknown_keys_are_refused_with_line_and_key() -> None:
    errors = rows_of(f'{LINE}\n{LINE[:-1]}, "valeu": 1, "x": 2}}\n{LINE}\n')[1]
    assert placed(errors) == [(2, "valeu", "header.unknown"), (2, "x", "header.unknown")]
    assert "did you mean value?" in errors[0].reason.en


def test_a_citizen_number_as_a_key_is_masked() -> None:
    errors = rows_of('{"11010519491231002X": 1}', "people")[1]
    assert "19491231" not in f"{errors}"


def test_a_key_that_stands_twice_is_refused() -> None:
    assert placed(rows_of(f'{LINE[:-1]}, "日期": "2024-02-01"}}')[1]) == [(1, "day", "header.duplicate")]
    assert placed(rows_of(f'{LINE[:-1]}, "day": "2024-02-01"}}')[1]) == [(1, "day", "header.duplicate")]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("{", "json.syntax"), ("{'a': 1}", "json.syntax"), (f"{LINE} {LINE}", "json.syntax"),
        ('{"value": NaN}', "json.syntax"),
        ("[" * 100_000, "json.syntax"), ('{"value": ' + "9" * 5_000 + "}", "json.syntax"),
        ("[]", "json.object"), ("null", "json.object"), ('"x"', "json.object"),
    ],
)  # fmt: skip
def test_a_broken_line_is_told_and_the_others_are_read(line: str, rule: str) -> None:
    rows, errors = rows_of(f"{LINE}\n{line}\n{LINE}\n")
    assert [row.number for row in rows] == [1, 3]
    assert [(error.row, error.rule) for error in errors] == [(2, rule)]


@pytest.mark.parametrize("value", ["1e999999999", "-1e-999999999"])
def test_a_number_beyond_all_measure_is_refused_and_not_written_out(value: str) -> None:
    assert placed(rows_of(f'{LINE[:-1]}, "value": {value}}}')[1]) == [(1, "value", "number.format")]


def test_blank_lines_comments_and_empty_objects_keep_their_numbers() -> None:
    rows, errors = rows_of(f'# note\n\n{LINE}\n{{}}\n{{"value": null}}\n{LINE}')
    assert not errors
    assert [row.number for row in rows] == [3, 6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_those_of_csv(encoding: str) -> None:
    line = json.dumps({"citizen_id": "11010519491231002X", "name": "张三"}, ensure_ascii=False)
    assert rows_of(f"{line}\r\n".encode(encoding), "people")[0][0].values[1] == "张三"


@pytest.mark.parametrize(("data", "rule"), [(b"", "file.empty"), (b"\n \n", "file.empty")])
def test_an_empty_file_is_refused(data: bytes, rule: str) -> None:
    with pytest.raises(RowsRejected) as caught:
        rows_of(data)
    assert caught.value.errors[0].rule == rule


def test_a_file_that_stops_being_text_is_refused_with_its_line() -> None:
    with pytest.raises(RowsRejected) as caught:
        rows_of(f"{LINE}\n".encode() + b'{"day": "\xff\xff"}\n')
    assert caught.value.errors[0].rule == "file.encoding"


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    with pytest.raises(RowsRejected) as caught:
        rows_of(LINE + "\n" + "x" * (1 << 23))
    assert caught.value.errors[0].rule == "json.syntax"
