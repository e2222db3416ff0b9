"""API tokens: what they look like and what is kept of them (a keyed hash, never the token)."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(r"reg_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
_HASH_PURPOSE = b"registry api token hash"
_MINT_PURPOSE = b"registry api token mint"


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; `prefix` names it in lists and logs, `text` is shown once to its owner."""

    prefix: str
    text: str

    def __repr__(self) -> str:
        return f"Token(prefix={self.prefix!r})"


def _from_bytes(material: bytes) -> Token:
    prefix = base64.b32encode(material[:5]).decode().lower()
    tail = base64.urlsafe_b64encode(material[5:37]).decode().rstrip("=")
    return Token(prefix, f"reg_{prefix}_{tail}")


def mint() -> Token:
    """Return a new random token with 256 bits of entropy."""
    return _from_bytes(secrets.token_bytes(37))


def mint_again(secret: bytes, actor: str, idempotency_key: str) -> Token:
    """Return the same token for the same actor and idempotency key: a retry is answered without keeping the token."""
    message = f"{len(actor)}:{actor}:{idempotency_key}".encode()
    return _from_bytes(hmac.new(secret, _MINT_PURPOSE + message, hashlib.sha512).digest()[:37])


def is_token(text: str) -> bool:
    """Tell whether a bearer credential has the form of an API token (and is no JWT)."""
    return _FORM.fullmatch(text) is not None


def token_hash(secret: bytes, text: str) -> bytes:
    """Return the keyed hash under which a token is looked up."""
    return hmac.new(secret, _HASH_PURPOSE + text.encode(), hashlib.sha256).digest()
