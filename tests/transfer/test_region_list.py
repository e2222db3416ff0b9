"""The region list that ships with the register is whole, consistent and importable."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from registry.domain.workforce import Occupation, SkillLevel
from registry.transfer import ErrorLog, get_kind, read_rows

DATA = Path(__file__).resolve().parents[2] / "sql" / "data"
MUNICIPALITIES = {"11", "12", "31", "50"}


class Region(NamedTuple):
    """One row of the list."""

    code: str
    name: str
    name_en: str | None
    parent: str | None
    level: str
    valid_from: date
    valid_to: date | None

    @property
    def last(self) -> date:
        """The last day of validity, the end of time where there is none."""
        return self.valid_to or date.max


@pytest.fixture(scope="module")
def regions() -> list[Region]:
    errors = ErrorLog()
    rows = [Region(*row.values) for row in read_rows(get_kind("regions"), DATA / "regions.csv", "regions.csv", errors)]  # type: ignore[arg-type]
    assert errors.count == 0
    return rows


def _in_force(regions: list[Region], day: date) -> Iterator[Region]:
    return (region for region in regions if region.valid_from <= day <= region.last)


def test_the_counts_of_today(regions: list[Region]) -> None:
    counts = Counter((region.code[:2] == "US", region.level) for region in regions if region.valid_to is None)
    assert counts == {
        (False, "NATION"): 1,
        (False, "PROVINCE"): 34,
        (False, "PREFECTURE"): 333,
        (False, "COUNTY"): 2847,
        (True, "NATION"): 1,
        (True, "PROVINCE"): 56,
    }


@pytest.mark.parametrize(
    ("day", "provinces", "prefectures", "counties"),
    [(date(2000, 12, 31), 34, 333, 2861), (date(2014, 12, 31), 34, 333, 2855), (date(2023, 12, 31), 34, 333, 2844)],
)
def test_the_counts_of_the_past(
    regions: list[Region], day: date, provinces: int, prefectures: int, counties: int
) -> None:
    counts = Counter(region.level for region in _in_force(regions, day) if region.code[0].isdigit())
    assert (counts["PROVINCE"], counts["PREFECTURE"], counts["COUNTY"]) == (provinces, prefectures, counties)


def test_a_code_has_one_meaning_a_day(regions: list[Region]) -> None:
    rows: dict[str, list[Region]] = defaultdict(list)
    for region in regions:
        rows[region.code].append(region)
    for of_code in rows.values():
        assert all(earlier.last < later.valid_from for earlier, later in pairwise(of_code))


def test_every_parent_stands_as_long_as_its_child(regions: list[Region]) -> None:
    rows: dict[str, list[Region]] = defaultdict(list)
    for region in regions:
        rows[region.code].append(region)
    for region in regions:
        if region.parent is None:
            assert region.level == "NATION"
            continue
        spans = [parent for parent in rows[region.parent] if parent.last >= region.valid_from]
        assert spans, region
        assert spans[0].valid_from <= region.valid_from, region
        assert any(parent.last >= region.last for parent in spans), region


def test_levels_descend(regions: list[Region]) -> None:
    levels = {region.code: region.level for region in regions}
    order = ["NATION", "PROVINCE", "PREFECTURE", "COUNTY"]
    for region in regions:
        if region.parent is not None:
            assert order.index(levels[region.parent]) < order.index(region.level), region
            if region.code.isdigit() and region.level != "PROVINCE":
                assert region.parent[:2] == region.code[:2]


def test_county_units_of_a_province_hang_from_it(regions: list[Region]) -> None:
    parents = {region.code: region.parent for region in regions if region.valid_to is None}
    assert parents["429004"] == "420000"
    assert parents["469001"] == "460000"
    assert parents["110105"] == "110000"
    assert parents["220104"] == "220100"
    assert parents["441900"] == "440000"
    direct = {
        code[:4]
        for code, parent in parents.items()
        if code.isdigit() and code[4:] != "00" and parent == f"{code[:2]}0000"
    }
    assert {code[:2] for code in direct if code[2:] != "90"} == MUNICIPALITIES


def test_no_placeholder_stands_in_the_list(regions: list[Region]) -> None:
    assert not [region for region in regions if region.name in {"市辖区", "县"} or "直辖" in region.name]


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("110103", date(2005, 1, 1), "崇文区"),
        ("130503", date(2019, 6, 1), "桥西区"),
        ("130503", date(2021, 6, 1), "信都区"),
        ("340000", date(1988, 6, 1), "安徽省"),
        ("371700", date(2004, 6, 1), "菏泽市"),
        ("460000", date(1990, 6, 1), "海南省"),
        ("500157", date(2026, 6, 1), "两江新区"),
    ],
)
def test_names_of_a_day(regions: list[Region], code: str, day: date, name: str) -> None:
    assert [region.name for region in _in_force(regions, day) if region.code == code] == [name]


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_occupation_catalogue_holds_the_shipped_occupations() -> None:
    rows = {row["code"]: row for row in _table("occupations.csv")}
    assert set(rows) == {occupation.value for occupation in Occupation}
    for code, row in rows.items():
        assert row["name_zh"] == Occupation(code).zh
        assert row["name_en"]
        assert row["legal_basis"]
        assert date.fromisoformat(row["effective_from"])


def test_the_skill_level_table_is_the_ladder() -> None:
    rows = _table("skill_levels.csv")
    assert [(int(row["ordinal"]), row["code"], row["name_zh"]) for row in rows] == [
        (level.ordinal, level.value, level.zh) for level in SkillLevel
    ]
