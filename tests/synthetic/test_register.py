"""The synthetic register is importable, consistent, realistic, and the same for the same seed."""

import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.synthetic.conftest import INSTITUTIONS, SEED, Register, is_valid, parsed

from registry.domain.errors import InputError
from registry.synthetic import DEFAULT_AS_OF, generate
from registry.transfer import KINDS

DIGESTS = {
    "organisations.csv": "95a691897f581f83",
    "institutions.csv": "9e04f1a8cbfe6cdf",
    "evaluation-organisations.csv": "3547cd2e7fb06ea4",
    "people.csv": "ca1fc087052cd69b",
    "employments.csv": "dd61cc4e6dacc702",
    "certificates.csv": "c83b3a5de062f168",
    "training.csv": "f1ee903d2c347056",
    "awards.csv": "dd1fbb2311bbc6cd",
    "residents.csv": "48e45343cf0d7faf",
    "assessments.csv": "c3ba96ba789718e4",
    "measures.csv": "6d6e3591a8969ea0",
    "population.csv": "e1c3dff47f85b1a7",
    "wages.csv": "bca056a153d04ceb",
    "credit-entries.csv": "63d7ea08ecc1c5e3",
}
"""The beginnings of the SHA-256 of the files of this size and seed."""
GENERATED = [name.removesuffix(".csv") for name in DIGESTS]


def test_every_kind_but_the_regions_is_written_in_import_order(register: Register) -> None:
    written = [file.name.removesuffix(".csv") for file in register.manifest.files]
    assert written == GENERATED == [kind for kind in KINDS if kind in GENERATED]


@pytest.mark.parametrize("kind", GENERATED)
def test_natural_keys_are_unique(register: Register, kind: str) -> None:
    keys = Counter(tuple(row[name] for name in KINDS[kind].key) for row in register.tables[kind])
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize(
    ("kind", "column", "target", "key"),
    [
        ("institutions", "organisation_code", "organisations", "organisation_code"),
        ("evaluation-organisations", "organisation_code", "organisations", "organisation_code"),
        ("employments", "citizen_id", "people", "citizen_id"),
        ("employments", "institution_code", "institutions", "institution_code"),
        ("employments", "dispatched_by", "organisations", "organisation_code"),
        ("certificates", "citizen_id", "people", "citizen_id"),
        ("certificates", "evaluator_code", "evaluation-organisations", "evaluator_code"),
        ("training", "citizen_id", "people", "citizen_id"),
        ("training", "provider_code", "organisations", "organisation_code"),
        ("awards", "citizen_id", "people", "citizen_id"),
        ("awards", "certificate_number", "certificates", "certificate_number"),
        ("residents", "institution_code", "institutions", "institution_code"),
        ("assessments", "institution_code", "institutions", "institution_code"),
        ("measures", "institution_code", "institutions", "institution_code"),
        ("credit-entries", "citizen_id", "people", "citizen_id"),
    ],
)
def test_references_lead_somewhere(register: Register, kind: str, column: str, target: str, key: str) -> None:
    known = {row[key] for row in register.tables[target]} | {None}
    assert [row for row in register.tables[kind] if row[column] not in known] == []


def test_regions_are_in_force_and_no_citizen_number_has_a_real_one(register: Register) -> None:
    folder = Path(__file__).resolve().parents[2] / "sql" / "data"
    rows, _ = parsed(folder, "regions")
    in_force = {row["region_code"] for row in rows if row["valid_to"] is None}
    assert {row["region_code"] for row in register.tables["institutions"]} <= in_force
    ever = {row["region_code"] for row in rows}
    assert not {row["citizen_id"][:6] for row in register.tables["people"]} & ever


def test_employments_lie_in_the_life_of_their_institution_and_never_overlap_themselves(register: Register) -> None:
    last: dict[tuple[str, ...], date] = {}
    for row in sorted(register.tables["employments"], key=lambda row: row["started_on"]):
        home = register.institutions[row["institution_code"]]
        assert row["started_on"] >= home["opened_on"]
        assert home["closed_on"] is None or row["ended_on"] <= home["closed_on"]
        key = (row["citizen_id"], row["institution_code"], row["occupation"])
        assert key not in last or last[key] < row["started_on"]
        last[key] = row["ended_on"] or date.max


def test_nobody_begins_under_age(register: Register) -> None:
    for row in register.tables["people"]:
        assert row["registered_on"].year - int(row["citizen_id"][6:10]) >= 18


def test_sizes_and_shares_are_as_documented(register: Register) -> None:
    tables = register.tables
    assert 8 <= len(tables["employments"]) / INSTITUTIONS <= 12
    carers = [row for row in register.current if row["occupation"] == "CARER"]
    certified = sum(any(is_valid(held, DEFAULT_AS_OF) for held in register.held[row["citizen_id"]]) for row in carers)
    assert 0.70 <= certified / len(carers) <= 0.88
    assessed = {row["institution_code"] for row in tables["assessments"]}
    assert 0.6 <= len(assessed) / INSTITUTIONS <= 0.75
    assert {row["region_code"][:2] for row in tables["institutions"]} >= {"11", "22", "31", "44", "65"}
    levels = Counter(row["level"] for row in tables["certificates"] if row["level"])
    assert levels["JUNIOR"] > levels["INTERMEDIATE"] > levels["SENIOR"] > levels["TECHNICIAN"]
    assert any(row["institution_code"].startswith("FAC:") for row in tables["institutions"])
    assert any(row["ended_on"] for row in tables["employments"])
    assert any(row["dispatched_by"] for row in tables["employments"])
    assert any(row["fte"] < 1 for row in tables["employments"])


