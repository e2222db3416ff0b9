"""Webhooks: how a message is named, signed and tried again, and how its secret is kept.

The signature is that of Standard Webhooks: HMAC-SHA-256 over identifier, time and body, under a secret that the owner
of the webhook was shown once.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from registry.domain.errors import Bilingual, ConfigurationError
from registry.domain.terms import Term

PREFIX = "whsec_"
SECRET_BYTES = 32
FORMER_SECRET_HOURS = 24
"""How long messages are signed by the former secret as well."""
_NONCE_BYTES = 12
_MINTING = b"registry webhook secret mint"
_SEALING = b"registry webhook secret seal v1"

Place = tuple[int, int]
"""A place in the change feed: position of a change set, and ordinal within it."""

END_OF_SET = 2**31 - 1
"""The ordinal after everything in a change set."""


class WebhookState(Term):
    """Whether a webhook is told of changes."""

    ACTIVE = "ACTIVE", "推送中"
    PAUSED = "PAUSED", "已暂停"
    DISABLED = "DISABLED", "已停用"


class DisabledFor(Term):
    """Why the register stopped telling."""

    FAILURES = "FAILURES", "持续失败超过期限"
    GONE = "GONE", "接收方答复 410"
    KEY = "KEY", "密钥失效"


class Fault(StrEnum):
    """Why a message did not arrive, as its owner is told; an answer's status is told as `STATUS_404`."""

    ADDRESS = "ADDRESS"
    CONNECTION = "CONNECTION"
    CERTIFICATE = "CERTIFICATE"
    TIMEOUT = "TIMEOUT"
    ANSWER = "ANSWER"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending: the HTTP status, or the fault; `retry_after_seconds` where the receiver asked for it."""

    status: int | None = None
    fault: Fault | None = None
    retry_after_seconds: float = 0.0

    @property
    def accepted(self) -> bool:
        """True for a status 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """True where the receiver wants no more messages at all."""
        return self.status == 410

    @property
    def told(self) -> str | None:
        """What the owner is told of a failure; None of what was accepted."""
        if self.accepted:
            return None
        return f"STATUS_{self.status}" if self.status is not None else self.fault


def mint_secret() -> bytes:
    """Return a new random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def mint_secret_again(secret_key: bytes, actor: str, idempotency_key: str) -> bytes:
    """Return the same secret for the same actor and idempotency key, so that a retry can be shown it again."""
    message = f"{len(actor)}:{actor}:{idempotency_key}".encode()
    return hmac.new(secret_key, _MINTING + message, hashlib.sha256).digest()


def write_secret(secret: bytes) -> str:
    """Return a secret as its owner is shown it."""
    return PREFIX + base64.b64encode(secret).decode()


class SecretSeal:
    """Seals the secrets of webhooks under a key that SECRET_KEY gives; a sealed secret opens for its webhook only."""

    def __init__(self, secret_key: bytes) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, None, _SEALING).derive(secret_key))

    def seal(self, secret: bytes, webhook: UUID) -> bytes:
        """Return nonce and cipher text, never twice alike."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, webhook.bytes)

    def open(self, sealed: bytes, webhook: UUID) -> bytes:
        """Return the secret. Rule: `webhook.secret-key` where SECRET_KEY is another than it was sealed under."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], webhook.bytes)
        except (InvalidTag, ValueError):
            zh, en = "SECRET_KEY 与已存的推送密钥不符", "SECRET_KEY does not open the secrets of webhooks that are kept"
            raise ConfigurationError(Bilingual(zh, en), rule="webhook.secret-key", path=("SECRET_KEY",)) from None


def message_id(webhook: UUID, turn: int, end: Place) -> str:
    """Return the name of the message that ends at this place: the same each time it is sent."""
    position, ordinal = end
    return f"msg_{webhook.hex}_{turn}_{position}_{ordinal}"


def signed_headers(name: str, now: datetime, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """Return the headers by which a receiver verifies a message: one signature for each secret, the newest first."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((name.encode(), timestamp.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long to wait after failures in a row: doubled each time up to the longest, then up to half less by chance.

    So receivers that failed together are not tried again together.
    """

    first_seconds: float = 5.0
    longest_seconds: float = 3_600.0

    def after(self, failures: int, chance: float) -> timedelta:
        """Return the pause after so many failures; `chance` is drawn from 0 to 1."""
        longest = min(self.first_seconds * 2.0 ** min(failures - 1, 30), self.longest_seconds)
        return timedelta(seconds=longest * (0.5 + 0.5 * chance))
