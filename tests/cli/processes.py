"""Commands that go on: waiting for what they print, asking them, ending them."""

import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
from tests.cli.conftest import Program

PATIENCE_SECONDS = 120.0
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
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def ask(url: str, query: str, token: str | None = None) -> "httpx.Response":
    """Ask a GraphQL query."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return httpx.post(f"{url}/graphql", json={"query": query}, headers=headers, timeout=30)


def patiently(url: str, query: str) -> "httpx.Response":
    """Ask until an answer comes: workers need a moment to start."""
    answers: list[httpx.Response] = []

    def answered() -> bool:
        with suppress(httpx.TransportError):
            answers.append(ask(url, query))
        return bool(answers) and answers[-1].status_code == 200

    until(answered)
    return answers[-1]


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for what happens in another process."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
