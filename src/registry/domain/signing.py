"""Signatures of the register: compact JWS (RFC 7515) by Ed25519, and keys as JWK (RFC 7517, RFC 8037).

A signed text names its algorithm and its key in its header, so that another algorithm (SM2) can be added beside this
one. What is read has exactly one spelling: a text of which any byte was changed is refused.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from registry.domain.errors import Bilingual, InputError
from registry.domain.identifiers import refuse

ALGORITHM = "EdDSA"
_SEED_PURPOSE = b"registry signatures Ed25519 v1"

PublicKey = Mapping[str, str]
"""A public key as JWK: `kty`, `crv`, `x`, `kid`, `alg`, `use`."""


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Return what a base64url text spells; ValueError for any spelling but the one that `_encode` gives."""
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(content) != text:
        raise ValueError("not the one spelling of base64url")
    return content


def canonical(data: Mapping[str, Any]) -> bytes:
    """Return JSON with sorted keys and no space: the same bytes for the same content."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def thumbprint(x: str) -> str:
    """Return the name of an Ed25519 key (RFC 7638): SHA-256 of its required members, base64url."""
    return _encode(hashlib.sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": x})).digest())


@dataclass(frozen=True, slots=True)
class Signer:
    """The signing key of an installation; the private part never shows."""

    public: PublicKey
    _private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def derive(cls, secret: bytes) -> Self:
        """Return the key that SIGNING_KEY stands for; another algorithm would derive its own from the same secret."""
        private = Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), 32, None, _SEED_PURPOSE).derive(secret))
        x = _encode(private.public_key().public_bytes_raw())
        public = {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": thumbprint(x), "alg": ALGORITHM, "use": "sig"}
        return cls(public, private)

    @property
    def key_id(self) -> str:
        """The key's name: its thumbprint, by which a verifier can tell that a key offered is the one named."""
        return self.public["kid"]

    def sign(self, kind: str, content: Mapping[str, Any]) -> str:
        """Return the content as compact JWS, `typ` telling what kind of text it is."""
        header = canonical({"alg": ALGORITHM, "kid": self.key_id, "typ": kind})
        signed = f"{_encode(header)}.{_encode(canonical(content))}"
        return f"{signed}.{_encode(self._private.sign(signed.encode()))}"


def _malformed() -> InputError:
    return refuse("signature.malformed", "不是本登记簿的签名文本", "this is no text that the register signed")


def _header(part: str, kind: str) -> str:
    """Return the key's name out of a header that has the algorithm and the kind expected and nothing else."""
    header = json.loads(_decode(part))
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"} or header["typ"] != kind:
        raise _malformed()
    if header["alg"] != ALGORITHM:
        raise refuse("signature.algorithm", "不支持的签名算法", "the algorithm of the signature is not supported")
    return str(header["kid"])


def read_signed(text: str, kind: str, keys: Mapping[str, PublicKey]) -> dict[str, Any]:
    """Return the content of a compact JWS of this kind, signed by one of `keys` (by name).

    Rules: `signature.malformed`, `signature.algorithm`, `signature.unknown-key`, `signature.wrong`.
    """
    try:
        first, second, third = text.split(".")
        key_id, content, signature = _header(first, kind), _decode(second), _decode(third)
        told = json.loads(content)
    except (ValueError, binascii.Error, RecursionError):
        raise _malformed() from None
    if not isinstance(told, dict):
        raise _malformed()
    key = keys.get(key_id)
    if key is None or thumbprint(key["x"]) != key_id:
        raise _unknown_key(key_id)
    try:
        Ed25519PublicKey.from_public_bytes(_decode(key["x"])).verify(signature, f"{first}.{second}".encode())
    except (InvalidSignature, ValueError):
        raise refuse("signature.wrong", "签名与内容不符", "the signature does not belong to the content") from None
    return told


def key_named(text: str) -> str:
    """Return the name of the key in the header of a text that was read."""
    return str(json.loads(_decode(text.partition(".")[0]))["kid"])


def content_signed(text: str) -> dict[str, Any]:
    """Return what a text says that the register keeps as its own, without verifying it again."""
    content: dict[str, Any] = json.loads(_decode(text.split(".")[1]))
    return content


def _unknown_key(key_id: str) -> InputError:
    shown = key_id if len(key_id) <= 64 else key_id[:64] + "…"
    message = Bilingual(f"登记簿没有签名密钥 {shown}", f"The register has no signing key {shown}")
    return InputError(message, rule="signature.unknown-key")
