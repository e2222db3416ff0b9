"""The dependency audit fails on a vulnerability that an advisory service knows, and not for want of a service."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "audit.py"
ADVISORY = {
    "id": "GHSA-xxxx-xxxx-xxxx",
    "summary": "known",
    "details": "known",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "orjson"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
        }
    ],
}


class _Advisories(BaseHTTPRequestHandler):
    """Knows of one package, as osv.dev would tell it."""

    def do_POST(self) -> None:
        asked: Any = json.loads(self.rfile.read(int(self.headers["content-length"])))
        told = {"vulns": [ADVISORY]} if asked["package"]["name"] == "orjson" else {}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Advisories)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def _audit(file: Path, service: str) -> "subprocess.CompletedProcess[str]":
    options = ["--vulnerability-service", "osv", "--osv-url", service, "--timeout", "2"]
    command = [sys.executable, str(SCRIPT), str(file), "--", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(("package", "code"), [("orjson==3.11.0", 1), ("starlette==1.10.0", 0)])
def test_a_known_vulnerability_fails(tmp_path: Path, service: str, package: str, code: int) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text(f"{package} --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = _audit(locked, service)
    assert done.returncode == code, done
    assert "1 of 1 dependencies audited" in done.stdout
    assert ("GHSA-xxxx-xxxx-xxxx, fixed in 99" in done.stdout) is (code == 1)


def test_a_silent_service_is_told_and_fails_nothing(tmp_path: Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.write_text(f"orjson==3.11.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = _audit(locked, "http://127.0.0.1:9/v1/query")
    assert done.returncode == 0, done
    assert "nothing was audited" in done.stdout


def test_what_is_locked_is_audited_in_ci() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\naudit:")[2].partition("\n\n")[0]
    assert " audit" in run
    for name in ("runtime", "dev", "build"):
        assert f"requirements/{name}.txt" in recipe
