"""Offers of another protocol are ignored by the running server, and nothing of the request is lost."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send
from tests.app.test_heads import PATIENCE_SECONDS, listening
from websockets.asyncio.client import connect

from registry.app.offers import without_offers

OFFER = b"connection: Upgrade, HTTP2-Settings\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA\r\nUpgrade: h2c\r\n"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def _post(body: bytes, extra: bytes = OFFER) -> bytes:
    return b"POST / HTTP/1.1\r\nhost: x\r\n%bcontent-length: %d\r\n\r\n%b" % (extra, len(body), body)


@pytest.mark.parametrize("extra", [OFFER, OFFER.replace(b"Upgrade: h2c", b"UPGRADE:\tTLS/1.0, HTTP/1.1")])
async def test_the_body_of_a_request_that_offers_http_2_arrives_and_the_connection_goes_on(extra: bytes) -> None:
    kept = b"a\r\nUpgrade: h2c\r\n\r\nupgrade: b"
    async with listening(_echo) as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(_post(kept, extra))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(len(kept)) == kept
        writer.close()


async def test_a_body_that_comes_later_is_not_looked_at() -> None:
    late = b"\r\nUpgrade: h2c\r\n\r\n"
    async with listening(_echo) as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = _post(late)
        writer.write(request[: -len(late)])
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.write(late)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(len(late)) == late
        writer.close()


async def test_a_websocket_is_taken_up() -> None:
    async with listening(_echo) as port, connect(f"ws://127.0.0.1:{port}/", open_timeout=PATIENCE_SECONDS) as socket:
        await socket.wait_closed()


@pytest.mark.parametrize("offer", [b"Upgrade: websocket", b"upgrade:  WebSocket", b"Upgrade:websocket, h2c"])
def test_what_offers_a_websocket_stays(offer: bytes) -> None:
    head = b"GET / HTTP/1.1\r\n%b\r\nhost: x\r\n\r\n" % offer
    assert without_offers(head) == head


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_curl_offers_http_2_and_is_answered(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(b"x" * 100)
    async with listening(_echo) as port:
        asked = ("curl", "-s", "--http2", "--data-binary", f"@{body}", f"http://127.0.0.1:{port}/")
        found = await asyncio.to_thread(subprocess.run, asked, capture_output=True, check=True)
    assert found.stdout == body.read_bytes()
