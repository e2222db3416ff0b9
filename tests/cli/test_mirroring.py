"""Mirrors of an export as docs/cookbook shows them: over a line that breaks, after a week, and once it is gone."""

import hashlib
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.cli.conftest import Program
from tests.cli.processes import serving

pytestmark = pytest.mark.xdist_group("demo-register")
COOKBOOK = Path(__file__).parents[2] / "docs" / "cookbook"
PROGRAMS = {"sh": "mirror.sh", "node": "mirror.mjs", sys.executable: "mirror.py"}
NAME = "organisations.csv"


@pytest.fixture(scope="module")
def url(demo: Program) -> Iterator[str]:
    """The demo register, served."""
    with serving(demo) as (_, address):
        yield address


@contextmanager
def _breaking_line(address: str, most: int) -> Iterator[str]:
    """Where the register answers through a line that breaks after so many bytes of a body."""

    class Line(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name: self.headers[name] for name in ("Range",) if name in self.headers}
            with urllib.request.urlopen(urllib.request.Request(address + self.path, headers=asked)) as answer:
                body = answer.read()
                self.send_response(answer.status)
                for name in ("Content-Length", "Content-Range"):
                    if answer.headers[name]:
                        self.send_header(name, answer.headers[name])
                self.end_headers()
                self.wfile.write(body if self.path.endswith(("/", ".json")) else body[:most])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Line) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _mirror(program: str, url: str, folder: Path) -> int:
    command = [program, str(COOKBOOK / PROGRAMS[program]), url, "organisations", str(folder)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode


@pytest.mark.parametrize("program", PROGRAMS, ids=PROGRAMS.values())
def test_a_mirror_goes_on_over_a_line_that_breaks_and_after_a_week_has_the_newest(
    demo: Program, url: str, tmp_path: Path, program: str
) -> None:
    served, mirror = demo.folder / ".registry" / "exports", tmp_path / "mirror"
    first = demo.data("export", "organisations", served)
    (told,) = first["files"]
    exported = (Path(first["folder"]) / NAME).read_bytes()
    with _breaking_line(url, len(exported) * 2 // 5) as line:
        ends = [_mirror(program, line, mirror) == 0 for _ in range(3)]
    assert ends == [False, False, True]
    assert (mirror / NAME).read_bytes() == exported
    assert [path.name for path in mirror.iterdir()] == [NAME]
    _change_an_organisation(demo, tmp_path, exported)
    Path(first["folder"]).rename(tmp_path / "past its term")
    second = demo.data("export", "organisations", served)
    (newer,) = second["files"]
    assert newer["sha256"] != told["sha256"]
    for part in (told, newer):
        (mirror / f"{part['sha256']}.part").write_bytes(b"something else")
    assert [_mirror(program, url, mirror) == 0 for _ in range(3)] == [False, True, True]
    assert hashlib.sha256((mirror / NAME).read_bytes()).hexdigest() == newer["sha256"]
    assert [path.name for path in mirror.iterdir()] == [NAME]
    assert _mirror(program, "http://127.0.0.1:1", mirror) != 0
    assert (mirror / NAME).exists(), "a week without a line is no end"
    Path(second["folder"]).rename(tmp_path / "gone")
    assert _mirror(program, url, mirror) == 0
    assert list(mirror.iterdir()) == []


def _change_an_organisation(demo: Program, folder: Path, exported: bytes) -> None:
    header, row, *_ = exported.decode("utf-8-sig").splitlines()
    changed, named = folder / "changed.csv", row.split(",")
    named[1] += "（更名）"
    changed.write_text(f"{header}\n{','.join(named)}\n", encoding="utf-8")
    demo.done("import", "organisations", changed, "--source", "demo")
