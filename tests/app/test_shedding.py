"""A process turns away what is too much at once, and only that."""

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from registry.app.logs import configure_logging
from registry.app.shedding import Burden, Shedding

ANSWERED = {"type": "http.response.start", "status": 200, "headers": []}


class Held:
    """An application that answers when it is let go, and may stream on after it began."""

    def __init__(self) -> None:
        self.go, self.end, self.began = asyncio.Event(), asyncio.Event(), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while scope["type"] == "http" and (await receive()).get("more_body"):
            pass
        self.began += 1
        await self.go.wait()
        if scope["path"] == "/broken":
            raise RuntimeError
        await send(ANSWERED if scope["type"] == "http" else {"type": "websocket.accept"})
        if scope["path"] == "/stream":
            await self.end.wait()
        await send({"type": "http.response.body", "body": b"done"})


async def _nothing_more() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def asked(
    app: Any, path: str = "/graphql", receive: Receive = _nothing_more, kind: str = "http"
) -> list[Message]:
    """Ask, and give what was sent in answer."""
    sent: list[Message] = []
    headers = [(b"accept", b"text/html")] if path == "/" else []
    scope = {"type": kind, "path": path, "method": "POST", "headers": headers, "scheme": "http", "query_string": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({**scope, "server": ("t", 80), "client": ("10.0.0.1", 1)}, receive, send)
    return sent


async def until(condition: Any) -> None:
    """Let other tasks run until it holds."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - of a count, not of an event
            await asyncio.sleep(0)


async def test_one_too_many_is_told_when_to_come_again_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json")
    held = Held()
    app = Shedding(held, Burden(2), Burden(1))
    async with asyncio.TaskGroup() as group:
        taken = [group.create_task(asked(app)) for _ in range(2)]
        await until(lambda: held.began == 2)
        start, body = await asked(app)
        page_start, page = await asked(app, "/")
        held.go.set()
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert (start["status"], headers["retry-after"], headers["cache-control"]) == (503, "2", "no-store")
    assert headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert json.loads(body["body"])["errors"][0]["extensions"] == {"code": "UNAVAILABLE", "rule": "server.overloaded"}
    assert page_start["status"] == 503
    assert "请求过多".encode() in page["body"]
    assert [task.result()[0]["status"] for task in taken] == [200, 200]
    assert (await asked(app))[0]["status"] == 200
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["path"], line["status"]) for line in lines] == [("/graphql", 503), ("/", 503)]


async def test_who_sends_slowly_or_reads_on_keeps_nobody_out() -> None:
    held = Held()
    app, sending = Shedding(held, Burden(1), Burden(1)), asyncio.Event()

    async def slowly() -> Message:
        await sending.wait()
        return await _nothing_more()

    async with asyncio.TaskGroup() as group:
        slow = [group.create_task(asked(app, receive=slowly)) for _ in range(5)]
        held.go.set()
        streams = [await _begun(app, group) for _ in range(5)]
        assert (await asked(app))[0]["status"] == 200
        sending.set()
        held.end.set()
    assert all(task.result()[-1]["body"] == b"done" for task in [*slow, *streams])


async def _begun(app: Shedding, group: asyncio.TaskGroup) -> "asyncio.Task[list[Message]]":
    stream = group.create_task(asked(app, "/stream"))
    await until(lambda: app._requests.now == 0)
    return stream


async def test_what_fails_counts_no_more_and_health_is_always_told() -> None:
    held = Held()
    app = Shedding(held, Burden(1), Burden(1))
    failing = asyncio.create_task(asked(app, "/broken"))
    await until(lambda: held.began == 1)
    healthy = asyncio.create_task(asked(app, "/healthz"))
    await until(lambda: held.began == 2)
    held.go.set()
    with pytest.raises(RuntimeError):
        await failing
    assert (await healthy)[0]["status"] == (await asked(app))[0]["status"] == 200


async def test_one_websocket_too_many_is_refused_instead_of_upgraded() -> None:
    held = Held()
    app = Shedding(held, Burden(1), Burden(1))
    first = asyncio.create_task(asked(app, kind="websocket"))
    await until(lambda: held.began == 1)
    start, body = await asked(app, kind="websocket")
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 503)
    assert b"server.overloaded" in body["body"]
    held.go.set()
    assert (await first)[0] == {"type": "websocket.accept"}
