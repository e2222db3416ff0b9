"""serve and worker: they answer, share the work, and end without dropping what was begun."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

import asyncpg
import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import ask, end, read_until, serving

from registry.db.embedded import EmbeddedServer

pytestmark = pytest.mark.xdist_group("demo-register")

COUNT = "{ institutions(first: 0) { totalCount } }"


def test_every_token_of_the_demo_opens_its_role(demo: Program, tokens: dict[str, str]) -> None:
    with serving(demo) as (_, url):
        for role, token in tokens.items():
            assert ask(url, "{ viewer { role } }", token).json()["data"]["viewer"]["role"] == role
        assert ask(url, "{ viewer { role } }").json()["data"]["viewer"]["role"] == "PUBLIC"
        assert ask(url, "{ viewer { role } }", "reg_x").status_code == 401


def test_requests_in_flight_finish_before_the_end(demo: Program) -> None:
    with serving(demo) as (process, url), EmbeddedServer.open(demo.folder / ".registry") as server:
        before = ask(url, COUNT).json()["data"]
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(ask(url, COUNT)))

        async def hold_and_stop() -> None:
            holder = await asyncpg.connect(server.dsn("registry_admin"))
            async with holder.transaction():
                await holder.execute("LOCK TABLE register.institution IN ACCESS EXCLUSIVE MODE")
                asking.start()
                while not await holder.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                process.send_signal(signal.SIGTERM)
                await asyncio.sleep(0.5)
                assert process.poll() is None
            await holder.close()

        asyncio.run(hold_and_stop())
        asking.join(20)
        assert process.wait(20) == 0
    assert answers[0].json()["data"] == before


def test_a_taken_port_is_told(demo: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = demo.run("serve", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "serve.port" in result.stderr


def test_serving_needs_its_key(bare: Program) -> None:
    result = bare.run("serve", "--port", "0")
    assert result.returncode == 1
    assert "registry keys" in result.stderr


def _patiently(url: str) -> httpx.Response:
    """Ask until an answer comes: workers need a moment to start."""
    deadline = time.monotonic() + 40
    while True:
        try:
            answer = ask(url, COUNT)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 200:
            return answer
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def test_several_workers_share_a_port_and_their_metrics(demo: Program) -> None:
    with serving(demo, "--workers", "2") as (process, url):
        _patiently(url)
        workers = _workers_of(process.pid)
        assert len(workers) == 2
        for _ in range(20):
            assert ask(url, COUNT).status_code == 200
        series = re.compile(r'registry_http_requests_total\{method="POST",route="/graphql",status="200"\} (\d+)')
        counted = series.search(httpx.get(f"{url}/metrics").text)
        assert counted is not None
        assert int(counted[1]) >= 21
        os.kill(workers[0], signal.SIGKILL)
        assert _patiently(url).status_code == 200
        assert end(process) == 0
    assert not list((demo.folder / ".registry" / "metrics").iterdir())
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


class Load:
    """Clients that ask without a pause, on connections that they keep; what failed is noted."""

    def __init__(self, url: str, token: str, clients: int = 6) -> None:
        self.url, self.headers = f"{url}/graphql", {"authorization": f"Bearer {token}"}
        self.answered, self.failed, self.over = 0, list[str](), threading.Event()
        self.threads = [threading.Thread(target=self._ask_on) for _ in range(clients)]

    def _ask_on(self) -> None:
        with httpx.Client(headers=self.headers, timeout=30) as client:
            while not self.over.is_set():
                try:
                    answer = client.post(self.url, json={"query": COUNT})
                except httpx.TransportError as error:
                    self.failed.append(repr(error))
                    continue
                self.answered += 1
                if answer.status_code != 200 or "errors" in answer.json():
                    self.failed.append(f"{answer.status_code} {answer.text}")

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)


def test_processes_are_replaced_under_load_without_a_failed_request(demo: Program, tokens: dict[str, str]) -> None:
    with serving(demo, "--workers", "2") as (process, url):
        _patiently(url)
        first = _workers_of(process.pid)
        with Load(url, tokens["ADMIN"]) as load:
            time.sleep(1)
            before = load.answered
            process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + 90
            while set(first) & set(_workers_of(process.pid)):
                assert time.monotonic() < deadline
                time.sleep(0.2)
            during = load.answered
            time.sleep(1)
        assert load.failed == []
        assert 0 < before < during < load.answered
        assert len(set(_workers_of(process.pid)) - set(first)) == 2
        assert end(process) == 0


def test_a_kept_connection_is_answered_once_more_while_its_process_ends(demo: Program) -> None:
    """A request may be on its way when the process is told to end: nobody can see that it will not be answered."""
    with serving(demo, "--workers", "2") as (process, url):
        _patiently(url)
        kept = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        kept.request("GET", "/healthz")
        assert kept.getresponse().read()
        for worker in _workers_of(process.pid):
            os.kill(worker, signal.SIGTERM)
        time.sleep(0.4)
        kept.request("POST", "/graphql", json.dumps({"query": COUNT}), {"content-type": "application/json"})
        answer = kept.getresponse()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert "errors" not in json.loads(answer.read())
        kept.close()


def test_a_worker_leads_and_stops_when_told(demo: Program) -> None:
    process = demo.start("worker", "--metrics-port", "0")
    try:
        line = read_until(process, re.compile('.*"worker.leading".*'), errors=True)
        assert json.loads(line)["level"] == "info"
        assert end(process) == 0
    finally:
        process.kill()
        process.wait()


def test_a_wrong_schedule_ends_a_worker_at_once(demo: Program, tmp_path: Path) -> None:
    program = Program(demo.folder, {"SCHEDULE": "0 25 * * *"})
    result = program.run("worker")
    assert result.returncode == 1
    assert "settings.schedule" in result.stderr
