"""Commands that go on: waiting for what they print, asking them, ending them."""

import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from tests.cli.conftest import Program

PATIENCE_SECONDS = 60.0
URL = re.compile(r"http://\S+?:\d+")


def read_until(process: "subprocess.Popen[str]", pattern: re.Pattern[str], *, errors: bool = False) -> str:
    """Read what a process prints until a line matches, and give the match; a process that says nothing is killed."""
    stream = process.stderr if errors else process.stdout
    assert stream is not None
    timer = threading.Timer(PATIENCE_SECONDS, process.kill)
    timer.start()
    try:
        for line in stream:
            found = pattern.search(line)
            if found is not None:
                return found[0]
    finally:
        timer.cancel()
    raise AssertionError(process.communicate())


def drain(process: "subprocess.Popen[str]") -> None:
    """Read on and forget, so that the process never waits for its reader."""
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            threading.Thread(target=stream.read, daemon=True).start()


def end(process: "subprocess.Popen[str]", how: signal.Signals = signal.SIGTERM) -> int:
    """Signal a process and give its exit code."""
    process.send_signal(how)
    return process.wait(PATIENCE_SECONDS)


@contextmanager
def serving(program: Program, *arguments: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """`registry serve` on a free port for as long as the block lasts, with its URL."""
    process = program.start("serve", "--port", "0", *arguments)
    try:
        url = read_until(process, URL)
        drain(process)
        yield process, url
    finally:
        process.kill()
        process.wait()


def ask(url: str, query: str, token: str | None = None) -> "httpx.Response":
    """Ask a GraphQL query."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return httpx.post(f"{url}/graphql", json={"query": query}, headers=headers, timeout=30)
