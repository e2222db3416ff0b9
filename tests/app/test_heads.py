"""What stands before a body is limited by the running server in size, number and time, and a body in its pace."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from websockets.asyncio.client import connect

from registry.app import heads
from registry.app.heads import LARGEST_HEAD_BYTES, LONGEST_TARGET_BYTES, MOST_HEADERS, BoundedProtocol
from registry.app.serving import _config

PATIENCE_SECONDS = 60
START = b"GET / HTTP/1.1\r\nhost: x\r\n"


async def _answer_ok(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a raw caller was told."""

    status: int
    text: str

    @property
    def rule(self) -> str:
        """The rule of a refusal."""
        return str(json.loads(self.text.partition("\r\n\r\n")[2])["error"]["rule"])


Send_ = Callable[..., Awaitable[Answer]]


@asynccontextmanager
async def running(app: ASGIApp = _answer_ok) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """A server and its port."""
    config = uvicorn.Config(app, http=BoundedProtocol, lifespan="off", log_config=None, port=0)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


@asynccontextmanager
async def listening(app: ASGIApp = _answer_ok) -> AsyncIterator[int]:
    async with running(app) as (_, port):
        yield port


@pytest.fixture
async def send() -> AsyncIterator[Send_]:
    """Send raw bytes to a server and read all that it answers until it closes."""
    async with listening() as port:

        async def tell(*pieces: bytes, endless: bytes = b"") -> Answer:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                reading = asyncio.create_task(reader.read())
                try:
                    for piece in pieces:
                        writer.write(piece)
                        await writer.drain()
                    while endless and not reading.done():
                        writer.write(endless)
                        await writer.drain()
                        await asyncio.sleep(0)
                except ConnectionError:
                    pass
                text = (await reading).decode()
                writer.close()
                return Answer(int(text.split(" ", 2)[1]), text)

        yield tell


def _headers(count: int) -> bytes:
    """So many header lines in all, with `host` and `connection`."""
    return START + b"".join(b"x-%d: 1\r\n" % number for number in range(count - 2)) + b"connection: close\r\n\r\n"


async def test_the_server_is_started_with_it() -> None:
    assert _config(1, _answer_ok).http is BoundedProtocol


async def test_as_many_headers_as_are_allowed_and_one_more(send: Send_) -> None:
    assert (await send(_headers(MOST_HEADERS))).status == 200
    refused = await send(_headers(MOST_HEADERS + 1))
    assert (refused.status, refused.rule) == (431, "request.head-size")


async def test_headers_that_are_too_large(send: Send_) -> None:
    value = b"a" * (LARGEST_HEAD_BYTES // 2)
    assert (await send(START + b"connection: close\r\nx: " + value + b"\r\n\r\n")).status == 200
    refused = await send(START + b"x: " + value + b"\r\ny: " + value + b"\r\n\r\n")
    assert (refused.status, refused.rule) == (431, "request.head-size")


@pytest.mark.parametrize("start", [START + b"x: ", START, b"GET /", b"POST / HTTP/1.1\r\nexpect: 100-continue\r\nx"])
async def test_a_head_that_never_ends(send: Send_, start: bytes) -> None:
    piece = b"x: 1\r\n" * 200 if start is START else b"a" * 1_000
    refused = await send(start, endless=piece)
    assert (refused.status, refused.rule) == (431, "request.head-size")


async def test_a_first_line_that_is_too_long(send: Send_) -> None:
    line = b"GET /?q=%s HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    assert (await send(line % (b"a" * (LONGEST_TARGET_BYTES - 10)))).status == 200
    refused = await send(line % (b"a" * LONGEST_TARGET_BYTES))
    assert (refused.status, refused.rule) == (414, "request.target-size")


async def test_a_large_body_is_no_head(send: Send_) -> None:
    """Also where the next request comes in one piece with the end of the body."""
    body = b"a" * (4 * LARGEST_HEAD_BYTES)
    first = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body)
    answer = await send(first + body + START, b"connection: close\r\n\r\n")
    assert answer.text.count("HTTP/1.1 200") == 2


async def test_a_refusal_after_an_answer_leaves_the_answer_whole(send: Send_) -> None:
    answer = await send(START + b"\r\n", _headers(MOST_HEADERS + 1))
    assert answer.status == 200
    assert answer.text.count("HTTP/1.1") in (1, 2)
    assert "\r\n\r\nok" in answer.text


