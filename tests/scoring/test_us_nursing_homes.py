"""US nursing homes from raw figures (deficiencies, hours, turnover, residents), against the guide in plain Python."""

import math
import random
from fractions import Fraction

from tests.scoring.outsiders import Row, half_up, points_by, policy_in, rated, reached, some, tables_in

DEFICIENCIES = {
    "d": 4,
    "e": 8,
    "f": 16,
    "f_poor": 20,
    "g": 20,
    "h": 35,
    "h_poor": 40,
    "i": 45,
    "i_poor": 50,
    "j": 50,
    "j_poor": 75,
    "k": 100,
    "k_poor": 125,
    "l": 150,
    "l_poor": 175,
}
REVISITS = (Fraction(0), Fraction(0), Fraction(1, 2), Fraction(7, 10), Fraction(17, 20))
CYCLES = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
HOURS = ("adjusted_rn_hprd", "adjusted_total_nurse_hprd", "adjusted_weekend_total_nurse_hprd")
TURNOVER = ("total_nursing_staff_turnover", "registered_nurse_turnover", "administrators_left")


def nursing_home(chance: random.Random, tables: dict[str, Row]) -> Row:
    row: Row = {"state": chance.choice(["AL", "AL", "IN", "IN", "NY", "GU"])}
    row["flags"] = {flag for flag in ("ABUSE", "SPECIAL_FOCUS", "FOOTNOTE_12") if chance.random() < 0.1}
    for cycle in range(1, chance.choice([1, 2, 3, 3, 3]) + 1):
        row |= {f"c{cycle}_{kind}": chance.choice([0, 0, 0, 0, 1, 2]) for kind in DEFICIENCIES}
        row[f"c{cycle}_visits"] = chance.choice([0, 1, 1, 2, 3, 4, 6])
    if chance.random() < 0.9:
        row |= {code: round(chance.uniform(0.2, 5), 3) for code in HOURS}
    row |= some(chance, list(TURNOVER), lambda: round(chance.uniform(0, 90), 1), 0.2)
    better = chance.choice([0.2, 1, 1.5])
    for code, table in tables.items():
        if code[:3] in ("ls_", "ss_") and chance.random() < 0.85:
            if table["missing"] == "rescale":
                row[code] = round(chance.uniform(0, 4) * better, 1)
            else:
                row[f"{code}_residents"] = chance.randint(10, 60)
                row[f"{code}_cases"] = min(row[f"{code}_residents"], chance.randint(0, 30))
    return row


def inspection_score(row: Row) -> Fraction | None:
    totals = []
    for cycle in (1, 2, 3):
        if f"c{cycle}_d" in row:
            points = sum(row[f"c{cycle}_{kind}"] * weight for kind, weight in DEFICIENCIES.items())
            totals.append(points * (1 + REVISITS[min(row[f"c{cycle}_visits"], 4)]))
    if len(totals) < 2:
        return None
    return half_up(sum(t * w for t, w in zip(totals, CYCLES, strict=False)) / sum(CYCLES[: len(totals)]), 3)


def inspection_star(at: int, rows: list[Row], scores: list[Fraction | None]) -> int:
    mine = scores[at]
    peers = sorted(
        s for row, s in zip(rows, scores, strict=True) if s is not None and row["state"] == rows[at]["state"]
    )
    if len(peers) < 5:
        peers = sorted(s for s in scores if s is not None)
    shares = (Fraction(1, 10), Fraction(1, 3), Fraction(17, 30), Fraction(4, 5))
    assert mine is not None
    star = 5 - sum(mine > peers[math.ceil(share * len(peers)) - 1] for share in shares)
    return min(star, 2) if "ABUSE" in rows[at]["flags"] else star


def staffing_star(row: Row, tables: dict[str, Row]) -> int:
    if "FOOTNOTE_12" in row["flags"]:
        return 1
    if HOURS[0] not in row:
        return 0
    there = [code for code in (*HOURS, *TURNOVER) if code in row]
    points = sum(points_by(tables[code], Fraction(str(row[code]))) for code in there)
    available = sum(max(tables[code]["points"]) for code in there)
    return 1 + reached(half_up(points * 380 / int(available)), [155, 205, 255, 320])


def quality_points(at: int, rows: list[Row], tables: dict[str, Row], stay: str, least: int) -> Fraction | None:
    """The points of one kind of stay; the state's mean stands in for shares of too few residents."""

    def own(row: Row, code: str) -> Fraction | None:
        if tables[code]["missing"] == "rescale":
            return Fraction(str(row[code])) if code in row else None
        asked = row.get(f"{code}_residents", 0)
        return half_up(Fraction(100 * row[f"{code}_cases"], asked), 1) if asked >= 20 else None

    codes = [code for code in tables if code.startswith(stay)]
    if sum(own(rows[at], code) is not None for code in codes) < least:
        return None
    points, available = Fraction(0), 0
    for code in codes:
        value = own(rows[at], code)
        if value is None and tables[code]["missing"] != "rescale":
            peers = [v for row in rows if row["state"] == rows[at]["state"] and (v := own(row, code)) is not None]
            peers = peers or [v for row in rows if (v := own(row, code)) is not None]
            value = half_up(sum(peers, Fraction(0)) / len(peers), 1)
        if value is not None:
            points, available = points + points_by(tables[code], value), available + max(tables[code]["points"])
    full = sum(max(tables[code]["points"]) for code in codes)
    return half_up(points * int(full) / int(available) * Fraction(1150, int(full)))


def overall_star(star: int, staffing: int, stays: tuple[Fraction | None, Fraction | None], flags: set[str]) -> int:
    if "SPECIAL_FOCUS" in flags:
        return 0
    long, short = stays
    quality = 3
    if long is not None and short is not None:
        quality = 1 + reached(long + short, [944, 1133, 1299, 1475])
    elif long is not None:
        quality = 1 + reached(long, [470, 565, 645, 735])
    elif short is not None:
        quality = 1 + reached(short, [474, 568, 654, 740])
    overall = min(max(star + (staffing == 5) - (staffing == 1), 1), 5)
    overall = min(max(overall + (quality == 5) - (quality == 1), 1), 5)
    overall = min(overall, 2) if star == 1 else overall
    return min(overall, 4) if "ABUSE" in flags else overall


def test_us_nursing_homes_from_raw_figures() -> None:
    chance, tables = random.Random(7), tables_in("us-cms-five-star")
    rows = [nursing_home(chance, tables) for _ in range(240)]
    outcome = rated(policy_in("us-cms-five-star"), rows)
    scores = [inspection_score(row) for row in rows]
    wanted = []
    for at, row in enumerate(rows):
        staffing = staffing_star(row, tables)
        stays = quality_points(at, rows, tables, "ls_", 5), quality_points(at, rows, tables, "ss_", 4)
        assert outcome.domain_grades[at, 1] == staffing
        shown = [
            int(p) if t else None for p, t in zip(outcome.domain_points[at], outcome.domain_present[at], strict=True)
        ]
        assert shown[2:] == [None if points is None else int(points) for points in stays]
        star = 0 if scores[at] is None else inspection_star(at, rows, scores)
        assert outcome.domain_grades[at, 0] == star
        wanted.append(overall_star(star, staffing, stays, row["flags"]) if star else 0)
    assert outcome.stars.tolist() == wanted
    assert set(wanted) == {0, 1, 2, 3, 4, 5}
