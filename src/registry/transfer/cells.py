"""The text of a typed cell, as XLSX and JSON have them, in the way its column reads it."""

from datetime import date, time, timedelta

from registry.domain.identifiers import refuse
from registry.transfer.failed_cells import FailedCell
from registry.transfer.tables import DAY_ZERO
from registry.transfer.values import TIME_OF_DAY, Day, Identifier, Text, ValueType, cell_text

_FIRST_SERIAL, _LAST_SERIAL = 61, 2_958_465
"""1 March 1900, before which spreadsheets count a day that never was, to 31 December 9999, from `DAY_ZERO`."""
_EXACT_BELOW = 10**15


def text_in(column_type: ValueType, cell: object, day_zero: date = DAY_ZERO) -> str:
    """The text of a raw cell of a column; empty for an empty cell. Floats are the numbers of a spreadsheet,
    which counts days from `day_zero`.

    Rules: `cell.failed`, `cell.type`, `cell.number`, `day.time`.
    """
    if isinstance(cell, FailedCell):
        raise refuse("cell.failed", f"公式出错:{cell}", f"the formula of the cell failed: {cell}")
    if isinstance(cell, bool | time | timedelta):
        raise refuse("cell.type", "单元格应为文本、数字或日期", "the cell holds neither a text, a number nor a day")
    if isinstance(cell, float):
        return _number_text(column_type, cell, day_zero)
    return cell_text(cell)


def _number_text(column_type: ValueType, cell: float, day_zero: date) -> str:
    if isinstance(column_type, Day) and cell >= 0:
        serial = cell + (day_zero - DAY_ZERO).days
        if _FIRST_SERIAL <= serial < _LAST_SERIAL + 1:
            return _day_text(serial)
    damaged = isinstance(column_type, Text) and abs(cell) >= _EXACT_BELOW
    if damaged or (isinstance(column_type, Identifier) and not column_type.survives_as_number):
        zh = "单元格是数字,前导零和15位以后的数字可能已丢失;请将该列设为文本格式后重新填写"
        en = "the cell is a number: leading zeros and digits beyond 15 are lost; format the column as text and retype"
        raise refuse("cell.number", zh, en)
    return cell_text(cell)


def _day_text(serial: float) -> str:
    if not serial.is_integer():
        raise refuse("day.time", *TIME_OF_DAY)
    return str(DAY_ZERO + timedelta(days=int(serial)))
