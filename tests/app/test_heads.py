"""What stands before a body is limited by the running server: size, number, length of the first line, and time."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from registry.app import heads
from registry.app.heads import LARGEST_HEAD_BYTES, LONGEST_TARGET_BYTES, MOST_HEADERS, BoundedProtocol
from registry.app.serving import _config
from registry.settings import Settings

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
async def _listening() -> AsyncIterator[int]:
    config = uvicorn.Config(_answer_ok, http=BoundedProtocol, lifespan="off", log_config=None, port=0)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


@pytest.fixture
async def send() -> AsyncIterator[Send_]:
    """Send raw bytes to a server and read all that it answers until it closes."""
    async with _listening() as port:

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
    assert _config(Settings(), 1, _answer_ok).http is BoundedProtocol


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


async def test_who_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.2)
    async with _listening() as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
