"""Citizen numbers at rest: sealed by AES-256-GCM to be kept, hashed by HMAC-SHA-256 to be found.

Legal source: Personal Information Protection Law (个人信息保护法) art. 51, encryption of what must be kept.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
FINGERPRINT_BYTES = 16
_HASHING = b"registry citizen number hash v1"
_SEALING = b"registry citizen number seal v1"
_TELLING = b"registry personal data key fingerprint v1"


def _derived(secret: bytes, purpose: bytes, length: int = 32) -> bytes:
    if len(secret) < SHORTEST_SECRET_BYTES:
        zh = f"个人信息密钥至少须有 {SHORTEST_SECRET_BYTES} 字节"
        en = f"the personal data key has at least {SHORTEST_SECRET_BYTES} bytes"
        raise ConfigurationError(Bilingual(zh, en), rule="personal-key.length", path=("PII_KEY",))
    return HKDF(SHA256(), length, None, purpose).derive(secret)


def _unfit() -> ConfigurationError:
    zh, en = "个人信息密钥与已存数据不符", "the personal data key does not open what is kept"
    return ConfigurationError(Bilingual(zh, en), rule="personal-key.unfit", path=("PII_KEY",))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Derived:
    """What one secret gives."""

    fingerprint: bytes
    hashing: HMAC
    sealing: AESGCM

    @classmethod
    def of(cls, secret: bytes) -> Self:
        hashing = HMAC(_derived(secret, _HASHING), SHA256())
        return cls(_derived(secret, _TELLING, FINGERPRINT_BYTES), hashing, AESGCM(_derived(secret, _SEALING)))

    def hash(self, number: CitizenId) -> bytes:
        mac = self.hashing.copy()
        mac.update(number.encode())
        return mac.finalize()


@dataclass(frozen=True, slots=True, eq=False)
class PersonalKeys:
    """The keys of one register; its text shows only the id of the key under which it seals.

    While the key is being rotated there are two: one seals, and people may still be kept under the other.
    """

    key_id: int
    _sealing: _Derived = field(repr=False)
    _other: _Derived | None = field(repr=False)
    _opening: Mapping[int, _Derived] = field(repr=False)
    _held: tuple[_Derived, ...] = field(repr=False)

    @classmethod
    def derive(cls, secret: bytes, *, previous: bytes | None = None, key_id: int = 1) -> Self:
        """The keys of a secret of 32 bytes or more and, while it is being replaced, of the one before it.

        Rule: `personal-key.length`.
        """
        newest = _Derived.of(secret)
        held = (newest,) if previous is None else (newest, _Derived.of(previous))
        return cls(key_id, newest, None, {key_id: newest}, held)

    @property
    def fingerprints(self) -> tuple[bytes, ...]:
        """What tells each secret held from any other and nothing about it, the newest first."""
        return tuple(held.fingerprint for held in self._held)

    def following(self, sealing_id: int, fingerprints: Mapping[int, bytes]) -> Self:
        """The same secrets in the parts that a register gives them: its keys by id, and the one that seals.

        `fingerprints` are of one key or two, all of them held.
        """
        held = {one.fingerprint: one for one in self._held}
        by_id = {number: held[fingerprint] for number, fingerprint in fingerprints.items()}
        other = next((one for number, one in by_id.items() if number != sealing_id), None)
        return replace(self, key_id=sealing_id, _sealing=by_id[sealing_id], _other=other, _opening=by_id)

    @property
    def rotating(self) -> bool:
        """True where people may be kept under another key than the one that seals."""
        return self._other is not None

    def number_hash(self, number: CitizenId) -> bytes:
        """The keyed hash (32 bytes) under which a person is found; the same for the same number."""
        return self._sealing.hash(number)

    def other_hash(self, number: CitizenId) -> bytes | None:
        """The hash under which the person may still be kept, None unless the key is being rotated."""
        return None if self._other is None else self._other.hash(number)

    def seal(self, number: CitizenId, number_hash: bytes) -> bytes:
        """The number encrypted, never twice alike: key id (1 byte), nonce (12), cipher text bound to the hash."""
        return self.seal_text(number, number_hash)

    def seal_text(self, text: str, bound_to: bytes) -> bytes:
        """Any personal text encrypted as numbers are; it opens only together with what it is bound to."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return bytes([self.key_id]) + nonce + self._sealing.sealing.encrypt(nonce, text.encode(), bound_to)

    def open_sealed(self, sealed: bytes, number_hash: bytes) -> CitizenId:
        """The number that was sealed for the person of this hash. Rule: `personal-key.unfit`."""
        return CitizenId(self.open_text(sealed, number_hash))

    def open_text(self, sealed: bytes, bound_to: bytes) -> str:
        """The text that was sealed and bound to this. Rule: `personal-key.unfit`."""
        key = self._opening.get(sealed[0]) if sealed else None
        if key is None:
            raise _unfit()
        try:
            text = key.sealing.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], bound_to)
        except (InvalidTag, ValueError):
            raise _unfit() from None
        return text.decode()
