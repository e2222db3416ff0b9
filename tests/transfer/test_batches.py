"""Rows in batches: a wrong row among sound ones changes nothing for them, and all that is wrong is told."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import RowError
from registry.transfer import ErrorLog, ParsedRow, get_kind
from registry.transfer.conversion import TableConversion

KIND = get_kind("employments")
CELLS = st.tuples(
    st.sampled_from(["11010519491231002X", "11010519491231002x ", "11010519491231002", "", "张三"]),
    st.sampled_from(["91350100M000100Y43", "fac:x-1", "FAC:X-1", "9135"]),
    st.sampled_from(["CARER", "养老护理员", "carer\u3000", "?"]),
    st.sampled_from(["2024-01-31", "2024/1/31", "２０２４０１３１", "2024-02-30"]),
    st.sampled_from(["", "2024-01-30", "2024-02-29"]),
    st.sampled_from(["1", "0.5", "0.50", "2"]),
    st.sampled_from(["", "FAC:D"]),
    st.sampled_from(["", "APPRENTICE", "SENIOR"]),
    st.sampled_from(["", " 组\t长 ", "组 长"]),
)
ROWS = st.lists(
    CELLS | CELLS.map(lambda cells: (*cells, "")) | CELLS.map(lambda cells: cells[:-1]), min_size=1, max_size=8
)


def _converted(batches: Sequence[Sequence[tuple[int, Sequence[object]]]]) -> tuple[list[ParsedRow], list[RowError]]:
    conversion, errors = TableConversion(KIND, "f", range(len(KIND.names)), len(KIND.names)), ErrorLog()
    rows = [row for batch in batches for row in conversion.convert_batch(batch, errors).rows()]
    return rows, errors.kept


@given(ROWS)
def test_a_batch_gives_what_its_rows_give_one_by_one(cells: list[tuple[str, ...]]) -> None:
    rows: list[tuple[int, Sequence[object]]] = list(enumerate(cells, start=1))
    parsed, errors = _converted([rows])
    assert (parsed, errors) == _converted([[row] for row in rows])
    assert {row.number for row in parsed} | {error.row for error in errors} == {number for number, _ in rows}
    assert [error.row for error in errors] == sorted(error.row for error in errors)


def test_columns_that_the_file_has_not_are_empty_in_every_row() -> None:
    conversion = TableConversion(get_kind("people"), "f", (0, 1, -1, -1), 2)
    cells = [["11010519491231002X", "张三"], ["11010519491231002X", "李四"]]
    batch = conversion.convert_batch(list(enumerate(cells, start=1)), ErrorLog())
    assert [row.values for row in batch.rows()] == [(*row, None, None) for row in cells]


def test_a_batch_of_wrong_rows_is_empty() -> None:
    errors = ErrorLog()
    conversion = TableConversion(get_kind("people"), "f", range(4), 4)
    batch = conversion.convert_batch([(1, ["", "", "", ""]), (2, ["x", "y", "", ""])], errors)
    assert list(batch.rows()) == []
    assert [len(column) for column in batch.columns] == [0, 0, 0, 0]
    assert errors.row_count == 2
