"""Citizen numbers at rest: sealed by AES-256-GCM to be kept, hashed by HMAC-SHA-256 to be found.

Legal source: Personal Information Protection Law (个人信息保护法) art. 51, encryption of what must be kept.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from registry.domain.errors import Bilingual, ConfigurationError
from registry.domain.identifiers import CitizenId

SHORTEST_SECRET_BYTES = 32
NONCE_BYTES = 12
_HASHING = b"registry citizen number hash v1"
_SEALING = b"registry citizen number seal v1"


def _derived(secret: bytes, purpose: bytes) -> bytes:
    if len(secret) < SHORTEST_SECRET_BYTES:
        zh = f"个人信息密钥至少须有 {SHORTEST_SECRET_BYTES} 字节"
        en = f"the personal data key has at least {SHORTEST_SECRET_BYTES} bytes"
        raise ConfigurationError(Bilingual(zh, en), rule="personal-key.length", path=("PII_KEY",))
    return HKDF(SHA256(), 32, None, purpose).derive(secret)


def _unfit() -> ConfigurationError:
    zh, en = "个人信息密钥与已存数据不符", "the personal data key does not open what is kept"
    return ConfigurationError(Bilingual(zh, en), rule="personal-key.unfit", path=("PII_KEY",))


@dataclass(frozen=True, slots=True, eq=False)
class PersonalKeys:
    """The keys of one register; its text shows the id of the current key only."""

    key_id: int
    _hashing: HMAC = field(repr=False)
    _sealing: Mapping[int, AESGCM] = field(repr=False)

    @classmethod
    def derive(cls, secret: bytes, *, key_id: int = 1, earlier: Mapping[int, bytes] | None = None) -> Self:
        """The keys of a secret of 32 bytes or more; `earlier` secrets by key id (0 to 255) open what they sealed.

        Rule: `personal-key.length`.
        """
        ciphers = {number: AESGCM(_derived(old, _SEALING)) for number, old in (earlier or {}).items()}
        ciphers[key_id] = AESGCM(_derived(secret, _SEALING))
        return cls(key_id, HMAC(_derived(secret, _HASHING), SHA256()), ciphers)

    def number_hash(self, number: CitizenId) -> bytes:
        """The keyed hash (32 bytes) under which a person is found; the same for the same number."""
        mac = self._hashing.copy()
        mac.update(number.encode())
        return mac.finalize()

    def seal(self, number: CitizenId, number_hash: bytes) -> bytes:
        """The number encrypted, never twice alike: key id (1 byte), nonce (12), cipher text bound to the hash."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher_text = self._sealing[self.key_id].encrypt(nonce, number.encode(), number_hash)
        return bytes([self.key_id]) + nonce + cipher_text

    def open_sealed(self, sealed: bytes, number_hash: bytes) -> CitizenId:
        """The number that was sealed for the person of this hash. Rule: `personal-key.unfit`."""
        cipher = self._sealing.get(sealed[0]) if sealed else None
        if cipher is None:
            raise _unfit()
        try:
            number = cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], number_hash)
        except (InvalidTag, ValueError):
            raise _unfit() from None
        return CitizenId(number.decode())
