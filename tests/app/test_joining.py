"""Whoever does not take an answer is let go by the running server; whoever takes it slowly is not."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.app.test_answering import START, app_of
from tests.app.test_heads import PATIENCE_SECONDS, listening, running
from tests.app.test_shedding import until

from registry.app import joining

PIECE = b"x" * (1 << 20)
MANY = 16


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that looks soon."""
    monkeypatch.setattr(joining, "PACE_SECONDS", 0.3)


@asynccontextmanager
async def deaf(port: int, start: bytes = START) -> AsyncIterator[socket.socket]:
    """A caller that asks and has little room for what it is told."""
    with socket.socket() as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.setblocking(False)
        await asyncio.get_running_loop().sock_connect(caller, ("127.0.0.1", port))
        await asyncio.get_running_loop().sock_sendall(caller, start)
        yield caller


def told(app: ASGIApp) -> tuple[ASGIApp, asyncio.Event]:
    """The application, and what is set when it is told that its caller is gone."""
    gone = asyncio.Event()

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    return asked, gone


async def test_an_answer_that_nobody_takes_ends_with_its_connection() -> None:
    whole = [(b"content-length", b"%d" % (MANY * len(PIECE)))]
    app, gone = told(app_of(whole, *[PIECE] * MANY))
    async with asyncio.timeout(PATIENCE_SECONDS), listening(app) as port, deaf(port):
        await gone.wait()


async def test_a_stream_that_was_given_up_does_not_stay_open() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(3 * MANY):
            try:
                async with asyncio.timeout(0.05):
                    await send({"type": "http.response.body", "body": PIECE[: 1 << 17], "more_body": True})
            except TimeoutError:
                return

    async with asyncio.timeout(PATIENCE_SECONDS), running(app) as (server, port), deaf(port):
        await until(lambda: bool(server.server_state.connections))
        await until(lambda: not server.server_state.connections)


async def test_a_sender_that_never_pauses_is_held_up() -> None:
    sent, found = 0, asyncio.get_running_loop().create_future()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal sent
        asyncio.get_running_loop().call_later(0.1, lambda: found.set_result(sent))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not found.done() and sent < 1 << 30:
            await send({"type": "http.response.body", "body": PIECE[:1000], "more_body": True})
            sent += 1000

    async with asyncio.timeout(PATIENCE_SECONDS), listening(app) as port, deaf(port):
        assert await found < 64 << 20


async def test_a_websocket_that_was_given_up_does_not_stay_open() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while True:
                    await send({"type": "websocket.send", "bytes": PIECE[: 1 << 10]})
        await send({"type": "websocket.close"})

    head = [b"connection: upgrade", b"upgrade: websocket", b"sec-websocket-version: 13"]
    start = START[:-2] + b"\r\n".join([*head, b"sec-websocket-key: " + b64encode(b"k" * 16), b"", b""])
    async with asyncio.timeout(PATIENCE_SECONDS), running(app) as (server, port), deaf(port, start):
        await until(lambda: bool(server.server_state.connections))
        await until(lambda: not server.server_state.connections)


async def test_whoever_reads_slowly_but_steadily_gets_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "LEAST_TAKEN_BYTES", 1 << 10)
    whole = [(b"content-length", b"%d" % (MANY * len(PIECE))), (b"connection", b"close")]
    loop, read = asyncio.get_running_loop(), 0
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        listening(app_of(whole, *[PIECE] * MANY)) as port,
        deaf(port) as caller,
    ):
        while data := await loop.sock_recv(caller, 1 << 20):
            read += len(data)
            if read < 1 << 18:
                await asyncio.sleep(0.02)
            else:
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    assert read > MANY * len(PIECE)


async def test_what_was_taken_is_not_looked_at_again() -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), listening(app_of([(b"content-length", b"2")], b"ok")) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(START)
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.5)
        writer.close()