async def test_a_head_that_takes_too_long(send: Send_, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 1.5)
    refused = await send(START)
    assert (refused.status, refused.rule) == (408, "request.head-time")
    again = await send(START + b"\r\n", b"GET / HT")
    assert "HTTP/1.1 200" in again.text


async def test_one_connection_too_many_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "most_connections", lambda: 2)
    monkeypatch.setattr(heads, "LINGER_SECONDS", 0.1)
    request = START + b"connection: close\r\n\r\n"
    async with listening() as port, asyncio.timeout(PATIENCE_SECONDS):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        refused = Answer(503, (await _asked(port, request)).decode())
        assert refused.text.startswith("HTTP/1.1 503 ")
        assert refused.rule == "server.crowded"
        assert "retry-after: " in refused.text
        for _, writer in held:
            writer.close()
        while not (await _asked(port, request)).startswith(b"HTTP/1.1 200 "):  # noqa: ASYNC110 - of the server
            await asyncio.sleep(0.05)


async def _asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


def test_room_is_taken_as_far_as_it_is_granted() -> None:
    """In a process of its own: what is taken stays taken."""
    asked = (
        "import resource as r; from registry.app.room import most_connections as most; "
        "r.setrlimit(r.RLIMIT_NOFILE, (256, 1024)); print(most(), *r.getrlimit(r.RLIMIT_NOFILE))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["824", "1024", "1024"]


async def test_who_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.2)
    async with listening() as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()


BEGUN = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
PIECE = b"10000\r\n" + bytes(1 << 16) + b"\r\n"


async def _dribble(port: int, start: bytes = BEGUN) -> bytes:
    """Send a body byte by byte, now and then one, until the server hangs up; return what it said."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        reading = asyncio.create_task(reader.read())
        writer.write(start)
        with suppress(ConnectionError):
            while not reading.done():
                writer.write(b"1\r\na\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        with suppress(ConnectionError):
            writer.close()
        return await reading


async def test_a_body_that_comes_drop_by_drop_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "PACE_SECONDS", 0.5)
    monkeypatch.setattr(heads, "LINGER_SECONDS", 0.1)
    told: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(await receive())
        while told[-1].get("more_body"):
            told.append(await receive())

    async with listening(app) as port:
        answer = (await _dribble(port)).decode()
        sized = (await _dribble(port, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999\r\n\r\n")).decode()
    for text in (answer, sized):
        assert text.startswith("HTTP/1.1 408 ")
        assert Answer(408, text).rule == "request.body-time"
    assert [one["type"] for one in told].count("http.disconnect") == 2


async def test_a_body_that_nobody_waits_for_is_cut_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "PACE_SECONDS", 0.5)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})

    async with listening(app) as port:
        assert (await _dribble(port)).startswith(b"HTTP/1.1 403 ")


async def test_a_body_that_keeps_coming_is_taken_however_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "PACE_SECONDS", 0.3)
    async with listening() as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(BEGUN)
        end = asyncio.get_running_loop().time() + 1.5
        while asyncio.get_running_loop().time() < end:
            writer.write(PIECE)
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        writer.close()


async def test_a_server_that_takes_its_time_cuts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where it has more than it reads, nor before it says that the body may come."""
    monkeypatch.setattr(heads, "PACE_SECONDS", 0.2)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(1.2)
        await _answer_ok(scope, receive, send)

    async with listening(app) as port, asyncio.timeout(PATIENCE_SECONDS):
        for begin in (BEGUN + 4 * PIECE + b"0\r\n\r\n", BEGUN[:-2] + b"expect: 100-continue\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(begin)
            line = await reader.readline()
            if line.startswith(b"HTTP/1.1 100"):
                writer.write(b"0\r\n\r\n")
                line = await reader.readline() + await reader.readline()
            assert b"HTTP/1.1 200 " in line
            writer.close()


async def test_a_websocket_has_no_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "PACE_SECONDS", 0.2)

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})

    async with listening(app) as port, connect(f"ws://127.0.0.1:{port}/", open_timeout=PATIENCE_SECONDS) as socket:
        await asyncio.sleep(1)
        await socket.send("still here")
        assert await socket.recv() == "still here"
