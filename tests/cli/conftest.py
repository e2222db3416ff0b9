"""The program itself, against a register of its own."""

import contextlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import structlog
from rich.cells import cell_len

from registry.cli import main
from registry.db.embedded import EmbeddedServer

SOURCES = str(Path(__file__).resolve().parents[2] / "src")
PROGRAM = (sys.executable, "-m", "registry.cli")
PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def _exit_code() -> int:
    """Run the command, then put back what it sets for its whole process: signals and logs."""
    root, before = logging.getLogger(), signal.getsignal(signal.SIGTERM)
    handlers, level = root.handlers[:], root.level
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    finally:
        signal.signal(signal.SIGTERM, before)
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    return 0


@dataclass(frozen=True, slots=True)
class Program:
    """`registry` with its settings, run in `folder`."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    columns: int = 200

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process: no setting but those given."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
        given = {f"REGISTRY_{name}": value for name, value in self.settings.items()}
        return {**clean, "PYTHONPATH": SOURCES, "COLUMNS": str(self.columns), **given}

    def run(self, *arguments: str | Path) -> Ended:
        """Run a command to its end in this process, which spares the imports."""
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.folder),
            mock.patch.dict(os.environ, self.environment, clear=True),
            mock.patch.object(sys, "argv", ["registry", *map(str, arguments)]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            return Ended(_exit_code(), out.getvalue(), err.getvalue())

    def on_a_narrow_screen(self, *arguments: str | Path) -> str:
        """Run a command that must succeed where a line has 80 columns, and give what it printed."""
        result = replace(self, columns=80).run_apart(*arguments)
        assert result.returncode == 0, result.stderr
        assert all(cell_len(line) <= 80 for line in result.stdout.splitlines()), result.stdout
        return result.stdout

    def run_apart(self, *arguments: str | Path) -> Ended:
        """Run a command to its end as a process of its own."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return Ended(process.returncode, out, err)

    def start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        """Start a command that goes on."""
        return subprocess.Popen(
            [*PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def done(self, *arguments: str | Path) -> str:
        """Run a command that must succeed, and give what it printed."""
        result = self.run(*arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def data(self, *arguments: str | Path) -> Any:
        """Run a command with --json that must succeed, and give its document."""
        return json.loads(self.done(*arguments, "--json"))


@pytest.fixture
def bare(tmp_path: Path) -> Program:
    """The program in an empty folder, without any setting."""
    return Program(tmp_path)


@pytest.fixture(scope="package")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo register."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="package")
def first_demo(demo_folder: Path) -> dict[str, Any]:
    """What the first demo in an empty folder printed."""
    document: dict[str, Any] = Program(demo_folder).data("demo", "--institutions", "120", "--no-serve")
    return document


@pytest.fixture(scope="package")
def demo(demo_folder: Path, first_demo: dict[str, Any]) -> Iterator[Program]:
    """The program on the demo register, whose server stays up in between."""
    with EmbeddedServer.open(demo_folder / ".registry"):
        yield Program(demo_folder)


@pytest.fixture(scope="package")
def tokens(first_demo: dict[str, Any]) -> dict[str, str]:
    """A token of each role in the demo register."""
    found: dict[str, str] = first_demo["tokens"]
    return found
