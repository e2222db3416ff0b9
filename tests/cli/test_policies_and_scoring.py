"""policy … and score."""

import csv
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.conftest import Program

from registry.services.policies import shipped_documents

pytestmark = pytest.mark.xdist_group("demo-register")

NATIONAL = shipped_documents()["cn-national"]


def _variant(folder: Path, code: str) -> Path:
    """The national policy under another code, for Tibet, so that it takes little from the national one."""
    path = folder / f"{code}.toml"
    text = re.sub(r'(?m)^code = "[^"]+"', f'code = "{code}"', NATIONAL, count=1)
    path.write_text(re.sub(r'(?m)^region = "CN"', 'region = "540000"', text, count=1), encoding="utf-8")
    return path


def test_a_sound_policy_is_checked_without_a_register(bare: Program) -> None:
    path = _variant(bare.folder, "sound-one")
    told = bare.data("policy", "check", path)
    assert told["code"] == "sound-one"
    assert len(told["sha256"]) == 64
    assert not (bare.folder / ".registry").exists()


def test_every_mistake_of_a_policy_is_listed_with_its_place(bare: Program) -> None:
    path = bare.folder / "bad.toml"
    path.write_text(NATIONAL.replace("effective_from", "efective_from"), encoding="utf-8")
    result = bare.run("policy", "check", path)
    assert result.returncode == 1
    assert "efective_from" in result.stdout + result.stderr
    problems = json.loads(bare.run("policy", "check", path, "--json").stdout)["error"]["problems"]
    for problem in problems:
        assert f"{problem['path']}  [{problem['rule']}]\n      {problem['en']} / {problem['zh']}\n" in result.stdout
        assert f"      → {problem['remedy_en']} / {problem['remedy_zh']}\n" in result.stdout
    assert all(problem["path"] and problem["rule"] and problem["zh"] and problem["en"] for problem in problems)


def test_what_is_no_toml_has_no_place(bare: Program) -> None:
    path = bare.folder / "bad.toml"
    path.write_text('code = "x', encoding="utf-8")
    result = bare.run("policy", "check", path)
    assert "the first: is not valid TOML" in result.stderr
    assert "第一处：不是有效的 TOML" in result.stderr
    assert "[policy.toml  input.document]" in result.stderr
    assert "(document / 全文)  [toml]" in result.stdout
    error = json.loads(bare.run("policy", "check", path, "--json").stdout)["error"]
    assert error["path"] == ["input", "document"]


def test_policies_are_added_listed_and_shown(demo: Program, tmp_path: Path) -> None:
    path = _variant(tmp_path, "added-one")
    added = demo.data("policy", "add", path)
    assert added["code"] == "added-one"
    listed = {policy["code"]: policy for policy in demo.data("policy", "list")}
    assert listed["added-one"]["sha256"] == added["sha256"]
    assert listed.keys() >= {"cn-national", "us-cms-staffing"}
    assert demo.done("policy", "show", "added-one") == path.read_text(encoding="utf-8")
    assert demo.data("policy", "show", f"added-one@{added['version']}")["sha256"] == added["sha256"]


def test_the_list_of_policies_cuts_through_no_word(demo: Program) -> None:
    shown = demo.on_a_narrow_screen("policy", "list")
    for policy in demo.data("policy", "list"):
        words = {f"{policy['code']}@{policy['version']}", policy["region_code"], policy["effective_from"]}
        assert any(words <= set(line.split()) for line in shown.splitlines()), shown


