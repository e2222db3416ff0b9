"""The worked example: the commands that the document shows give the published star of 89 of 89 facilities."""

import csv
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from starlette.applications import Starlette

from registry.api import ApiContext, graphql_routes
from registry.db.pool import Database
from registry.domain.actors import operator
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import RunSummary, recompute
from registry.services.seeding import seed

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "examples" / "us-cms-staffing"
DOCUMENT = (ROOT / "docs" / "worked-example-us-cms.md").read_text(encoding="utf-8")
DAY = date(2023, 1, 31)
READER = operator("reader")


def _compare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare", FOLDER / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
async def run(database: Database) -> RunSummary:
    """The example brought into an empty register and scored."""
    await seed(database, READER)
    for kind in ("organisations", "institutions", "measures"):
        path = FOLDER / f"{kind}.csv"
        await import_file(database, READER, None, kind, path, file_name=path.name, source="CMS, January 2023")
    await add_policy(database, READER, shipped_documents()["us-cms-staffing"])
    return await recompute(database, READER, policy="us-cms-staffing", as_of=DAY)


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the GraphQL endpoint over the same register."""
    app = Starlette(routes=graphql_routes(ApiContext(database)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as opened:
        yield opened


async def test_every_published_star_is_reproduced(run: RunSummary, client: httpx.AsyncClient) -> None:
    compare = _compare()
    published = compare.published()
    answered = await client.post("/graphql", json={"query": compare.QUERY, "variables": {"codes": list(published)}})
    answers = answered.json()["data"]["ratings"]
    assert {answer["code"]: compare.stars_of(answer) for answer in answers} == published
    assert len(published) == 89
    assert run.institutions == 89
    assert run.counts_by_stars["us-cms-staffing"] == [0, 33, 24, 17, 13, 2]


def test_the_measures_are_the_published_inputs_of_each_facility() -> None:
    with (FOLDER / "measures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    flagged = {row["institution_code"] for row in rows if row["flag"]}
    missing = {row["institution_code"] for row in rows if not row["value"]} - flagged
    assert (len(rows), len(flagged), len(missing)) == (534, 6, 26)
    assert {row["day"] for row in rows} == {DAY.isoformat()}


def shown_commands() -> list[str]:
    """The shell blocks of the document in their order."""
    return re.findall(r"^```sh\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def _environment(tmp_path: Path) -> dict[str, str]:
    """The reader's shell: a `registry` on the path, a fresh data directory, no other setting."""
    programs = tmp_path / "bin"
    programs.mkdir()
    python = shlex.quote(sys.executable)
    run = shlex.quote("from registry.cli import main; main()")
    for name, command in (("registry", f"{python} -c {run}"), ("python3", python)):
        (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (programs / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT / "src"), "REGISTRY_DATA_DIR": str(tmp_path / "data")}


def _typed(script: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-euc", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    """The address of a running `registry serve`."""
    command = ["registry", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield next(found[0] for line in server.stdout if (found := re.search(r"http://\S+", line)))
        finally:
            server.terminate()


def test_the_commands_shown_give_the_answers_shown(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    *steps, serve, one, all_of_them = shown_commands()
    assert serve.startswith("registry serve")
    for step in steps:
        _typed(step.replace('export PATH="$PWD/.venv/bin:$PATH"', ""), environment)
    with _served(environment) as address:
        published = re.search(r"^```text\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
        assert published is not None
        assert _typed(f"{all_of_them.strip()} {address}/graphql", environment) == published[1]
        query = re.search(r'"(\{ ratings.*\})"', one)
        shown = re.search(r"^```json\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
        assert query is not None
        assert shown is not None
        answer = httpx.post(f"{address}/graphql", json={"query": json.loads(f'"{query[1]}"')}, timeout=30).json()
        assert answer["data"] == json.loads(shown[1])["data"]
        _refuses_a_changed_star(tmp_path, address, environment)


def _refuses_a_changed_star(tmp_path: Path, address: str, environment: dict[str, str]) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "changed")
    published = folder / "published.csv"
    published.write_text(published.read_text(encoding="utf-8").replace("015010,4", "015010,3"), encoding="utf-8")
    command = ["python3", str(folder / "compare.py"), f"{address}/graphql"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "88 of 89")
    assert "US-CCN:015010: published 3, computed 4" in done.stdout
