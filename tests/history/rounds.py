"""Rounds of the soak: an import by the program, killed at a random instant; then verified, run again, compared."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import asyncpg
from tests.history.contents import Contents, held, stated
from tests.history.drawing import Drawer
from tests.history.files import File
from tests.history.plain import Counts, Plain
from tests.history.snapshots import bring

from registry.db.pool import Addresses

SOURCES = str(Path(__file__).resolve().parents[2] / "src")
SOURCE = "soak"
PATIENCE_SECONDS = 120.0
LONGEST_WRITING_SECONDS = 0.25
LONGEST_TO_THE_SERVER_SECONDS = 0.05
"""An import of the soak does not write for long: its process in the server is killed while it is there."""

SERVER_KILLED_EVERY = 8
"""In one round of so many the server's own process of the import is killed, so that the server recovers."""

AT_WORK = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name <> 'soak'"
WRITING = f"{AT_WORK} AND backend_xid IS NOT NULL"


@dataclass
class Program:
    """`registry` against one database."""

    folder: Path
    addresses: Addresses
    keys: Mapping[str, str]

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRY_")}
        names = {"DATABASE_URL": self.addresses.staff, "PUBLIC_DATABASE_URL": self.addresses.public}
        given = {**names, "OWNER_DATABASE_URL": self.addresses.owner, "DATA_DIR": str(self.folder), **self.keys}
        environment = {**clean, "PYTHONPATH": SOURCES, **{f"REGISTRY_{name}": value for name, value in given.items()}}
        command = [sys.executable, "-m", "registry.cli", *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.folder, env=environment, **streams)

    async def end(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command to its end."""
        process = self.start(*arguments)
        out, err = await asyncio.to_thread(process.communicate, timeout=PATIENCE_SECONDS)
        return process.returncode, out, err


@dataclass
class Soak:
    """A register under soak, its model, and the tally of what happened."""

    program: Program
    drawer: Drawer
    dice: random.Random
    model: Plain
    usual_seconds: float = 1.5
    tally: Counter[str] = field(default_factory=Counter)
    files: list[File] = field(default_factory=list)
    admin: "asyncpg.Connection[asyncpg.Record] | None" = None

    async def connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Return a connection to look through; a new one once the server has recovered."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.admin is None or self.admin.is_closed():
            try:
                self.admin = await asyncpg.connect(
                    self.program.addresses.owner, server_settings={"application_name": "soak"}
                )
            except (OSError, asyncpg.PostgresError):
                assert time.monotonic() < deadline, "the server does not come back"
                await asyncio.sleep(0.05)
        return self.admin

    async def query(self, text: str) -> list[asyncpg.Record]:
        """Ask, again where the server has just gone down."""
        while True:
            try:
                return await (await self.connected()).fetch(text)
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
                await self.forget()

    async def forget(self) -> None:
        """Give the connection up."""
        if self.admin is not None:
            self.admin.terminate()
        self.admin = None

    async def round(self, number: int) -> None:
        """Draw a file; import it under fire; hold the register to the model; import it again."""
        file = self.drawer.draw(self.model)
        after = self.model.copy()
        counts = bring(after, file)
        if file.options.dry_run:
            after = self.model.copy()
        command = self._command(number, file)
        died = await self._kill(command, by_server=number % SERVER_KILLED_EVERY == SERVER_KILLED_EVERY - 1)
        before_text, after_text = stated(self.model.standing), stated(after.standing)
        taken = await self._contents()
        assert taken in (before_text, after_text), (number, file.kind, file.shape, _difference(taken, after_text))
        changes = before_text != after_text
        self._count(file, counts, died=died, changes=changes, done=changes and taken == after_text)
        await self._verified(number)
        await self._run_again(command, file, counts, done=taken == after_text)
        assert await self._contents() == after_text, (number, file.kind, file.shape)
        self.model = after
        self.files.append(file)

    def _command(self, number: int, file: File) -> tuple[str, ...]:
        path = self.program.folder / f"{number:03d}-{file.name}"
        path.write_bytes(file.bytes())
        options = asdict(file.options)
        rows = options.pop("expected_rows")
        given = [f"--{name.replace('_', '-')}" for name, on in options.items() if on]
        given += [] if rows is None else ["--expected-rows", str(rows)]
        return ("import", file.kind, str(path), "--json", "--source", SOURCE, *given)

    async def _kill(self, command: tuple[str, ...], *, by_server: bool) -> bool:
        """Start the command and kill it, or its process in the server, at a random instant; True if in time."""
        process = self.program.start(*command)
        if by_server or self.dice.random() < 0.6:
            writer = await self._writer(process)
            longest = LONGEST_TO_THE_SERVER_SECONDS if by_server else LONGEST_WRITING_SECONDS
            await asyncio.sleep(self.dice.uniform(0, longest))
        else:
            writer = None
            await asyncio.sleep(self.dice.uniform(0, self.usual_seconds))
        in_time = process.poll() is None
        if by_server and writer is not None:
            self.tally["server processes killed"] += _kill_process(writer)
        else:
            process.kill()
        await asyncio.to_thread(process.communicate, timeout=PATIENCE_SECONDS)
        await self._settled()
        return in_time

    async def _writer(self, process: "subprocess.Popen[str]") -> int | None:
        """Wait until the import has written something, and return its process in the server."""
        while process.poll() is None:
            found = await self.query(WRITING)
            if found:
                return int(found[0][0])
            await asyncio.sleep(0.002)
        return None

    async def _settled(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while await self.query(AT_WORK):
            assert time.monotonic() < deadline, "the killed import goes on"
            await asyncio.sleep(0.01)

    def _count(self, file: File, counts: Counts | None, *, died: bool, changes: bool, done: bool) -> None:
        self.tally["rounds"] += 1
        self.tally[f"of {file.kind}"] += 1
        self.tally[f"files of {file.shape}, {file.file_format}"] += 1
        for name, on in (*asdict(file.options).items(), ("refused", counts is None)):
            self.tally[f"with {name.replace('_', ' ')}"] += bool(on)
        self.tally["rows ended by snapshots"] += counts.ended if counts else 0
        self.tally["rows left out"] += counts.rejected if counts else 0
        self.tally["killed while running" if died else "ended before the kill"] += 1
        if changes:
            self.tally["as after the import" if done else "as before the import"] += 1

    async def _contents(self) -> Contents:
        connection = await self.connected()
        return await held(connection)

    async def _verified(self, number: int) -> None:
        code, out, err = await self.program.end("verify", "--json")
        assert code == 0, (number, out, err)
        assert json.loads(out)["holds"]

    async def _run_again(self, command: tuple[str, ...], file: File, counts: Counts | None, *, done: bool) -> None:
        begun = time.monotonic()
        code, out, err = await self.program.end(*command)
        self.usual_seconds += 0.3 * (time.monotonic() - begun - self.usual_seconds)
        assert code == (1 if counts is None or counts.rejected else 0), (command, out, err)
        if counts is not None:
            _check_counts(json.loads(out)["imported"][0], counts, done=done and not file.options.dry_run)


def _check_counts(told: dict[str, Any], counts: Counts, *, done: bool) -> None:
    rows = counts.added + counts.amended + counts.unchanged
    expected = replace(counts, added=0, amended=0, unchanged=rows, ended=0) if done else counts
    assert {name: told[name] for name in asdict(expected)} == asdict(expected), (told, counts)


def _kill_process(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _difference(one: Contents, other: Contents) -> dict[str, Any]:
    return {
        kind: (sorted(set(one[kind]) - set(other[kind]))[:3], sorted(set(other[kind]) - set(one[kind]))[:3])
        for kind in one
        if one[kind] != other[kind]
    }
