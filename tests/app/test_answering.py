"""How answers are put on the wire by the running server."""

import asyncio

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.app.test_heads import PATIENCE_SECONDS, listening

from registry.app.joining import Joining

START = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


def app_of(headers: list[tuple[bytes, bytes]], *bodies: bytes, status: int = 200) -> ASGIApp:
    """An application that answers always so, a turn of the event loop between the parts of the body."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for place, body in enumerate(bodies):
            await send({"type": "http.response.body", "body": body, "more_body": place + 1 < len(bodies)})
            await asyncio.sleep(0)

    return app


async def heard(app: ASGIApp, method: str = "GET") -> httpx.Response:
    """What a client that others wrote makes of an answer."""
    async with listening(app) as port, httpx.AsyncClient() as client:
        return await client.request(method, f"http://127.0.0.1:{port}/")


class Wire:
    """A transport that remembers the pieces in which it was written to."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.pieces.append(data)

    def write_eof(self) -> None:
        self.pieces.append(b"<eof>")

    def close(self) -> None:
        self.closed = True

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> str:
        return name


async def test_head_and_body_are_one_piece() -> None:
    app = app_of([(b"content-length", b"2"), (b"X-Kind", b"red")], b"ok")
    async with listening(app) as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(START)
            piece = await reader.read(1 << 16)
            assert piece.startswith(b"HTTP/1.1 200 OK\r\n")
            assert piece.endswith(b"\r\n\r\nok")
            assert b"\r\nx-kind: red\r\n" in piece
        writer.close()


async def test_what_is_written_in_a_turn_goes_in_its_order_and_before_what_ends_it() -> None:
    wire = Wire()
    joining = Joining(wire, asyncio.get_running_loop())  # type: ignore[arg-type]
    joining.write(b"a")
    joining.write(b"b")
    assert wire.pieces == []
    await asyncio.sleep(0)
    joining.write(b"c")
    joining.write_eof()
    joining.write(b"d")
    assert joining.get_extra_info("peername") == "peername"
    joining.close()
    await asyncio.sleep(0)
    assert (wire.pieces, wire.closed) == ([b"ab", b"c", b"<eof>", b"d"], True)


@pytest.mark.parametrize(
    "header",
    [(b"x-told", b"1\r\nset-cookie: a=b"), (b"x-told: 1\r\nx-more", b"1"), (b"x-told", b"\x00"), (b"", b"1\n")],
)
async def test_a_value_that_would_be_another_header_is_never_sent(header: tuple[bytes, bytes]) -> None:
    answer = await heard(app_of([(b"content-length", b"2"), header], b"ok"))
    assert answer.status_code == 500
    assert not {"x-told", "x-more", "set-cookie"} & set(answer.headers)


@pytest.mark.parametrize(
    ("headers", "bodies", "told"),
    [
        ([], (b"one", b"two"), {"transfer-encoding": "chunked"}),
        ([(b"transfer-encoding", b"chunked")], (b"one", b"two"), {"transfer-encoding": "chunked"}),
        ([(b"Content-Length", b"6")], (b"one", b"two"), {"content-length": "6"}),
        ([(b"content-length", b"6"), (b"connection", b"close")], (b"onetwo",), {"connection": "close"}),
    ],
)
async def test_bodies_come_as_they_were_told(
    headers: list[tuple[bytes, bytes]], bodies: tuple[bytes, ...], told: dict[str, str]
) -> None:
    answer = await heard(app_of(headers, *bodies))
    assert answer.content == b"onetwo"
    assert told.items() <= dict(answer.headers).items()


async def test_answers_without_a_body() -> None:
    assert (await heard(app_of([], b"", status=304))).status_code == 304
    head = await heard(app_of([(b"content-length", b"5")], b"12345"), method="HEAD")
    assert (head.headers["content-length"], head.content) == ("5", b"")


async def test_less_than_was_told_is_no_answer() -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await heard(app_of([(b"content-length", b"5")], b"123"))


async def test_an_answer_to_who_closes_tells_so() -> None:
    async with listening(app_of([(b"content-length", b"2")], b"ok")) as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(START.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert b"\r\nconnection: close\r\n\r\nok" in await reader.read()
        writer.close()


async def test_questions_sent_at_once_are_answered_in_turn() -> None:
    async with listening(app_of([(b"content-length", b"2")], b"ok")) as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(START * 20)
        told = b""
        while told.count(b"HTTP/1.1 200 OK") < 20 or not told.endswith(b"\r\n\r\nok"):
            told += await reader.read(1 << 16)
        writer.close()
