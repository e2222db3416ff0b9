"""import, generate, seed: files into the register, all of one or nothing of it."""

import csv
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.cli.conftest import PROGRAM, Program

from registry.transfer import ERROR_COLUMNS

pytestmark = pytest.mark.xdist_group("demo-register")

ORGANISATIONS = "organisation_code,name,legal_form,region_code,status,registered_on,address,legal_representative\n"


def _organisations(*rows: str) -> str:
    return ORGANISATIONS + "".join(f"{row}\n" for row in rows)


def _organisation(code: str, name: str) -> str:
    return f"TEST:{code},{name},COMPANY,110000,ACTIVE,2020-01-01,,"


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_generate_gives_the_same_bytes_for_the_same_seed(bare: Program) -> None:
    told = bare.data("generate", "one", "--institutions", "30", "--seed", "7")
    bare.done("generate", "two", "--institutions", "30", "--seed", "7")
    bare.done("generate", "three", "--institutions", "30", "--seed", "8")
    one, two, three = (_digests(bare.folder / name) for name in ("one", "two", "three"))
    assert one == two
    assert one != three
    assert {file["file"] for file in told["files"]} <= set(one)
    rows = {file["file"]: file["rows"] for file in told["files"]}
    assert rows["institutions.csv"] == 30
    assert "planted.json" in one


def test_a_template_is_a_file_that_imports_nothing(demo: Program, tmp_path: Path) -> None:
    template = demo.done("import", "organisations", "--template")
    assert template.splitlines()[0] == ORGANISATIONS.strip()
    path = _write(tmp_path, "template.csv", template)
    assert demo.data("import", "organisations", path)["imported"][0]["rows"] == 0


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_a_template_of_each_format_imports_nothing(demo: Program, tmp_path: Path, file_format: str) -> None:
    command = [*PROGRAM, "import", "people", "--template", "--format", file_format]
    printed = subprocess.run(command, env=demo.environment, cwd=demo.folder, capture_output=True, check=True)
    path = tmp_path / f"template.{file_format}"
    path.write_bytes(printed.stdout)
    assert demo.data("import", "people", path)["imported"][0]["rows"] == 0


def test_the_ending_or_the_option_tells_the_format(demo: Program, tmp_path: Path) -> None:
    row = json.dumps(dict(zip(ORGANISATIONS.strip().split(","), _organisation("UP9", "JSON").split(","), strict=True)))
    by_ending = demo.data("import", "organisations", _write(tmp_path, "a.jsonl", row))["imported"][0]
    assert (by_ending["rows"], by_ending["added"]) == (1, 1)
    stated = demo.data("import", "organisations", _write(tmp_path, "a.txt", row), "--format", "jsonl")["imported"][0]
    assert (stated["rows"], stated["unchanged"]) == (1, 1)
    assert demo.run("import", "organisations", _write(tmp_path, "a.csv", row)).returncode == 1


def test_rows_are_added_amended_and_left_alone(demo: Program, tmp_path: Path) -> None:
    path = _write(tmp_path, "a.csv", _organisations(_organisation("UP1", "First"), _organisation("UP2", "Second")))
    added = demo.data("import", "organisations", path, "--source", "civil affairs")["imported"][0]
    assert (added["added"], added["amended"], added["unchanged"]) == (2, 0, 0)
    again = demo.data("import", "organisations", path)["imported"][0]
    assert (again["unchanged"], again["position"]) == (2, None)
    _write(tmp_path, "a.csv", _organisations(_organisation("UP1", "Corrected"), _organisation("UP2", "Second")))
    amended = demo.data("import", "organisations", path)["imported"][0]
    assert (amended["added"], amended["amended"], amended["unchanged"]) == (0, 1, 1)
    assert amended["position"] > added["position"]  # the first import of a day may raise flags, a change by itself


