"""Typed values of cells, rules across columns, and what errors may show."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import InputError, RowError
from registry.transfer import ErrorLog, ParsedRow, get_kind, read_rows
from registry.transfer.conversion import TableConversion
from registry.transfer.values import Count, Day, Number, Text, cell_text

CITIZEN = "11010519491231002X"
USCC = "91350100M000100Y43"
SKILL = "S000122000102" + "23" + "5" + "000123"


def convert(kind: str, /, **cells: object) -> ParsedRow | list[RowError]:
    """One row of a kind from named cells: the parsed row, or its errors."""
    errors = ErrorLog()
    found = get_kind(kind)
    conversion = TableConversion(found, "f.csv", range(len(found.names)), len(found.names))
    rows = list(conversion.convert_batch([(1, [cells.get(name, "") for name in found.names])], errors).rows())
    return rows[0] if rows else errors.kept


def employment(**changes: object) -> ParsedRow | list[RowError]:
    """A sound employment with changes."""
    sound = {
        "citizen_id": CITIZEN,
        "institution_code": USCC,
        "occupation": "CARER",
        "started_on": "2024-01-31",
        "fte": "1",
    }
    return convert("employments", **{**sound, **changes})


def certificate(**changes: object) -> ParsedRow | list[RowError]:
    """A sound certificate with changes."""
    sound = {
        "certificate_number": SKILL,
        "citizen_id": CITIZEN,
        "kind": "SKILL_LEVEL",
        "occupation": "CARER",
        "level": "JUNIOR",
        "issued_on": "2023-05-01",
        "status": "VALID",
    }
    return convert("certificates", **{**sound, **changes})


def broken(outcome: ParsedRow | list[RowError]) -> list[tuple[str, str]]:
    """Column and rule of each error."""
    assert isinstance(outcome, list)
    return [(error.column, error.rule) for error in outcome]


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31",
        "2024/1/31",
        "2024.01.31",
        "20240131",
        "2024年1月31日",
        "２０２４－０１－３１",
        "2024-01-31 00:00:00",
        "2024-01-31T00:00:00.000",
    ],
)
def test_days_as_people_and_spreadsheets_write_them(text: str) -> None:
    assert Day().parse(text) == date(2024, 1, 31)


@pytest.mark.parametrize("text", ["2024-02-30", "31/01/2024", "2024-1/31", "24-01-31", "45322", "长期"])
def test_other_texts_are_no_days(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Day().parse(text)
    assert caught.value.rule == "day.format"


@pytest.mark.parametrize("text", ["1899-12-31", "9999-12-31"])
def test_days_out_of_range(text: str) -> None:
    with pytest.raises(InputError, match="leave the cell empty") as caught:
        Day().parse(text)
    assert caught.value.rule == "day.range"


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_days_round_trip(day: date) -> None:
    assert Day().parse(day.isoformat()) == Day().parse(f"{day:%Y%m%d}") == Day().parse(cell_text(day)) == day


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("１２", 12), ("12.0", 12), ("0", 0), ("+5", 5)])
def test_counts(text: str, number: int) -> None:
    assert Count(0, 100).parse(text) == number


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("12.5", "count.format"),
        ("1e2", "count.format"),
        ("1,2", "count.format"),
        ("-1", "count.range"),
        ("101", "count.range"),
    ],
)
def test_wrong_counts(text: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        Count(0, 100).parse(text)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1.0001", "number.places"),
        ("NaN", "number.format"),
        ("50%", "number.format"),
        ("1_0", "number.format"),
        ("2", "number.range"),
    ],
)
def test_wrong_numbers(text: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        Number(Decimal(0), Decimal(1), 3).parse(text)
    assert caught.value.rule == rule


def test_trailing_zeros_are_no_decimals() -> None:
    assert Number(Decimal(0), Decimal(1), 3).parse("0.5000") == Decimal("0.5")


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\ud800"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        Text().parse(text)
    assert caught.value.rule == "text.character"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("\u3000x\xa0", "x"),
        (3, "3"),
        (3.0, "3"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (date(2024, 1, 31), "2024-01-31"),
        (datetime(2024, 1, 31), "2024-01-31 00:00:00"),  # noqa: DTZ001
        (True, "True"),
        (float("nan"), "nan"),
    ],
)
def test_typed_cells_become_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_typed_cells_of_other_formats_convert_by_the_same_rules() -> None:
    outcome = employment(started_on=datetime(2024, 1, 31), fte=0.5)  # noqa: DTZ001
    assert isinstance(outcome, ParsedRow)
    assert outcome.values[3:6] == (date(2024, 1, 31), None, Decimal("0.5"))
    assert broken(employment(fte=True)) == [("fte", "cell.type")]


def test_a_sound_row_has_the_order_of_its_kind() -> None:
    outcome = employment(ended_on="2024-06-30", dispatched_by="us-ccn:015010", appointed_level="学徒工")
    assert isinstance(outcome, ParsedRow)
    assert outcome.values == (
        CITIZEN,
        USCC,
        "CARER",
        date(2024, 1, 31),
        date(2024, 6, 30),
        Decimal(1),
        "US-CCN:015010",
        "APPRENTICE",
        None,
    )


def test_every_error_of_a_row_is_told() -> None:
    outcome = employment(citizen_id="", institution_code="x", occupation="养老!", started_on="2024-13-01", fte="0")
    assert broken(outcome) == [
        ("citizen_id", "cell.required"),
        ("institution_code", "uscc.length"),
        ("occupation", "code.format"),
        ("started_on", "day.format"),
        ("fte", "number.range"),
    ]


def test_rules_across_columns_are_told_beside_errors_of_other_cells() -> None:
    assert broken(employment(ended_on="2024-01-30", fte="")) == [("fte", "cell.required"), ("ended_on", "period.order")]


def test_an_occupation_not_yet_known_is_left_to_the_catalogue() -> None:
    assert isinstance(employment(occupation="MASSAGE_THERAPIST"), ParsedRow)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"level": "SENIOR"}, ("level", "certificate.level-mismatch")),
        ({"level": ""}, ("level", "certificate.level-missing")),
        ({"level": "APPRENTICE"}, ("level", "certificate.level-appointed")),
        ({"certificate_number": SKILL[:-1]}, ("certificate_number", "certificate.skill-number")),
        ({"status": "REVOKED"}, ("status_from", "certificate.status-from")),
        ({"status": "REVOKED", "status_from": "2023-04-30"}, ("status_from", "period.order")),
        ({"expires_on": "2023-04-30"}, ("expires_on", "period.order")),
    ],
)
def test_rules_of_certificates(changes: dict[str, str], error: tuple[str, str]) -> None:
    assert error in broken(certificate(**changes))


def test_a_revoked_certificate_with_its_day_is_sound() -> None:
    assert isinstance(certificate(status="REVOKED", status_from="2024-01-01"), ParsedRow)


@pytest.mark.parametrize(
    ("kind", "cells", "error"),
    [
        ("regions", {"level": "COUNTY"}, ("parent_code", "region.parent")),
        ("regions", {"level": "NATION", "parent_code": "CN"}, ("parent_code", "region.parent")),
        ("institutions", {"status": "ACTIVE", "closed_on": "2024-01-01"}, ("closed_on", "institution.closed-on")),
        ("assessments", {"grade": "6"}, ("grade", "count.range")),
        ("assessments", {"environment": "120.01"}, ("environment", "number.range")),
        ("evaluation-organisations", {"withdrawal_reason": "x"}, ("withdrawn_from", "row.needs")),
        ("residents", {"headcount": "-1"}, ("headcount", "count.range")),
        ("measures", {"value": "1.2345678"}, ("value", "number.places")),
    ],
)
def test_rules_of_other_kinds(kind: str, cells: dict[str, str], error: tuple[str, str]) -> None:
    assert error in broken(convert(kind, **cells))


def test_personal_values_are_masked_in_errors() -> None:
    outcome = convert("people", citizen_id=CITIZEN[:-1] + "1", name="张三" * 60, education="X")
    assert isinstance(outcome, list)
    assert [error.value for error in outcome] == ["110105********0021", "张" + "*" * 119, "X"]


@pytest.mark.parametrize("column", ["name", "education", "registered_on"])
@pytest.mark.parametrize(
    "text", [CITIZEN, "１１０１０５１９４９１２３１００２Ｘ", f"身份证{CITIZEN}号", "110105 19491231 002X"]
)
def test_a_citizen_number_in_a_wrong_column_does_not_show(column: str, text: str) -> None:
    cells = {"citizen_id": "1", "name": "张三", column: text}
    outcome = convert("people", **cells)
    assert isinstance(outcome, list)
    assert "19491231" not in repr(outcome)
    assert "１９４９１２３１" not in repr(outcome)


def test_the_log_counts_all_and_keeps_the_first() -> None:
    data = "institution_code,measure_code,day\n" + "x,,\n" * 50
    errors = ErrorLog(limit=7)
    assert not list(read_rows(get_kind("measures"), io.BytesIO(data.encode()), "f", errors))
    assert (errors.count, errors.row_count, len(errors.kept)) == (150, 50, 7)


@given(st.lists(st.text(max_size=20), min_size=9, max_size=9))
def test_any_cells_give_a_row_or_located_bilingual_errors(cells: list[str]) -> None:
    kind = get_kind("employments")
    errors = ErrorLog()
    batch = TableConversion(kind, "f.csv", range(9), 9).convert_batch([(4, cells)], errors)
    assert (not batch.numbers) == (errors.count > 0)
    for error in errors.kept:
        assert (error.file, error.row) == ("f.csv", 4)
        assert error.column in kind.names
        assert error.rule
        assert error.reason.zh
        assert error.reason.en
