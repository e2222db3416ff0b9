"""Where things are: the counties in force, and how provinces differ."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from registry.resources import resource_root
from registry.synthetic.draws import Floats, Ints


@dataclass(frozen=True, slots=True)
class Profile:
    """How a province differs: its share of institutions (weight), and shares of its carers from 0 to 1."""

    weight: float
    certified: float
    first_aid: float
    carers_per_need: float


PROFILES: Mapping[int, Profile] = {
    int(code): Profile(float(weight), float(certified), float(first_aid), float(adequacy))
    for code, weight, certified, first_aid, adequacy in (
        line.split()
        for line in """
        11 2.2 0.93 0.52 1.10
        12 1.4 0.90 0.44 1.05
        13 6.0 0.76 0.28 0.92
        14 2.8 0.72 0.26 0.88
        15 2.2 0.78 0.41 0.90
        21 4.2 0.81 0.33 0.95
        22 3.0 0.83 0.30 0.95
        23 3.3 0.77 0.27 0.90
        31 2.6 0.95 0.58 1.15
        32 7.6 0.91 0.47 1.08
        33 6.2 0.92 0.50 1.08
        34 5.4 0.80 0.31 0.94
        35 2.7 0.84 0.35 1.00
        36 3.6 0.75 0.26 0.90
        37 8.4 0.87 0.38 1.00
        41 7.2 0.73 0.25 0.86
        42 4.6 0.82 0.32 0.95
        43 5.4 0.79 0.29 0.92
        44 6.2 0.88 0.42 1.05
        45 2.9 0.71 0.24 0.88
        46 0.6 0.74 0.30 0.92
        50 2.8 0.85 0.36 0.98
        51 6.4 0.80 0.31 0.93
        52 2.2 0.68 0.22 0.84
        53 2.6 0.69 0.23 0.85
        54 0.2 0.60 0.18 0.78
        61 2.8 0.77 0.28 0.90
        62 1.6 0.70 0.24 0.86
        63 0.5 0.66 0.21 0.82
        64 0.6 0.75 0.29 0.90
        65 1.4 0.67 0.22 0.83
        """.strip().splitlines()
    )
}


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The counties in force on a day: parallel columns, and the range of rows of each province."""

    codes: list[str]
    names: list[str]
    cities: list[str]
    provinces: Ints
    weights: Floats
    first_of_province: Mapping[int, int]
    count_of_province: Mapping[int, int]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.codes)


@cache
def read_places(day: date) -> Places:
    """The counties of the 31 provinces in force on a day, in the order of their codes."""
    text = day.isoformat()
    with (resource_root("sql") / "data" / "regions.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["valid_from"] <= text <= (row["valid_to"] or "9")]
    names = {row["region_code"]: row["name"] for row in rows}
    counties = [row for row in rows if row["level"] == "COUNTY" and int(row["region_code"][:2]) in PROFILES]
    provinces = np.array([int(row["region_code"][:2]) for row in counties], np.int64)
    counts = {int(code): int(number) for code, number in zip(*np.unique(provinces, return_counts=True), strict=True)}
    return Places(
        codes=[row["region_code"] for row in counties],
        names=[row["name"] for row in counties],
        cities=[names[row["parent_code"]] for row in counties],
        provinces=provinces,
        weights=np.array([PROFILES[code].weight / counts[code] for code in provinces.tolist()]),
        first_of_province={code: int(np.searchsorted(provinces, code)) for code in counts},
        count_of_province=counts,
    )


def profile_column(provinces: Ints, field: str) -> Floats:
    """One figure of the profile of each row's province."""
    table = np.zeros(100)
    for code, profile in PROFILES.items():
        table[code] = getattr(profile, field)
    return table[provinces]
