"""The consumers of docs/cookbook do their jobs: nothing missed, nothing twice, whatever kills them."""

import importlib.util
import itertools
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import ask, serving

pytestmark = pytest.mark.xdist_group("demo-register")
COOKBOOK = Path(__file__).parents[2] / "docs" / "cookbook"
KILLS, A_PAGE = 100, 5


@pytest.fixture(scope="module")
def url(demo: Program) -> Iterator[str]:
    """The demo register, served; in the end nothing that the programs asked fell back on a resolver."""
    with serving(demo) as (_, address):
        yield address
        metrics = httpx.get(f"{address}/metrics", timeout=30).text
        assert re.search(r"^registry_graphql_operations_total\{.*\} [1-9]", metrics, re.MULTILINE)
        assert not re.search(r"^registry_graphql_planner_fallbacks_total\{", metrics, re.MULTILINE), metrics


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, COOKBOOK / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(*command: str | Path, **environment: str) -> str:
    given = {**os.environ, **environment}
    done = subprocess.run([str(part) for part in command], env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _content(path: Path) -> tuple[Any, ...]:
    with sqlite3.connect(path) as mirror:
        things = mirror.execute("SELECT * FROM thing ORDER BY entity_id").fetchall()
        return things, mirror.execute("SELECT cursor, taken FROM place").fetchall()


def test_a_sync_that_is_killed_a_hundred_times_has_what_one_undisturbed_has(url: str, tmp_path: Path) -> None:
    sync = _module("sync").sync
    undisturbed, killed, draws = tmp_path / "undisturbed", tmp_path / "killed", random.Random(8)
    sync(url, str(undisturbed))
    longest = _steps_of(lambda: sync(url, str(tmp_path / "in many pages"), A_PAGE)) // 8
    things, [(_, taken)] = _content(undisturbed)
    feed = "{ changes(kinds: [INSTITUTION, RATING, CREDIT_ENTRY]) { totalCount } }"
    assert taken == ask(url, feed).json()["data"]["changes"]["totalCount"]
    assert len(things) > 100
    reached = set()
    for _ in range(KILLS):
        _killed_at(draws.randrange(longest), lambda: sync(url, str(killed), A_PAGE))
        reached.add(_taken(killed))
    assert len(reached) > 3
    assert max(reached) <= taken
    sync(url, str(killed))
    assert _content(killed) == _content(undisturbed)


def _taken(path: Path) -> int:
    """How many changes a mirror has taken; it may have been killed before there was anything to ask."""
    with sqlite3.connect(path) as mirror:
        try:
            found = mirror.execute("SELECT taken FROM place").fetchone()
        except sqlite3.OperationalError:
            return 0
    return 0 if found is None else int(found[0])


def _steps_of(work: Callable[[], None]) -> int:
    """How many calls and returns Python sees while it is done."""
    seen = itertools.count()
    sys.setprofile(lambda *_: next(seen))
    try:
        work()
    finally:
        sys.setprofile(None)
    return next(seen)


def _killed_at(step: int, work: Callable[[], None]) -> None:
    """Do it in a process that is killed at that call or return: the same one on a fast machine and on a slow one."""
    child = os.fork()
    if child == 0:
        left = itertools.count(step, -1)
        sys.setprofile(lambda *_: next(left) or os.kill(os.getpid(), signal.SIGKILL))
        work()
        os._exit(0)
    os.waitpid(child, 0)


def test_javascript_and_curl_follow_the_same_feed(url: str, tmp_path: Path) -> None:
    _module("sync").sync(url, str(tmp_path / "mirror"))
    wanted = sorted(thing[0] for thing in _content(tmp_path / "mirror")[0])
    journal = tmp_path / "journal"
    assert json.loads(_run("node", COOKBOOK / "sync.mjs", url, journal)) == wanted
    whole = journal.read_bytes()
    journal.write_bytes(whole[: len(whole) * 2 // 3])
    assert json.loads(_run("node", COOKBOOK / "sync.mjs", url, journal)) == wanted
    first = json.loads(_run(COOKBOOK / "sync.sh", url))["data"]["changes"]["nodes"]
    rest = json.loads(_run(COOKBOOK / "sync.sh", url, first[0]["cursor"]))["data"]["changes"]["nodes"]
    assert rest[: len(first) - 1] == first[1:]


def test_an_institution_pushes_its_roster_by_each_program_and_a_retry_does_nothing(
    demo: Program, url: str, tmp_path: Path
) -> None:
    code, citizen = _somebody(demo, tmp_path)
    token = demo.data("token", "create", "--role", "INSTITUTION", "--name", "HR", "--institution", code)["token"]
    row = {"citizen_id": citizen, "institution_code": code, "occupation": "LOGISTICS", "started_on": "2024-05-01"}
    roster = tmp_path / "roster.json"
    for number, program in enumerate((["sh", "roster.sh"], ["node", "roster.mjs"], [sys.executable, "roster.py"])):
        command = program[0], COOKBOOK / program[1], url, roster

        def pushed(fte: str, lost: str | None = None, command: tuple[str | Path, ...] = command) -> dict[str, Any]:
            roster.write_text(json.dumps([{**row, "fte": fte}]), encoding="utf-8")
            if lost is not None:
                Path(f"{roster}.key").write_text(lost, encoding="utf-8")
            told = json.loads(_run(*command, REGISTRY_TOKEN=token))
            assert not Path(f"{roster}.key").exists()
            return dict(told.get("data", {}).get("importRows", told))

        share = f"0.{number + 1}"
        first = pushed(share, lost=program[1])
        assert (first["rows"], first["added"] + first["amended"]) == (1, 1)
        assert pushed(share, lost=program[1]) == first
        assert pushed("0.9")["amended"] == 1
        assert pushed(share)["amended"] == 1, "what it was before is no retry"
    roster.write_text(json.dumps([{**row, "fte": "0.3", "institution_code": "FAC:NONE"}]), encoding="utf-8")
    refused = subprocess.run(
        [sys.executable, COOKBOOK / "roster.py", url, roster],
        env={**os.environ, "REGISTRY_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["rowErrors"][0]["column"] == "institution_code"


def _somebody(demo: Program, folder: Path) -> tuple[str, str]:
    """An institution, and a person that the authority has registered for it."""
    from tests.services.importing.conftest import citizen

    people = folder / "people.csv"
    people.write_text(f"citizen_id,name\n{citizen(7)},王七\n", encoding="utf-8")
    demo.done("import", "people", people, "--source", "demo")
    exported = demo.data("export", "institutions", folder / "out", "--format", "jsonl")
    lines = (Path(exported["folder"]) / "institutions.jsonl").read_text(encoding="utf-8").splitlines()
    code: str = next(one for one in map(json.loads, lines) if one["status"] == "ACTIVE")["institution_code"]
    return code, citizen(7)
