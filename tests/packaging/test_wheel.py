"""The built wheel alone, in an empty environment, gives a working register."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import URL, read_until
from websockets.sync.client import connect
from websockets.typing import Subprotocol

ROOT = Path(__file__).parents[2]


def _run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**_plain_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRY_", "PYTHONPATH"))}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_sql_schema_policies_and_reference_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, package in (("sql", "registry/_sql"), ("schema", "registry/_schema")):
        for path in (ROOT / folder).rglob("*.*"):
            assert f"{package}/{path.relative_to(ROOT / folder).as_posix()}" in names
    assert any(name.startswith("scoring/policies/") for name in names)


def test_an_empty_environment_with_the_wheel_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "-q")
    _run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt", cwd=tmp_path)
    _run(*pip, "--no-deps", wheel, cwd=tmp_path)
    data = str(tmp_path / "data")
    registry = environment / "bin" / "registry"
    shown = _run(registry, "demo", "--institutions", "60", "--no-serve", cwd=tmp_path, REGISTRY_DATA_DIR=data)
    assert "60" in shown
    assert "Traceback" not in shown
    assert _asked_over_a_socket(registry, tmp_path, data)["data"] == {"viewer": {"role": "PUBLIC"}}


def _asked_over_a_socket(registry: Path, folder: Path, data: str) -> dict[str, Any]:
    """What a WebSocket answers of a register served by what the wheel requires alone."""
    environment = {**_plain_environment(), "REGISTRY_DATA_DIR": data}
    command = [str(registry), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as served:
        try:
            address = read_until(served, URL).replace("http:", "ws:")
            with connect(f"{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as opened:
                opened.send(json.dumps({"type": "connection_init"}))
                assert json.loads(opened.recv(60))["type"] == "connection_ack"
                asked = {"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { role } }"}}
                opened.send(json.dumps(asked))
                payload: dict[str, Any] = json.loads(opened.recv(60))["payload"]
                return payload
        finally:
            served.terminate()
