"""What the tests of outsiders' policies share: their files, institutions as plain rows, plain rounding."""

import math
import random
import tomllib
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from scoring import Column, Grouping, Outcome, Policy, Population, load_policy, score

FILES = Path(__file__).parent / "data" / "outsiders"
Row = dict[str, Any]


def policy_in(name: str) -> Policy:
    return load_policy((FILES / f"{name}.toml").read_bytes())


def rated(policy: Policy, rows: list[Row]) -> Outcome:
    """Rates rows of figures (absent: missing), `flags` and `state`."""
    measures = {}
    for code in policy.imported_measures:
        scaled = [int(Decimal(str(row.get(code, 0))).scaleb(3)) for row in rows]
        there = np.array([code in row for row in rows])
        measures[code] = Column.of_decimals(np.array(scaled, dtype=np.int64), 3, there)
    states = sorted({row.get("state", "") for row in rows})
    place = np.array([states.index(row.get("state", "")) for row in rows], dtype=np.int32)
    flags = {code: np.array([code in row.get("flags", ()) for row in rows]) for code in policy.flag_codes}
    return score(policy, Population(len(rows), measures, {"province": Grouping(place, tuple(states))}, flags))


def half_up(number: Fraction, decimals: int = 0) -> Fraction:
    return Fraction(math.floor(number * 10**decimals + Fraction(1, 2)), 10**decimals)


def reached(value: Fraction | int, cuts: list[Any]) -> int:
    """How many cuts a value reaches."""
    return sum(value >= Fraction(str(cut)) for cut in cuts)


def some(chance: random.Random, codes: list[str], figure: Callable[[], Any], missing: float) -> Row:
    return {code: figure() for code in codes if chance.random() >= missing}


def tables_in(name: str) -> dict[str, Row]:
    """The transforms of a file by indicator: the published tables."""
    document = tomllib.loads((FILES / f"{name}.toml").read_text(encoding="utf-8"))
    return {one["code"]: one["transform"] | {"missing": one.get("missing")} for one in document["indicators"]}


def points_by(table: Row, value: Fraction) -> Fraction:
    cuts = [Fraction(str(cut)) for cut in table["cuts"]]
    passed = sum(value >= cut if table["closed"] == "left" else value > cut for cut in cuts)
    return Fraction(str(table["points"][passed]))
