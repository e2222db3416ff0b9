"""The second source and the next month differ from the register exactly where their lists say."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.synthetic.conftest import Register, Row, parsed

from registry.synthetic import DEFAULT_AS_OF, generate
from registry.transfer import KINDS, read_manifest

SECOND = ("institutions", "people", "employments", "certificates", "assessments")
NEXT = ("people", "employments", "residents")


def key_of(kind: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in KINDS[kind].key)


def by_key(register: Register, kind: str) -> Mapping[tuple[Any, ...], Row]:
    return {key_of(kind, row): row for row in register.tables[kind]}


def rows_of(register: Register, folder: str, kind: str) -> list[Row]:
    rows, errors = parsed(register.manifest.directory / folder, kind)
    assert errors.kept == []
    assert rows
    return rows


def expected(register: Register, folder: str) -> dict[str, dict[str, Any]]:
    text = (register.manifest.directory / folder / "expected.json").read_text(encoding="utf-8")
    return {entry["kind"]: entry for entry in json.loads(text)["imports"]}


def differing(before: Row, after: Row) -> list[str]:
    return [name for name in before if before[name] != after[name]]


@pytest.mark.parametrize("kind", SECOND)
def test_the_second_source_contradicts_in_the_rows_and_columns_listed(register: Register, kind: str) -> None:
    rows, known = rows_of(register, "second_source", kind), by_key(register, kind)
    listed = {
        finding["rows"][0]: finding
        for finding in register.findings("SOURCES_CONTRADICT")
        if finding["file"] == f"second_source/{kind}.csv"
    }
    found = {
        number: differing(known[key_of(kind, row)], row)
        for number, row in enumerate(rows, 1)
        if row != known[key_of(kind, row)]
    }
    assert {number: set(finding["columns"]) for number, finding in listed.items()} == {
        number: set(columns) for number, columns in found.items()
    }
    for number, finding in listed.items():
        assert finding["first_file"] == f"{kind}.csv"
        assert key_of(kind, register.tables[kind][finding["first_rows"][0] - 1]) == key_of(kind, rows[number - 1])
    counts = expected(register, "second_source")[kind]
    assert counts["contradictions"] == counts["amended"] == len(found) > 0
    assert counts["unchanged"] == len(rows) - len(found) > 0
    assert (counts["added"], counts["ended"]) == (0, 0)


@pytest.mark.parametrize("kind", SECOND)
def test_no_row_of_the_second_source_stands_twice(register: Register, kind: str) -> None:
    keys = [key_of(kind, row) for row in rows_of(register, "second_source", kind)]
    assert len(keys) == len(set(keys))


def test_every_way_of_contradicting_comes_up(tmp_path: Path) -> None:
    generate(tmp_path, 1_500, 3)
    planted = json.loads((tmp_path / "planted.json").read_text(encoding="utf-8"))["findings"]
    columns = {
        (finding["file"].removeprefix("second_source/"), *finding["columns"])
        for finding in planted
        if finding["finding"] == "SOURCES_CONTRADICT"
    }
    assert columns == {
        ("institutions.csv", "beds"),
        ("institutions.csv", "address"),
        ("people.csv", "name"),
        ("people.csv", "education"),
        ("employments.csv", "fte"),
        ("employments.csv", "ended_on"),
        ("employments.csv", "position_title"),
        ("certificates.csv", "status", "status_from"),
        ("certificates.csv", "expires_on"),
        ("assessments.csv", "grade"),
        ("assessments.csv", "service"),
    }


@pytest.mark.parametrize("kind", NEXT)
def test_the_next_month_reports_what_a_comparison_finds(register: Register, kind: str) -> None:
    rows, known = rows_of(register, "next_month", kind), by_key(register, kind)
    counts = expected(register, "next_month")[kind]
    found = Counter(
        "added" if key not in known else "unchanged" if known[key] == row else "amended"
        for key, row in ((key_of(kind, row), row) for row in rows)
    )
    assert {name: found[name] for name in ("added", "amended", "unchanged")} == {
        name: counts[name] for name in ("added", "amended", "unchanged")
    }
    assert counts["rows"] == len(rows)
    assert counts["added"] > 0
    assert counts["snapshot"] == (kind != "people")
    if counts["snapshot"]:
        told = {row["institution_code"] for row in rows}
        absent = {key for key, row in known.items() if row["institution_code"] in told} - {
            key_of(kind, row) for row in rows
        }
        assert counts["ended"] == len(absent)


def test_who_left_was_on_post_and_who_came_is_new(register: Register) -> None:
    rows, known = rows_of(register, "next_month", "employments"), by_key(register, "employments")
    told, present = {row["institution_code"] for row in rows}, {key_of("employments", row) for row in rows}
    left = [row for key, row in known.items() if row["institution_code"] in told and key not in present]
    assert left
    assert all(row["ended_on"] is None for row in left)
    came = [row for row in rows if key_of("employments", row) not in known]
    assert len(came) == len(left)
    newcomers = {row["citizen_id"]: row for row in rows_of(register, "next_month", "people")}
    former = {row["citizen_id"] for row in register.tables["people"]}
    for row in came:
        assert row["started_on"] > DEFAULT_AS_OF
        assert row["citizen_id"] not in former
        assert row["citizen_id"] in newcomers
        assert row["started_on"].year - int(row["citizen_id"][6:10]) >= 18


def test_residents_of_the_next_month_fit_the_beds(register: Register) -> None:
    latest: dict[str, dict[str, int]] = defaultdict(dict)
    for row in sorted(rows_of(register, "next_month", "residents"), key=lambda row: row["day_from"]):
        latest[row["institution_code"]][row["ability_class"]] = row["headcount"]
    for code, counts in latest.items():
        assert sum(counts.values()) <= register.institutions[code]["beds"]


def test_the_two_sources_and_the_next_month_keep_apart(register: Register) -> None:
    seconds = {row["institution_code"] for row in rows_of(register, "second_source", "institutions")}
    nexts = {row["institution_code"] for row in rows_of(register, "next_month", "employments")}
    planted = {
        code
        for finding in register.planted
        if finding["finding"] != "SOURCES_CONTRADICT"
        for code in finding["institution_codes"]
    }
    assert seconds.isdisjoint(nexts)
    assert planted.isdisjoint(seconds | nexts)
    assert {register.institutions[code]["status"] for code in seconds | nexts} == {"ACTIVE"}


def test_the_truncated_file_has_a_tenth_of_each_institution(register: Register) -> None:
    whole = Counter(row["institution_code"] for row in rows_of(register, "next_month", "employments"))
    cut = Counter(row["institution_code"] for row in rows_of(register, "truncated", "employments"))
    assert set(cut) == set(whole)
    assert all(cut[code] == max(1, whole[code] // 10) for code in whole)
    counts = expected(register, "truncated")["employments"]
    assert counts["snapshot"] is True
    assert counts["refused"] == "import.mass-removal"


def test_the_manifest_tells_the_companions_too(register: Register) -> None:
    directory = register.manifest.directory
    document = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    named = {file["name"] for file in document["companions"]}
    folders = ("second_source", "next_month", "truncated")
    assert named == {
        str(path.relative_to(directory)) for folder in folders for path in directory.glob(f"{folder}/*.csv")
    }


@pytest.mark.parametrize("folder", ["", "second_source", "next_month", "truncated"])
def test_every_folder_has_a_manifest_as_an_import_reads_it(register: Register, folder: str) -> None:
    directory = register.manifest.directory / folder
    published = read_manifest(directory / "manifest.json")
    assert published.keys() == {path.name for path in directory.glob("*.csv")}
    as_told = {
        name: file.sha256 == sha256((directory / name).read_bytes()).hexdigest() for name, file in published.items()
    }
    assert set(as_told.values()) == {folder != "truncated"}


def test_the_snapshot_cut_short_is_told_by_the_manifest_of_the_whole(register: Register) -> None:
    whole, cut = (
        read_manifest(register.manifest.directory / name / "manifest.json") for name in ("next_month", "truncated")
    )
    assert cut == {"employments.csv": whole["employments.csv"]}
