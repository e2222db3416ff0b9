"""demo: from nothing to a served register, again, and after a crash."""

import re
import shlex
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import URL, ask, drain, end, read_until

from registry.db.embedded import status

pytestmark = pytest.mark.xdist_group("demo-register")

ROLES = {"PROCUREMENT", "INSTITUTION", "REGULATOR", "AUDITOR", "ADMIN"}


def test_a_demo_holds_every_kind_of_row_and_is_scored(first_demo: dict[str, Any]) -> None:
    counts = first_demo["overview"]["counts"]
    assert counts["institutions"] == 120
    # No equivalence ships with the register: an authority states them.
    assert {kind for kind, count in counts.items() if not count} == {"equivalences"}
    assert sum(map(sum, first_demo["run"]["counts_by_stars"].values())) == counts["ratings"]
    assert set(first_demo["tokens"]) == ROLES
    assert set(first_demo["seconds"]) >= {"migrate", "seed", "generate", "import people.csv", "policies", "score"}


def test_a_second_demo_uses_what_is_there(demo: Program, first_demo: dict[str, Any]) -> None:
    before = demo.data("verify")["position"]
    result = demo.run("demo", "--institutions", "120", "--no-serve")
    assert result.returncode == 0
    assert "The register of an earlier demo is there and is used" in result.stderr
    assert all(token in result.stdout for token in first_demo["tokens"].values())
    assert demo.data("verify")["position"] == before


def test_a_register_of_another_making_is_left_alone(demo: Program) -> None:
    result = demo.run("demo", "--institutions", "5", "--no-serve")
    assert result.returncode == 0
    assert "The register is not empty: nothing is generated" in result.stderr
    assert re.search(r"institutions +120", result.stdout)


def test_a_taken_port_ends_it_before_anything_is_made(bare: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = Program(bare.folder, {"PORT": port}).run("demo")
    assert result.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr
    assert list(bare.folder.iterdir()) == []


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A folder whose demo was killed in the middle of its imports; its data directory has a name of its own."""
    folder = tmp_path_factory.mktemp("interrupted")
    program = Program(folder, {"DATA_DIR": str(folder / "elsewhere"), "PORT": "0"})
    process = program.start("demo", "--institutions", "150")
    read_until(process, re.compile("import institutions.csv"), errors=True)
    process.kill()
    process.wait()
    return program


def _ready(program: Program) -> "tuple[subprocess.Popen[str], str, str]":
    """A serving demo: its process, its URL, and the `curl` line that it printed."""
    process = program.start("demo", "--institutions", "150")
    url = read_until(process, URL)
    line = read_until(process, re.compile("curl .*"))
    drain(process)
    return process, url, line


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_goes_on_after_a_kill_serves_and_ends_cleanly(interrupted: Program, how: signal.Signals) -> None:
    data_dir = Path(interrupted.settings["DATA_DIR"])
    process, url, curl = _ready(interrupted)
    try:
        answer = ask(url, "{ institutions(first: 0) { totalCount } }").json()
        assert answer["data"]["institutions"]["totalCount"] == 150
        assert httpx.get(f"{url}/readyz").status_code == 200
        words = shlex.split(curl)
        body = words[words.index("-d") + 1]
        shown = httpx.post(f"{url}/graphql", content=body, headers={"content-type": "application/json"}).json()
        assert "errors" not in shown
        assert [node["rating"]["stars"] > 0 for node in shown["data"]["institutions"]["nodes"]] == [True] * 3
        assert status(data_dir).running
        assert end(process, how) == 0
    finally:
        process.kill()
        process.wait()
    assert not status(data_dir).running
    assert interrupted.data("verify")["holds"] is True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_stopped_while_it_prepares_leaves_nothing_running(
    tmp_path: Path, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a shell started it in the background, with SIGINT ignored."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    program = Program(tmp_path, {"PORT": "0"})
    earlier = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = program.start("demo", "--institutions", "3000")
    finally:
        signal.signal(signal.SIGINT, earlier)
    read_until(process, re.compile("generate: "), errors=True)
    drain(process)
    assert end(process, how) == 130
    assert not status(tmp_path / ".registry").running
    assert not list(tmp_path.glob("registry-demo-*"))
