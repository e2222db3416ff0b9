"""The keys of an OpenID Connect issuer: discovered, kept, and fetched again when they roll over or grow old."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from registry.domain.errors import Bilingual, Unavailable

FLOOR_SECONDS = 10.0
"""Between two attempts at the issuer, so that made-up key names cannot make the register hammer it."""
STALE_SECONDS = 600.0
KEPT_SECONDS = 24 * 3600.0
"""How long keys go on while their issuer cannot be asked whether it has withdrawn them."""
TIMEOUT_SECONDS = 5.0
"""What discovery and keys may take together, however the issuer spends it."""
LARGEST_BYTES = 1 << 20
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SIGNING_KINDS = frozenset({"RSA", "EC", "OKP"})

Jwk = Mapping[str, Any]


def is_safe_url(url: str) -> bool:
    """Tell whether what comes from the address can be trusted: HTTPS, or this machine itself."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead away from HTTPS or into the own network."""

    def redirect_request(self, *_given: Any) -> None:
        """Refuse."""


def _read(url: str, until: float) -> dict[str, Any]:
    if not is_safe_url(url):
        raise ValueError("neither HTTPS nor this machine")
    with urllib.request.build_opener(_Stay).open(url, timeout=TIMEOUT_SECONDS) as answer:
        document = json.loads(_body(answer, until))
    if not isinstance(document, dict):
        raise TypeError("not an object")
    return document


def _body(answer: HTTPResponse, until: float) -> bytes:
    """Return the whole of an answer; one that is too large, or comes drop by drop, is given up."""
    body = b""
    while part := answer.read1(1 << 16):
        body += part
        if len(body) > LARGEST_BYTES or time.monotonic() > until:
            raise ValueError("too much, or too slow")
    return body


def _discover(issuer: str) -> dict[str, Jwk]:
    """Return the issuer's public signing keys by name."""
    until = time.monotonic() + TIMEOUT_SECONDS
    described = _read(issuer.rstrip("/") + "/.well-known/openid-configuration", until)
    if described["issuer"] != issuer:
        raise ValueError("the document is another issuer's")
    keys = _read(described["jwks_uri"], until)["keys"]
    return {key["kid"]: key for key in keys if _signs(key)}


def _signs(key: Jwk) -> bool:
    return "kid" in key and key.get("kty") in _SIGNING_KINDS and key.get("use", "sig") == "sig"


class IssuerKeys:
    """The keys of one issuer, shared by all requests of a process."""

    def __init__(
        self, issuer: str, clock: Callable[[], float] = time.monotonic, kept_seconds: float = KEPT_SECONDS
    ) -> None:
        self.issuer = issuer
        self._clock = clock
        self._kept_seconds = kept_seconds
        self._keys: dict[str, Jwk] = {}
        self._fetched = self._tried = float("-inf")
        self._lock = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> Jwk | None:
        """Return the key of a name, None when the issuer has none; Unavailable when no set of keys is to be trusted.

        A known key is answered from memory; when the set is old it is renewed behind the answer, and when it is so old
        that its issuer may have withdrawn any of it, before.
        """
        if kid not in self._keys or self._age() > self._kept_seconds:
            await self._fetch()
        elif self._age() > STALE_SECONDS and self._may_try():
            self._renewal = asyncio.create_task(self._fetch())
        if not self._keys or self._age() > self._kept_seconds:
            raise Unavailable(
                Bilingual("身份认证服务没有应答，请稍后再试", "The identity provider does not answer; try again later"),
                rule="access.issuer-away",
            )
        return self._keys.get(kid)

    def _age(self) -> float:
        return self._clock() - self._fetched

    def _may_try(self) -> bool:
        return self._clock() - self._tried >= FLOOR_SECONDS

    async def _fetch(self) -> None:
        """Renew the keys unless that was tried just now; on failure those known go on.

        What an issuer holds up is left behind after TIMEOUT_SECONDS, and it is asked nothing more until it lets go.
        """
        async with self._lock:
            if self._asking is not None and not self._asking.done():
                return
            if self._may_try():
                self._tried = self._clock()
                self._asking = asyncio.create_task(self._ask())
                await asyncio.wait({self._asking}, timeout=TIMEOUT_SECONDS)

    async def _ask(self) -> None:
        with suppress(OSError, HTTPException, ValueError, KeyError, TypeError, AttributeError):
            self._keys = await asyncio.to_thread(_discover, self.issuer)
            self._fetched = self._clock()
