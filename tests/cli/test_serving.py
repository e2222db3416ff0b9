"""serve and worker: they answer, share the work, and end without dropping what was begun."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from tests.cli.conftest import Program
from tests.cli.processes import PATIENCE_SECONDS, ask, end, patiently, read_until, serving, until

from registry.app.shedding import MOST_REQUESTS
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
        asking.join(60)
        assert process.wait(60) == 0
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


def _lives(pid: int) -> bool:
    """Whether a process runs; one that nobody asked how it ended does not."""
    try:
        return not re.search(r"^State:\s+[ZX]", Path(f"/proc/{pid}/status").read_text(), re.M)
    except OSError:
        return False


def _counted(url: str) -> int:
    """How many questions the processes say together that they answered."""
    series = re.compile(r'registry_http_requests_total\{method="POST",route="/graphql",status="200"\} (\d+)')
    found = series.search(httpx.get(f"{url}/metrics", timeout=30).text)
    return 0 if found is None else int(found[1])


def _workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def test_several_workers_share_a_port_and_their_metrics(demo: Program) -> None:
    with serving(demo, "--workers", "2") as (process, url):
        patiently(url, COUNT)
        workers = _workers_of(process.pid)
        assert len(workers) == 2
        for _ in range(20):
            assert ask(url, COUNT).status_code == 200
        until(lambda: _counted(url) >= 21)  # an answer is counted a moment after it was sent
        os.kill(workers[0], signal.SIGKILL)
        assert patiently(url, COUNT).status_code == 200
        assert end(process) == 0
    assert not (demo.folder / ".registry" / "metrics" / str(process.pid)).exists()
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_processes_end_with_the_one_that_began_them(demo: Program) -> None:
    with serving(demo, "--workers", "2") as (process, url):
        patiently(url, COUNT)
        workers = _workers_of(process.pid)
        process.kill()
        until(lambda: not any(_lives(worker) for worker in workers))


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
        patiently(url, COUNT)
        first = _workers_of(process.pid)
        with Load(url, tokens["ADMIN"]) as load:
            until(lambda: load.answered > 20)
            before = load.answered
            process.send_signal(signal.SIGHUP)
            until(lambda: not set(first) & set(_workers_of(process.pid)), 180)
            during = load.answered
            until(lambda: load.answered > during + 20)
        assert load.failed == []
        assert 0 < before < during < load.answered
        assert len(set(_workers_of(process.pid)) - set(first)) == 2
        assert end(process) == 0


def _asked_on(kept: http.client.HTTPConnection) -> str | None:
    """Ask on a connection that is kept, and give what the answer says of it."""
    kept.request("POST", "/graphql", json.dumps({"query": COUNT}), {"content-type": "application/json"})
    answer = kept.getresponse()
    assert answer.status == 200
    assert "errors" not in json.loads(answer.read())
    return answer.headers["connection"]


def test_a_kept_connection_is_answered_once_more_while_its_process_ends(demo: Program) -> None:
    """A request may be on its way when the process is told to end: nobody can see that it will not be answered."""
    with serving(demo, "--workers", "2") as (process, url):
        patiently(url, COUNT)
        kept = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
        kept.request("GET", "/healthz")
        assert kept.getresponse().read()
        for worker in _workers_of(process.pid):
            os.kill(worker, signal.SIGTERM)
        until(lambda: _asked_on(kept) == "close")
        kept.close()


async def _raw(url: str, path: str, body: bytes = b"") -> tuple[int, bytes, Any]:
    """Ask on a connection of its own as cheaply as can be, and give status, head and document of the answer."""
    reader, writer = await asyncio.open_connection(*url.removeprefix("http://").split(":"))
    kind = b"content-type: application/json\r\ncontent-length: %d" % len(body)
    line = b"%b %b HTTP/1.1" % (b"POST" if body else b"GET", path.encode())
    writer.write(line + b"\r\nhost: t\r\nconnection: close\r\n" + kind + b"\r\n\r\n" + body)
    told, _, document = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(told.split()[1]), told, json.loads(document)


async def _flood(server: EmbeddedServer, url: str, most: int) -> tuple[list[tuple[int, bytes, Any]], int]:
    """Ask while the database holds everybody up, until somebody is turned away; then let it go on."""
    body = json.dumps({"query": COUNT}).encode()
    holder = await asyncpg.connect(server.dsn("registry_admin"))
    async with holder.transaction():
        await holder.execute("LOCK TABLE register.institution IN ACCESS EXCLUSIVE MODE")
        asked = [asyncio.create_task(_raw(url, "/graphql", body)) for _ in range(most)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(task.done() and task.result()[0] == 503 for task in asked):  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.1)
            healthy, _, _ = await _raw(url, "/healthz")
    await holder.close()
    return await asyncio.gather(*asked), healthy


def test_too_many_requests_are_turned_away_at_once_and_the_rest_answered(demo: Program) -> None:
    with serving(demo) as (_, url), EmbeddedServer.open(demo.folder / ".registry") as server:
        before = ask(url, COUNT).json()["data"]
        answers, healthy = asyncio.run(_flood(server, url, MOST_REQUESTS + 200))
        turned_away = [(head, document) for status, head, document in answers if status == 503]
        assert healthy == 200
        assert all(b"retry-after: 2" in head for head, _ in turned_away)
        assert {document["errors"][0]["extensions"]["rule"] for _, document in turned_away} == {"server.overloaded"}
        answered = [document for status, _, document in answers if status == 200]
        assert len(answered) == len(answers) - len(turned_away) >= MOST_REQUESTS
        # Who waited longest may have been told that the database was held up.
        assert [document for document in answered if "errors" not in document][-1]["data"] == before
        assert all(ask(url, COUNT).status_code == 200 for _ in range(20))


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
