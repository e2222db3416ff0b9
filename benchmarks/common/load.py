"""A load of HTTP/1.1 requests over connections that stay open, one request at a time on each."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import cast

import uvloop

PATIENCE_SECONDS = 60.0
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What a load amounted to; `client_cpu` is the share of one core that making it took."""

    requests: int
    seconds: float
    client_cpu: float

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def request_bytes(path: str, body: bytes) -> bytes:
    """Return a POST of JSON."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + _END + body


class _Client(asyncio.Protocol):
    """One connection: sends the next request when an answer is complete, until the deadline."""

    def __init__(self, requests: Iterator[bytes], deadline: float) -> None:
        self.requests, self.deadline = requests, deadline
        self.answered = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = bytearray()
        self.missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        if self.missing:
            self.missing -= len(data)
        else:
            self.buffer += data
            head, end, body = self.buffer.partition(_END)
            if not end:
                return
            self._take_head(bytes(head), len(body))
        if self.missing == 0 and not self.done.done():
            self._go_on()

    def _take_head(self, head: bytes, received: int) -> None:
        self.buffer.clear()
        try:
            self.missing = _length(head) - received
        except AssertionError as error:
            self.done.set_exception(error)
            self.transport.close()

    def _go_on(self) -> None:
        self.answered += 1
        if time.perf_counter() < self.deadline:
            self.transport.write(next(self.requests))
        else:
            self.transport.close()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))

    def eof_received(self) -> bool:
        return False


def _length(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.1 200"):
        raise AssertionError(head.partition(b"\r\n")[0].decode())
    marked = head.lower().partition(b"content-length:")[2]
    return int(marked.partition(b"\r\n")[0])


async def _put(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    loop, shared = asyncio.get_running_loop(), cycle(requests)
    begun, cpu = time.perf_counter(), time.process_time()
    clients = [
        (await loop.create_connection(lambda: _Client(shared, begun + seconds), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    async with asyncio.timeout(seconds + PATIENCE_SECONDS):
        await asyncio.gather(*(client.done for client in clients))
    lasted = time.perf_counter() - begun
    return Load(sum(client.answered for client in clients), lasted, (time.process_time() - cpu) / lasted)


def put_load(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Send requests in turn for so many seconds; AssertionError for an answer that is not 200."""
    return uvloop.run(_put(port, requests, connections, seconds))
