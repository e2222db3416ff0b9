"""The options of import: snapshots, partial imports, and the same file again."""

import csv
import hashlib
import json
from pathlib import Path

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.xdist_group("demo-register")

ORGANISATIONS = "organisation_code,name,legal_form,region_code,status\n"
RESIDENTS = "institution_code,ability_class,day_from,headcount\n"


def _organisations(folder: Path, *codes: str) -> Path:
    path = folder / "organisations.csv"
    path.write_text(ORGANISATIONS + "".join(f"TEST:{code},{code},COMPANY,110000,ACTIVE\n" for code in codes), "utf-8")
    return path


def _home(demo: Program, folder: Path, code: str, days: int) -> Path:
    """A home with so many days of head counts, as the snapshot of a source."""
    demo.done("import", "organisations", _organisations(folder, code))
    home = folder / "institutions.csv"
    columns = "institution_code,organisation_code,name,kind,region_code,status,beds\n"
    home.write_text(columns + f"TEST:{code},TEST:{code},{code},CARE_HOME,110000,ACTIVE,10\n", "utf-8")
    demo.done("import", "institutions", home)
    return _counts(folder, code, days)


def _counts(folder: Path, code: str, days: int) -> Path:
    path = folder / "residents.csv"
    rows = "".join(f"TEST:{code},DISABLED,2024-01-{day:02},{day}\n" for day in range(1, days + 1))
    path.write_text(RESIDENTS + rows, "utf-8")
    return path


def test_a_snapshot_ends_what_it_does_not_name_and_needs_a_person_for_much(demo: Program, tmp_path: Path) -> None:
    path = _home(demo, tmp_path, "SNAP", 20)
    command = ("import", "residents", path, "--source", "bureau", "--snapshot")
    assert demo.data(*command)["imported"][0]["added"] == 20
    _counts(tmp_path, "SNAP", 19)
    assert demo.data(*command)["imported"][0]["ended"] == 1
    _counts(tmp_path, "SNAP", 2)
    refused = demo.run(*command)
    assert (refused.returncode, "import.mass-removal" in refused.stderr) == (1, True)
    assert "17 of 19 rows of bureau would end" in refused.stderr
    error = json.loads(demo.run(*command, "--json").stdout)["error"]
    assert (error["code"], error["rule"], error["imported"]) == ("CONFLICT", "import.mass-removal", [])
    assert demo.data(*command, "--confirm-removals")["imported"][0]["ended"] == 17


def test_a_snapshot_names_its_source(demo: Program, tmp_path: Path) -> None:
    result = demo.run("import", "residents", _counts(tmp_path, "X", 1), "--snapshot")
    assert (result.returncode, "--source" in result.stderr) == (2, True)


def test_a_partial_import_takes_the_good_rows_and_ends_with_one(demo: Program, tmp_path: Path) -> None:
    path = _organisations(tmp_path, "PART1", "PART2")
    path.write_text(path.read_text("utf-8") + "TEST:PART3,,COMPANY,110000,OPEN\n", "utf-8")
    result = demo.run("import", "organisations", path, "--partial")
    assert result.returncode == 1
    assert "1 rows left out" in result.stdout
    assert "[choice.unknown]" in result.stdout
    with (tmp_path / "organisations.csv.errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [(row["row"], row["rule"]) for row in csv.DictReader(stream)] == [
            ("3", "cell.required"),
            ("3", "choice.unknown"),
        ]
    again = demo.run("import", "organisations", path, "--partial", "--json")
    (told,) = json.loads(again.stdout)["imported"]
    assert (again.returncode, told["unchanged"], told["rejected"], told["position"]) == (1, 2, 1, None)
    assert told["errors"][0]["column"] == "name"


def test_the_same_file_again_says_so(demo: Program, tmp_path: Path) -> None:
    path = _organisations(tmp_path, "AGAIN")
    first = demo.data("import", "organisations", path)["imported"][0]
    assert first["earlier"] is None
    said = demo.done("import", "organisations", path)
    assert "unchanged 1; this file was imported before on " in said
    assert f"at position {first['position']} / 未变 1 行；该文件已于 " in said
    assert demo.data("import", "organisations", path)["imported"][0]["earlier"]["position"] == first["position"]


def test_a_contradiction_is_counted(demo: Program, tmp_path: Path) -> None:
    path = _organisations(tmp_path, "CONTRA")
    demo.done("import", "organisations", path, "--source", "one")
    path.write_text(path.read_text("utf-8").replace("ACTIVE", "CLOSED"), "utf-8")
    assert "1 rows contradict another source" in demo.done("import", "organisations", path, "--source", "two")


def _manifest(path: Path, rows: int) -> Path:
    manifest = path.with_name("manifest.json")
    listed = {"name": path.name, "rows": rows, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    manifest.write_text(json.dumps({"files": [listed]}), "utf-8")
    return manifest


def test_a_file_that_is_not_as_its_manifest_says_is_refused(demo: Program, tmp_path: Path) -> None:
    path = _organisations(tmp_path, "WHOLE1", "WHOLE2")
    manifest = _manifest(path, 2)
    _organisations(tmp_path, "WHOLE1")
    refused = demo.run("import", "organisations", path, "--manifest", manifest)
    assert (refused.returncode, "import.row-count" in refused.stderr) == (1, True)
    _organisations(tmp_path, "WHOLE1", "WHOLE3")
    error = json.loads(demo.run("import", "organisations", path, "--manifest", manifest, "--json").stdout)["error"]
    assert (error["code"], error["rule"]) == ("BAD_USER_INPUT", "import.digest")
    _organisations(tmp_path, "WHOLE1", "WHOLE2")
    assert demo.data("import", "organisations", path, "--manifest", manifest)["imported"][0]["added"] == 2


def test_a_file_that_the_manifest_does_not_list_is_refused_before_any(demo: Program, tmp_path: Path) -> None:
    path = _organisations(tmp_path, "LISTED")
    other = path.with_name("other.csv")
    other.write_bytes(path.read_bytes())
    refused = demo.run("import", "organisations", path, other, "--manifest", _manifest(path, 1))
    assert (refused.returncode, "manifest.unknown-file" in refused.stderr) == (1, True)
    assert demo.data("import", "organisations", path)["imported"][0]["added"] == 1


def test_the_number_of_rows_can_be_told_of_one_file(demo: Program, tmp_path: Path) -> None:
    path = _organisations(tmp_path, "ROWS1", "ROWS2")
    refused = demo.run("import", "organisations", path, "--expected-rows", "3")
    assert (refused.returncode, "has 2 rows, 3 are expected" in refused.stderr) == (1, True)
    assert demo.data("import", "organisations", path, "--expected-rows", "2")["imported"][0]["added"] == 2
    for more in ((path,), ("--manifest", _manifest(path, 2))):
        result = demo.run("import", "organisations", path, *more, "--expected-rows", "2")
        assert (result.returncode, "--expected-rows" in result.stderr) == (2, True)
