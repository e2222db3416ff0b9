"""rules …: what an authority edits by command."""

from pathlib import Path

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.xdist_group("demo-register")

FAR = "2099-01-01"


def test_rules_are_listed_added_ended_and_confirmed(demo: Program, tmp_path: Path) -> None:
    header, comments = demo.run("rules", "add", "complaint-limits", "--template").stdout.splitlines()
    assert header == "per,most,within,effective_from,effective_to,legal_basis,confirmed"
    assert comments.startswith("#")
    path = tmp_path / "limits.csv"
    path.write_text(f"{header}\nADDRESS,9,1 day,{FAR},,本局公告,true\n", encoding="utf-8")
    assert demo.data("rules", "add", "complaint-limits", str(path), "--dry-run")["position"] is None
    added = demo.data("rules", "add", "complaint-limits", str(path))
    assert (added["added"], added["ended"], added["replaced"]) == (1, 1, 0)
    standing = demo.data("rules", "list", "complaint-limits", "--on", FAR)
    assert {(rule["code"], rule["content"]["most"], rule["effective_to"]) for rule in standing} == {
        ("ADDRESS", 9, None),
        ("INSTITUTION", 50, None),
    }
    ended = demo.data("rules", "end", "complaint-limits", "ADDRESS", "--on", "2099-12-31", "--reason", "本局公告")
    assert ended["position"] == added["position"] + 1
    unconfirmed = [rule["code"] for rule in demo.data("rules", "list", "complaint-limits", "--unconfirmed")]
    demo.data("rules", "confirm", "complaint-limits", "INSTITUTION", "--source", "本局公告")
    left = [rule["code"] for rule in demo.data("rules", "list", "complaint-limits", "--unconfirmed")]
    assert unconfirmed == [*left, "INSTITUTION"]
    assert "本局公告" in demo.run("rules", "list", "complaint-limits").stdout


def test_what_is_refused_names_row_column_rule_and_remedy(demo: Program, tmp_path: Path) -> None:
    path = tmp_path / "windows.csv"
    path.write_text(
        "code,days,working,effective_from,legal_basis,confirmed\nDEFENCE,5,true,2020-02-01,x,true\n", encoding="utf-8"
    )
    refused = demo.run("rules", "add", "credit-windows", str(path))
    assert refused.returncode == 1
    assert "effective_from" in refused.stdout
    assert "[rules.past]" in refused.stdout
    assert demo.run("rules", "add", "credit-windows").returncode == 2
    assert demo.run("rules", "list", "persons").returncode == 1
    unknown = demo.run("rules", "confirm", "credit-windows", "NONE", "--source", "x")
    assert unknown.returncode == 1
    assert "registry rules list" in unknown.stderr
