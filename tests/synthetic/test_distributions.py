"""The figures of docs/synthetic-data.md, one by one, on a register large enough to tell them from chance."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from pathlib import Path

import pytest

from registry.synthetic import DEFAULT_AS_OF, generate
from registry.synthetic.places import PROFILES

INSTITUTIONS = 8_000
TODAY = DEFAULT_AS_OF.isoformat()
SURE = 3.0
"""Standard errors that chance hardly reaches; the seed being fixed, it never does."""

Row = dict[str, str]


@dataclass
class Large:
    """A register as texts, by file."""

    directory: Path

    def rows(self, kind: str) -> list[Row]:
        with (self.directory / f"{kind}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    @cached_property
    def institutions(self) -> list[Row]:
        return self.rows("institutions")

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        return {row["institution_code"]: row["kind"] for row in self.institutions}

    @cached_property
    def employments(self) -> list[Row]:
        return self.rows("employments")

    @cached_property
    def certificates(self) -> list[Row]:
        return self.rows("certificates")

    @cached_property
    def carers(self) -> list[Row]:
        """Carers on post, in every institution that has not closed."""
        return [row for row in self.employments if row["occupation"] == "CARER" and not row["ended_on"]]

    @cached_property
    def skill(self) -> list[Row]:
        return [row for row in self.certificates if row["kind"] == "SKILL_LEVEL"]

    @cached_property
    def residents(self) -> Mapping[str, dict[str, dict[str, int]]]:
        """Headcounts by institution, day and ability class."""
        found: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.rows("residents"):
            found[row["institution_code"]][row["day_from"]][row["ability_class"]] = int(row["headcount"])
        return found

    @cached_property
    def provinces(self) -> Mapping[str, int]:
        return {row["institution_code"]: int(row["region_code"][:2]) for row in self.institutions}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Large:
    return Large(generate(tmp_path_factory.mktemp("large"), INSTITUTIONS, 11).directory)


def hold(hits: Iterable[bool], share: float, slack: float = 0.0) -> None:
    """As many hits as the share says, but for chance and a slack that is stated where the figure is not exact."""
    drawn = list(hits)
    found = sum(drawn) / len(drawn)
    assert abs(found - share) <= SURE * sqrt(share * (1 - share) / len(drawn)) + slack, (found, share, len(drawn))


def hold_shares(values: Sequence[str], shares: Mapping[str, float], slack: float = 0.0) -> None:
    """Every value as often as its share says, and no other value."""
    assert set(values) <= set(shares)
    for value, share in shares.items():
        hold((found == value for found in values), share, slack)


def hold_quantiles(
    values: Sequence[float], shares: Sequence[float], marks: Sequence[float], slack: float = 0.0
) -> None:
    """Below each mark lies the share of it; nothing lies outside the first and the last."""
    assert marks[0] <= min(values)
    assert max(values) <= marks[-1]
    for share, mark in zip(shares[1:-1], marks[1:-1], strict=True):
        hold((value < mark for value in values), share, slack)


def test_kinds_forms_and_states(large: Large) -> None:
    kinds = {"CARE_HOME": 0.42, "DAY_CARE": 0.2, "COMMUNITY_CENTRE": 0.17, "MUTUAL_AID_HOME": 0.12, "HOME_CARE": 0.09}
    hold_shares([row["kind"] for row in large.institutions], kinds)
    hold_shares([row["status"] for row in large.institutions], {"ACTIVE": 0.955, "CLOSED": 0.03, "SUSPENDED": 0.015})
    operators = {row["organisation_code"] for row in large.institutions}
    forms = [row["legal_form"] for row in large.rows("organisations") if row["organisation_code"] in operators]
    hold_shares(
        forms,
        {
            "PRIVATE_NON_ENTERPRISE": 0.46,
            "COMPANY": 0.28,
            "PUBLIC_INSTITUTION": 0.22,
            "ASSOCIATION": 0.02,
            "SOLE_TRADER": 0.02,
        },
    )


def test_chains(large: Large) -> None:
    sizes = Counter(row["organisation_code"] for row in large.institutions)
    hold((size > 1 for size in sizes.values()), 0.05)
    chains = [size for size in sizes.values() if size > 1]
    assert max(chains) <= 12
    hold((size < 4 for size in chains), 0.6)


def test_sizes(large: Large) -> None:
    beds: dict[str, list[float]] = defaultdict(list)
    for row in large.institutions:
        beds[row["kind"]].append(float(row["beds"]))
    shares, marks = (0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.97, 1), (10, 24, 48, 84, 146, 240, 400, 1000)
    hold_quantiles(beds["CARE_HOME"], shares, marks)
    hold_quantiles(beds["COMMUNITY_CENTRE"], (0, 0.25, 0.5, 0.75, 1), (8, 15, 24, 36, 80))
    hold_quantiles(beds["DAY_CARE"], (0, 0.5, 1), (5, 12, 30))
    hold_quantiles(beds["MUTUAL_AID_HOME"], (0, 0.5, 1), (4, 10, 30))
    assert set(beds["HOME_CARE"]) == {0}


def test_occupancy_and_ability(large: Large) -> None:
    beds = {row["institution_code"]: int(row["beds"]) for row in large.institutions if row["kind"] == "CARE_HOME"}
    first = {code: days[min(days)] for code, days in large.residents.items() if beds.get(code, 0) >= 60}
    occupied = [sum(counts.values()) / beds[code] for code, counts in first.items()]
    hold_quantiles(occupied, (0, 0.1, 0.5, 0.9, 1), (0.14, 0.32, 0.56, 0.84, 0.99), slack=0.01)
    everybody = sum(sum(counts.values()) for counts in first.values())
    for ability, share in {"SELF_CARE": 0.34, "PARTLY_DISABLED": 0.27, "DISABLED": 0.27, "DEMENTIA": 0.12}.items():
        assert abs(sum(counts.get(ability, 0) for counts in first.values()) / everybody - share) < 0.01
    hold((len(days) > 1 for days in large.residents.values()), 0.6 * 0.97 + 0.03, slack=0.01)


def test_provinces(large: Large) -> None:
    whole = sum(profile.weight for profile in PROFILES.values())
    found = list(large.provinces.values())
    for province, profile in PROFILES.items():
        hold((other == province for other in found), profile.weight / whole, slack=0.004)
    tibet, shandong = PROFILES[54], PROFILES[37]
    assert (tibet.weight, shandong.weight) == (0.2, 8.4) == extremes("weight")


def extremes(figure: str) -> tuple[float, float]:
    """The lowest and the highest figure of the provinces."""
    figures = [getattr(profile, figure) for profile in PROFILES.values()]
    return min(figures), max(figures)


def test_employments_and_turnover(large: Large) -> None:
    assert 9 <= len(large.employments) / INSTITUTIONS <= 11
    closed = {row["institution_code"] for row in large.institutions if row["status"] == "CLOSED"}
    left = Counter(row["institution_code"] for row in large.employments if row["ended_on"])
    stayed = Counter(row["institution_code"] for row in large.carers)
    assert abs(sum(left[code] for code in left if code not in closed) / len(large.carers) - 0.36) < 0.015
    shares = [left[code] / carers for code, carers in stayed.items() if carers >= 20]
    hold_quantiles(shares, (0, 0.25, 0.5, 0.75, 1), (0, 0.21, 0.42, 0.63, 0.87), slack=0.02)


def test_terms_of_posts(large: Large) -> None:
    current = [row for row in large.employments if not row["ended_on"]]
    hold((row["fte"] == "1" for row in current), 0.88, slack=0.002)
    hold((row["fte"] == "0.5" for row in current), 0.08 + 0.04 / 14, slack=0.002)
    hold((bool(row["dispatched_by"]) for row in large.carers), 0.04)
    fresh = [row for row in large.carers if row["started_on"] > "2026-05-04"]
    hold((row["appointed_level"] == "APPRENTICE" for row in fresh), 0.25, slack=0.01)
    others = [row for row in current if row["occupation"] not in ("CARER", "SOCIAL_WORKER")]
    hold((row["occupation"] == "NURSE" for row in others if row["occupation"] != "MANAGER"), 0.31 / 0.98, slack=0.02)


def test_ages_and_sexes(large: Large) -> None:
    on_post = {row["citizen_id"]: row["occupation"] for row in large.employments}
    numbers = [row["citizen_id"] for row in large.rows("people")]
    women = {number: int(number[16]) % 2 == 0 for number in numbers}
    hold((women[number] for number in numbers if on_post[number] == "CARER"), 0.87, slack=0.005)
    hold((women[number] for number in numbers if on_post[number] != "CARER"), 0.59, slack=0.03)
    ages = [float(DEFAULT_AS_OF.year - int(number[6:10])) for number in numbers]
    hold_quantiles(ages, (0, 0.1, 0.3, 0.5, 0.8, 0.95, 1), (17, 30, 43, 49, 55, 60, 70), slack=0.06)


def test_certified_carers_by_province(large: Large) -> None:
    holders = {row["citizen_id"] for row in large.certificates if row["occupation"] == "CARER" and row["level"]}
    by_province: dict[int, list[bool]] = defaultdict(list)
    for row in large.carers:
        by_province[large.provinces[row["institution_code"]]].append(row["citizen_id"] in holders)
    tested = {province: held for province, held in by_province.items() if len(held) >= 400}
    assert len(tested) >= 20
    for province, held in tested.items():
        hold(held, PROFILES[province].certified, slack=0.025)
    tibet, shanghai = PROFILES[54], PROFILES[31]
    assert (tibet.certified, shanghai.certified) == (0.6, 0.95) == extremes("certified")


def test_carers_meet_the_need_as_far_as_the_province_does(large: Large) -> None:
    assert extremes("carers_per_need") == (0.78, 1.15)
    on_post = Counter(row["institution_code"] for row in large.carers)
    need = {"SELF_CARE": 1 / 18, "PARTLY_DISABLED": 1 / 10, "DISABLED": 1 / 4, "DEMENTIA": 1 / 4}
    met: dict[int, list[float]] = defaultdict(list)
    for code, days in large.residents.items():
        needed = sum(need[ability] * count for ability, count in days[max(days)].items())
        if needed >= 8:
            met[large.provinces[code]].append(on_post[code] / needed)
    for province, shares in met.items():
        if len(shares) >= 30:
            found = sum(shares) / len(shares)
            assert abs(found / PROFILES[province].carers_per_need - 0.97) < SURE * 0.15 / sqrt(len(shares))


def test_first_aid_by_province(large: Large) -> None:
    assert extremes("first_aid") == (0.18, 0.58)
    trained = {row["citizen_id"] for row in large.certificates if row["kind"] == "FIRST_AID"}
    at = {row["citizen_id"]: large.provinces[row["institution_code"]] for row in large.employments}
    by_province: dict[int, list[bool]] = defaultdict(list)
    for number in {row["citizen_id"] for row in large.certificates if row["level"]}:
        by_province[at[number]].append(number in trained)
    for province, hits in by_province.items():
        if len(hits) >= 400:
            hold(hits, PROFILES[province].first_aid, slack=0.02)


def test_skill_mix(large: Large) -> None:
    of_carers = [row for row in large.certificates if row["level"]]
    mix = {
        "JUNIOR": 0.525,
        "INTERMEDIATE": 0.27,
        "SENIOR": 0.145,
        "TECHNICIAN": 0.045,
        "SENIOR_TECHNICIAN": 0.013,
        "SPECIAL_GRADE_TECHNICIAN": 0.002,
    }
    hold_shares([row["level"] for row in of_carers], mix, slack=0.006)
    elder = [row["kind"] for row in of_carers if row["citizen_id"][6:10] < "1988"]
    hold_shares(elder, {"SKILL_LEVEL": 0.89, "OLD_QUALIFICATION": 0.07, "X_CERTIFICATE": 0.04}, slack=0.004)
    younger = [row["kind"] for row in of_carers if row["citizen_id"][6:10] > "1991"]
    hold_shares(younger, {"SKILL_LEVEL": 0.96, "X_CERTIFICATE": 0.04}, slack=0.004)


def test_expiry_and_status(large: Large) -> None:
    hold((bool(row["expires_on"]) for row in large.skill), 0.4, slack=0.01)
    expiring = [row for row in large.skill if row["expires_on"]]
    hold((row["expires_on"] < TODAY for row in expiring), 0.03, slack=INSTITUTIONS / 100 / len(expiring))
    for row in expiring[:500]:
        assert int(row["expires_on"][:4]) - int(row["issued_on"][:4]) in (4, 5, 6)
    hold((row["status"] == "REVOKED" for row in large.skill), 0.003, slack=INSTITUTIONS / 100 / len(large.skill))
    hold((row["status"] == "SUSPENDED" for row in large.skill), 0.003)
    assert all(row["expires_on"] for row in large.certificates if row["kind"] in ("FIRST_AID", "NURSE_LICENCE"))


def test_assessments_and_measures(large: Large) -> None:
    open_ones = [row["institution_code"] for row in large.institutions if row["status"] != "CLOSED"]
    decided: dict[str, list[Row]] = defaultdict(list)
    for row in large.rows("assessments"):
        decided[row["institution_code"]].append(row)
    hold((code in decided for code in open_ones), 0.7)
    newest = [max(rows, key=lambda row: row["decided_on"])["grade"] for rows in decided.values()]
    hold_shares(newest, {"1": 0.14, "2": 0.29, "3": 0.36, "4": 0.15, "5": 0.06})
    measured = {row["institution_code"] for row in large.rows("measures")}
    hold((code in measured for code in open_ones), 0.35)
    hold((row["flag"] == "NOT_SUBMITTED" for row in large.rows("measures")), 0.02)
    values = [float(row["value"]) for row in large.rows("measures") if row["value"]]
    hold_quantiles(values, (0, 0.5, 1), (61, 86, 99.5))
