"""The keys of an OpenID Connect issuer: discovered, kept, and fetched again when they roll over or grow old."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from registry.domain.errors import Bilingual, Unavailable

FLOOR_SECONDS = 10.0
"""Between two attempts at the issuer, so that made-up key names cannot make the register hammer it."""
STALE_SECONDS = 600.0
TIMEOUT_SECONDS = 5.0
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


def _read(url: str) -> dict[str, Any]:
    if not is_safe_url(url):
        raise ValueError("neither HTTPS nor this machine")
    with urllib.request.build_opener(_Stay).open(url, timeout=TIMEOUT_SECONDS) as answer:
        document = json.loads(answer.read(LARGEST_BYTES))
    if not isinstance(document, dict):
        raise TypeError("not an object")
    return document


def _discover(issuer: str) -> dict[str, Jwk]:
    """Return the issuer's public signing keys by name."""
    described = _read(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if described["issuer"] != issuer:
        raise ValueError("the document is another issuer's")
    keys = _read(described["jwks_uri"])["keys"]
    return {key["kid"]: key for key in keys if _signs(key)}


def _signs(key: Jwk) -> bool:
    return "kid" in key and key.get("kty") in _SIGNING_KINDS and key.get("use", "sig") == "sig"


class IssuerKeys:
    """The keys of one issuer, shared by all requests of a process."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._clock = clock
        self._keys: dict[str, Jwk] = {}
        self._fetched = self._tried = float("-inf")
        self._lock = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> Jwk | None:
        """Return the key of a name, None when the issuer has none; Unavailable when no key is known at all.

        A known key is answered from memory; when the set is old it is renewed behind the answer.
        """
        if kid not in self._keys:
            await self._fetch()
        elif self._clock() - self._fetched > STALE_SECONDS and self._may_try():
            self._renewal = asyncio.create_task(self._fetch())
        if not self._keys:
            raise Unavailable(
                Bilingual("身份认证服务没有应答，请稍后再试", "The identity provider does not answer; try again later"),
                rule="access.issuer-away",
            )
        return self._keys.get(kid)

    def _may_try(self) -> bool:
        return self._clock() - self._tried >= FLOOR_SECONDS

    async def _fetch(self) -> None:
        """Renew the keys unless that was tried just now; on failure those known go on."""
        async with self._lock:
            if not self._may_try():
                return
            self._tried = self._clock()
            try:
                self._keys = await asyncio.to_thread(_discover, self.issuer)
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                return
            self._fetched = self._clock()
