"""Many citizen numbers at once: whether all of them are written as the register keeps them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from registry.domain.identifiers import CITIZEN_CHECKS, CITIZEN_WEIGHTS, EARLIEST_BIRTH_YEAR

_WEIGHTS = np.array(CITIZEN_WEIGHTS, np.int32)
_CHECKS = np.frombuffer(CITIZEN_CHECKS.encode(), np.uint8)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int32)
_ZERO = ord("0")


def all_citizen_ids(cells: Sequence[object]) -> bool:
    """Whether every cell is a canonical citizen number: then `parse_citizen_id` gives each as it is."""
    try:
        joined = "".join(cells).encode("ascii")  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):
        return False
    if set(map(len, cells)) != {18}:  # type: ignore[arg-type]
        return False
    characters = np.frombuffer(joined, np.uint8).reshape(-1, 18)
    digits = characters[:, :17].astype(np.int32) - _ZERO
    return bool(((digits >= 0) & (digits <= 9)).all() and _checked(digits, characters[:, 17]) and _born(digits))


def _checked(digits: npt.NDArray[np.int32], last: npt.NDArray[np.uint8]) -> bool:
    return bool((_CHECKS[digits @ _WEIGHTS % 11] == last).all())


def _born(digits: npt.NDArray[np.int32]) -> bool:
    """Whether all birth dates (GB 11643-1999, positions 7 to 14) are days of the calendar that a living person has."""
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1], np.int32)
    month, day = digits[:, 10] * 10 + digits[:, 11], digits[:, 12] * 10 + digits[:, 13]
    if ((year < EARLIEST_BIRTH_YEAR) | (month < 1) | (month > 12)).any():
        return False
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return bool(((day >= 1) & (day <= _MONTH_DAYS[month] + (leap & (month == 2)))).all())