def test_the_summary_and_the_errors_cut_through_no_word(demo: Program, tmp_path: Path) -> None:
    path = _write(tmp_path, "evaluation-organisations.csv", _organisations(_organisation("NARROW", "Narrow")))
    shown = demo.on_a_narrow_screen("import", "organisations", path, "--dry-run")
    assert re.search(r"^ *evaluation-organisations\.csv +1 +1 +0 +0 +0 *$", shown, re.MULTILINE)
    assert shown.lstrip().startswith("organisations\n")
    _write(tmp_path, "evaluation-organisations.csv", _organisations("TEST:ODD,x,COMPANYX,110000,ACTIVE,,,"))
    told = demo.run("import", "organisations", path).stdout
    assert re.search(r"^row / 行 1  legal_form  COMPANYX  \[choice\.unknown\]\n      not one of: ", told, re.MULTILINE)


def test_a_dry_run_says_what_would_be_and_writes_nothing(demo: Program, tmp_path: Path) -> None:
    path = _write(tmp_path, "dry.csv", _organisations(_organisation("DRY1", "Dry")))
    told = demo.done("import", "organisations", path, "--dry-run")
    assert "nothing was written" in told
    assert demo.data("import", "organisations", path)["imported"][0]["added"] == 1


def test_rejected_rows_are_shown_and_written_beside_the_file(demo: Program, tmp_path: Path) -> None:
    bad = [f"TEST:BAD{n},,COMPANY,110000,ACTIVE,2020-13-01,," for n in range(15)]
    path = _write(tmp_path, "bad.csv", _organisations(_organisation("BAD-OK", "Good"), *bad))
    result = demo.run("import", "organisations", path)
    assert result.returncode == 1
    assert "import.rows-rejected" in result.stderr
    assert "bad.csv.errors.csv" in result.stderr
    assert "… 10 more" in result.stdout
    with (tmp_path / "bad.csv.errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == ERROR_COLUMNS
    assert len(rows) == 30
    assert {(row["row"], row["column"]) for row in rows} == {
        (str(number), column) for number in range(2, 17) for column in ("name", "registered_on")
    }
    assert (rows[0]["column"], rows[0]["cell"]) == ("name", "B3")
    good = _write(tmp_path, "good.csv", _organisations(_organisation("BAD-OK", "Good")))
    assert demo.data("import", "organisations", good)["imported"][0]["added"] == 1


def test_files_before_a_rejected_one_stay(demo: Program, tmp_path: Path) -> None:
    good = _write(tmp_path, "good.csv", _organisations(_organisation("SEQ1", "First")))
    bad = _write(tmp_path, "bad.csv", _organisations("NONSENSE,x,COMPANY,110000,ACTIVE,,,"))
    never = _write(tmp_path, "never.csv", _organisations(_organisation("SEQ2", "Never")))
    result = demo.run("import", "organisations", good, bad, never, "--json")
    assert result.returncode == 1
    error = json.loads(result.stdout)["error"]
    assert error["rule"] == "import.rows-rejected"
    assert [imported["file"] for imported in error["imported"]] == ["good.csv"]
    assert error["rows"][0]["file"] == "bad.csv"
    assert error["report"] == f"{bad}.errors.csv"
    assert demo.data("import", "organisations", good)["imported"][0]["unchanged"] == 1
    assert demo.data("import", "organisations", never)["imported"][0]["added"] == 1


def test_a_citizen_number_shows_in_no_error(demo: Program, tmp_path: Path) -> None:
    header = "citizen_id,name,education,registered_on\n"
    path = _write(tmp_path, "people.csv", header + "110105194912310021,张三,DOCTORATE,2020-01-01\n")
    result = demo.run("import", "people", path)
    assert result.returncode == 1
    said = result.stdout + result.stderr + Path(f"{path}.errors.csv").read_text(encoding="utf-8-sig")
    assert "110105194912310021" not in said
    assert "张三" not in said


def test_a_missing_file_is_told(demo: Program, tmp_path: Path) -> None:
    result = demo.run("import", "people", tmp_path / "absent.csv")
    assert result.returncode == 1
    assert "file.unreadable" in result.stderr


@pytest.mark.parametrize("times", [1, 2])
def test_seeding_again_changes_nothing(demo: Program, times: int) -> None:
    told = ("regions", "occupations", "calendar_days", "import_rules", "credit_rules")
    assert demo.data("seed") == dict.fromkeys(told, 0)


def test_seeding_tells_people_a_line_a_catalogue(demo: Program) -> None:
    lines = [line.split() for line in demo.done("seed").splitlines()]
    assert ["calendar_days", "0"] in lines