def test_the_same_policy_again_is_a_conflict(demo: Program, tmp_path: Path) -> None:
    path = tmp_path / "national.toml"
    path.write_text(NATIONAL, encoding="utf-8")
    result = demo.run("policy", "add", path, "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["error"]["code"] == "CONFLICT"


def test_an_unknown_policy_is_told(demo: Program) -> None:
    result = demo.run("policy", "show", "nobody@1")
    assert result.returncode == 1
    assert "policy.unknown" in result.stderr


def test_a_policy_file_must_be_readable(bare: Program) -> None:
    (bare.folder / "latin.toml").write_bytes(b"title = '\xe9'")
    for name in ("absent.toml", "latin.toml"):
        result = bare.run("policy", "check", name)
        assert result.returncode == 1
        assert "file.unreadable" in result.stderr
    result = bare.run("policy", "compare", "cn-national", "absent.toml")
    assert (result.returncode, "file.unreadable" in result.stderr) == (1, True)


def test_a_run_tells_its_id_counts_and_durations(demo: Program) -> None:
    told = demo.data("score", "--as-of", "2026-10-31", "--policy", "cn-national")
    assert told["kind"] == "FULL"
    assert told["as_of"] == "2026-10-31"
    assert sum(told["counts_by_stars"]["cn-national"]) == told["institutions"]
    assert set(told["durations_ms"]) >= {"read", "score", "write"}
    shown = demo.done("score", "--as-of", "2026-10-31", "--incremental")
    assert re.search(rf"Run / 评级 {told['id'] + 1} INCREMENTAL 2026-10-31", shown)
    assert "cn-national" in shown


def test_a_run_in_the_future_is_refused(demo: Program) -> None:
    result = demo.run("score", "--as-of", "2100-01-01")
    assert result.returncode == 1
    assert "as-of.future" in result.stderr


def test_a_run_is_replayed_after_later_runs(demo: Program) -> None:
    first = demo.data("score", "--as-of", "2026-09-30")
    demo.done("score", "--as-of", "2026-10-31", "--incremental")
    told = demo.data("replay", first["id"])
    assert told["holds"]
    assert {policy["verdict"] for policy in told["policies"]} == {"SAME"}
    assert all(policy["recorded"] == policy["replayed"] for policy in told["policies"])
    shown = demo.done("replay", first["id"])
    assert "The same digests / 摘要一致" in shown
    assert "cn-national" in shown


def test_a_run_that_was_never_made_cannot_be_replayed(demo: Program) -> None:
    result = demo.run("replay", 4711)
    assert result.returncode == 1
    assert "run.unknown" in result.stderr


def _care_home(demo: Program, folder: Path) -> str:
    """An open care home of the demo register, which is the one that generating gives."""
    demo.done("generate", folder, "--institutions", "120")
    with (folder / "institutions.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return next(r["institution_code"] for r in rows if (r["kind"], r["status"]) == ("CARE_HOME", "ACTIVE"))


def test_a_rating_is_explained_step_by_step(demo: Program, tmp_path: Path) -> None:
    code = _care_home(demo, tmp_path / "generated")
    told = demo.data("explain", code)
    rating = told["rating"]
    parts = sum(Decimal(line["contribution"]) for line in rating["indicators"])
    assert parts == Decimal(rating["score"] or 0)
    assert rating["stages"][-1]["after"] == rating["stars"]
    assert told["way_up"]["target"]["stars"] == rating["stars"] + 1
    assert [way["way"] for way in told["way_up"]["ways"]] == ["certify", "promote", "hire"]
    assert told["reproduced"]
    assert told == demo.data("explain", code, "--as-of", datetime.now(UTC).isoformat())
    shown = demo.done("explain", code)
    assert "certified_ratio" in shown
    assert f"升级路径 {told['way_up']['target']['code']}" in shown


def test_nothing_is_explained_of_a_time_before_the_first_rating(demo: Program, tmp_path: Path) -> None:
    code = _care_home(demo, tmp_path / "generated")
    for told, expected in (("2020-01-01", 1), ("2020-01-01T00:00:00+08:00", 1), ("2020-01-01T00:00", 2), ("then", 2)):
        assert demo.run("explain", code, "--as-of", told).returncode == expected
    assert "rating.none" in demo.run("explain", code, "--as-of", "2020-01-01").stderr


def test_an_institution_that_is_not_there_cannot_be_explained(demo: Program) -> None:
    result = demo.run("explain", "911101080000000000")
    assert result.returncode == 1
    assert "institution.unknown" in result.stderr