def test_several_jobs_add_up_to_one_post_unless_planted(register: Register) -> None:
    shares: Counter[str] = Counter()
    for row in register.current:
        shares[row["citizen_id"]] += row["fte"]
    several = [number for number, share in shares.items() if share > 1]
    assert len(several) == len(register.findings("DOUBLE_FULL_TIME_POST"))


def test_residents_fit_the_beds(register: Register) -> None:
    latest: dict[str, dict[str, int]] = defaultdict(dict)
    for row in register.tables["residents"]:
        latest[row["institution_code"]][row["ability_class"]] = row["headcount"]
    for code, counts in latest.items():
        assert sum(counts.values()) <= register.institutions[code]["beds"]


def test_points_bear_out_the_grade_and_no_higher_one(register: Register) -> None:
    floors = {
        1: Decimal("0.4"),
        2: Decimal("0.5"),
        3: Decimal("0.6"),
        4: Decimal("0.8"),
        5: Decimal("0.9"),
        6: Decimal(2),
    }
    totals = {1: 360, 2: 450, 3: 570, 4: 780, 5: 900}
    parts = {"environment": 120, "facilities": 130, "operations": 150, "service": 600}
    for row in register.tables["assessments"]:
        share = min(row[part] / most for part, most in parts.items())
        assert floors[row["grade"]] <= share < floors[row["grade"] + 1]
        assert sum(row[part] for part in parts) >= totals[row["grade"]]
        assert row["valid_from"] == row["decided_on"]
    assert any(row["valid_to"] < DEFAULT_AS_OF for row in register.tables["assessments"])


def _contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(register: Register, tmp_path: Path) -> None:
    generate(tmp_path, INSTITUTIONS, SEED)
    assert _contents(tmp_path) == _contents(register.manifest.directory)


def test_another_seed_gives_another_register(register: Register, tmp_path: Path) -> None:
    other = generate(tmp_path, INSTITUTIONS, SEED + 1)
    assert {file.sha256 for file in other.files}.isdisjoint(file.sha256 for file in register.manifest.files)


def test_the_bytes_of_a_seed_stay_what_they_were(register: Register) -> None:
    assert {file.name: file.sha256[:16] for file in register.manifest.files} == DIGESTS


def test_the_manifest_tells_counts_and_digests(register: Register) -> None:
    document = json.loads((register.manifest.directory / "manifest.json").read_text(encoding="utf-8"))
    assert document["institutions"] == INSTITUTIONS == len(register.institutions)
    assert document["planted"] == len(register.planted)
    assert [file["rows"] for file in document["files"]] == [file.rows for file in register.manifest.files]


def test_blocks_follow_each_other_without_a_seam(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    manifest = generate(tmp_path, 4_100, 3, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2_000, 4_100), (4_000, 4_100), (4_100, 4_100)]
    for kind in ("institutions", "people", "employments", "certificates"):
        rows, errors = parsed(manifest.directory, kind)
        assert errors.count == 0
        keys = {tuple(row[name] for name in KINDS[kind].key) for row in rows}
        assert len(keys) == len(rows)


@pytest.mark.parametrize("institutions", [1, 2, 3, 10])
def test_small_registers_are_whole(tmp_path: Path, institutions: int) -> None:
    manifest = generate(tmp_path, institutions, 1)
    for file in manifest.files:
        _, errors = parsed(tmp_path, file.name.removesuffix(".csv"))
        assert errors.count == 0


def test_another_day_moves_the_register(tmp_path: Path) -> None:
    generate(tmp_path, 50, 1, date(2024, 2, 29))
    rows, errors = parsed(tmp_path, "employments")
    assert errors.count == 0
    assert max(row["started_on"] for row in rows) <= date(2024, 2, 29)


@pytest.mark.parametrize(
    ("institutions", "seed", "as_of", "rule"),
    [
        (0, 1, DEFAULT_AS_OF, "generate.institutions"),
        (10**9, 1, DEFAULT_AS_OF, "generate.institutions"),
        (1, -1, DEFAULT_AS_OF, "generate.seed"),
        (1, 1, date(1999, 1, 1), "generate.as-of"),
    ],
)
def test_wrong_arguments_are_refused(tmp_path: Path, institutions: int, seed: int, as_of: date, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        generate(tmp_path / "x", institutions, seed, as_of)
    assert caught.value.rule == rule
    assert not (tmp_path / "x").exists()


def test_an_interrupted_generation_leaves_no_half_file(tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path, 10, 1, progress=interrupt)
    assert list(tmp_path.iterdir()) == []
