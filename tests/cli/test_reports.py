"""Reports and comparisons of the demo register: a page that a browser shows as it is, and nothing written."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.cli.conftest import Program

from registry.services.policies import shipped_documents

_OF_THE_BROWSER = re.compile(r"^https?://[a-z0-9.-]*\.(?:google|googleapis|gvt1|gstatic)\.com/")
"""What a fresh Chromium looks up for itself: dictionaries, components."""

CHROMIUM = shutil.which("chromium")


def _state(demo: Program) -> Any:
    told = demo.data("verify")
    return told["position"], [(check["check"], check["examined"]) for check in told["checks"]]


@pytest.fixture(scope="module")
def page(demo: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run made for it."""
    file = tmp_path_factory.mktemp("report") / "run.html"
    run = demo.data("score", "--as-of", "2026-10-31", "--report", file)
    again = file.with_name("again.html")
    demo.done("report", str(run["id"]), again)
    assert again.read_bytes() == file.read_bytes()
    return file


def test_a_page_tells_what_the_run_tells(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for told in (
        "Rating run",
        "评级批次",
        "cn-national@1",
        "持证上岗率",
        "Moves between grades",
        "Grades by region",
        "中位数",
    ):
        assert told in text, told
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) > 10
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_a_page_asks_nobody_for_anything(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!#)', text)
    assert not re.search(r"url\((?!#)|@import", text)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_browser_shows_a_page_without_complaint(page: Path, tmp_path: Path) -> None:
    log, picture = tmp_path / "net.json", tmp_path / "page.png"
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--enable-logging=stderr",
    ]
    shown = subprocess.run(
        [
            str(CHROMIUM),
            *options,
            f"--user-data-dir={tmp_path}",
            f"--log-net-log={log}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in shown.stderr
    assert picture.stat().st_size > 20_000
    asked = set(re.findall(r'"url":"([^"]+)"', log.read_text(encoding="utf-8")))
    assert not [address for address in asked if address.startswith("http") and not _OF_THE_BROWSER.search(address)]


def test_a_page_goes_only_where_it_can_be_written(demo: Program, tmp_path: Path) -> None:
    before = _state(demo)
    for file in (tmp_path, tmp_path / "nowhere" / "run.html"):
        assert "file.unwritable" in demo.run("score", "--report", file).stderr
    assert _state(demo) == before
    assert "run.unknown" in demo.run("report", "999999", tmp_path / "run.html").stderr


def test_serving_does_not_load_what_draws() -> None:
    loaded = (
        "import registry.app.serving, registry.api.schema, registry.cli.main, sys; print('matplotlib' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


def test_comparing_tells_who_moves_and_writes_nothing(demo: Program, tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    document = shipped_documents()["cn-national"]
    draft.write_text(document.replace('version = "1"', 'version = "draft"', 1).replace("780", "640"), encoding="utf-8")
    before = _state(demo)
    told = demo.data("policy", "compare", "cn-national@1", draft)
    assert _state(demo) == before
    assert "draft" not in json.dumps(demo.data("policy", "list"))
    assert (told["a"]["code"], told["b"]["version"]) == ("cn-national", "draft")
    assert (told["only_a"], told["only_b"]) == (0, 0)
    assert told["both"] == sum(told["a"]["counts"]) == sum(told["b"]["counts"]) == sum(n for _, _, n in told["moves"])
    assert told["moved"] == sum(n for old, new, n in told["moves"] if old != new) > 0
    assert all(mover["stars"][0] != mover["stars"][1] for mover in told["movers"])
    few = demo.data("policy", "compare", "cn-national", draft, "--limit", "1")
    assert (few["movers"], few["moved"]) == (told["movers"][:1], told["moved"])
    same = demo.data("policy", "compare", "cn-national", "cn-national@1")
    assert (same["moved"], same["movers"], same["a"]) == (0, [], same["b"])
    assert "only B / 仅 B 0" in demo.done("policy", "compare", "cn-national", draft)
    other = demo.data("policy", "compare", "cn-national", "cn-jilin")
    assert other["only_a"]
    assert other["only_b"] == 0
    draft.write_text("code = 1", encoding="utf-8")
    for wrong in (str(draft), "nobody", "cn-national@9"):
        assert demo.run("policy", "compare", "cn-national", wrong).returncode == 1
