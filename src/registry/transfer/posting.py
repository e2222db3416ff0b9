"""Posting to addresses that others named: over TLS, to addresses that were checked, without redirects, within limits.

A name is resolved once for a connection, every address that it has is checked, and the connection goes to one of those,
so that nobody can change what the name means in between. Of the answer nothing but its status is read and kept.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpcore

from registry.domain.reachable import Reach
from registry.domain.webhooks import Answer, Fault

LONGEST_SECONDS = 15.0
"""From the look-up of the name to the status of the answer."""
LARGEST_ANSWER_BYTES = 16 * 1024
LONGEST_BODY_SECONDS = 1.0
"""What is spent on a body so that its connection can be used again."""
MOST_KEPT_CONNECTIONS = 100
KEPT_SECONDS = 20.0
LONGEST_RETRY_AFTER_SECONDS = 3_600.0
_TRY_LATER = frozenset({429, 503})
_PLAIN_HEADERS = [
    (b"content-type", b"application/json"),
    (b"user-agent", b"care-credit-register-webhooks"),
    (b"accept-encoding", b"identity"),
]


class _Unfit(Exception):
    """The name leads where nothing may be sent, or nowhere."""


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only; TLS still asks for the name."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is the library's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection to the first address of the name that answers."""
        addresses = await self._resolve(host, port)
        if port not in self._reach.ports or not self._reach.admits_all(addresses):
            raise _Unfit
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        """Refuse."""
        raise _Unfit

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    @staticmethod
    async def _resolve(host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise _Unfit from None
        return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Poster:
    """Sends; connections are kept for a while."""

    pool: httpcore.AsyncConnectionPool
    longest_seconds: float = LONGEST_SECONDS

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body of JSON and return the status of the answer, or why there was none; never raises for either."""
        try:
            async with asyncio.timeout(self.longest_seconds):
                return await self._post(url, body, headers)
        except (TimeoutError, httpcore.TimeoutException):
            return Answer(fault=Fault.TIMEOUT)
        except _Unfit:
            return Answer(fault=Fault.ADDRESS)
        except httpcore.ConnectError as error:
            certificate = isinstance(_root(error), ssl.SSLCertVerificationError)
            return Answer(fault=Fault.CERTIFICATE if certificate else Fault.CONNECTION)
        except httpcore.RemoteProtocolError:
            return Answer(fault=Fault.ANSWER)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError):
            return Answer(fault=Fault.CONNECTION)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        sent = [(name.encode(), text.encode()) for name, text in headers.items()]
        sent += _PLAIN_HEADERS
        async with self.pool.stream("POST", url, headers=sent, content=body) as response:
            answer = Answer(response.status, retry_after_seconds=_retry_after(response))
            await _finish(response)
        return answer


async def _finish(response: httpcore.Response) -> None:
    """Read a short body to its end; the connection of any other is closed."""
    read = 0
    with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        async with asyncio.timeout(LONGEST_BODY_SECONDS), aclosing(response.aiter_stream()) as parts:  # type: ignore[type-var]
            async for part in parts:
                read += len(part)
                if read > LARGEST_ANSWER_BYTES:
                    return


def _retry_after(response: httpcore.Response) -> float:
    if response.status not in _TRY_LATER:
        return 0.0
    text = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return min(float(text), LONGEST_RETRY_AFTER_SECONDS) if text.isdigit() and len(text) < 10 else 0.0


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def trusting(authorities: Path | None) -> ssl.SSLContext:
    """Return what verifies receivers: the system's certificate authorities, and those of a PEM file."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities is not None:
        context.load_verify_locations(cafile=authorities)
    return context


@asynccontextmanager
async def posting(
    reach: Reach, context: ssl.SSLContext, longest_seconds: float = LONGEST_SECONDS
) -> AsyncIterator[Poster]:
    """Give a poster for as long as the block lasts."""
    pool = httpcore.AsyncConnectionPool(
        ssl_context=context,
        max_connections=None,
        max_keepalive_connections=MOST_KEPT_CONNECTIONS,
        keepalive_expiry=KEPT_SECONDS,
        network_backend=_Checked(reach),
    )
    async with pool:
        yield Poster(pool, longest_seconds)
