"""What the register signs is read by others' libraries, and no byte of it can be changed."""

import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import InputError
from registry.domain.signing import Signer, _encode, read_signed

SIGNER = Signer.derive(bytes(range(32)))
OTHER = Signer.derive(bytes(range(1, 33)))
KEYS = {SIGNER.key_id: SIGNER.public}
CONTENT = {"sequence": 7, "hash": "ab" * 32, "名": "检查点"}
TEXT = SIGNER.sign("test+jws", CONTENT)


def _refused(text: str, kind: str = "test+jws") -> str | None:
    with pytest.raises(InputError) as refused:
        read_signed(text, kind, KEYS)
    return refused.value.rule


def test_what_was_signed_is_read() -> None:
    assert read_signed(TEXT, "test+jws", KEYS) == CONTENT
    assert Signer.derive(bytes(range(32))).sign("test+jws", CONTENT) == TEXT
    assert "Ed25519PrivateKey" not in repr(SIGNER)


def test_another_library_verifies_it_with_the_published_key() -> None:
    key = jwt.PyJWK(dict(SIGNER.public))
    assert json.loads(jwt.PyJWS().decode(TEXT, key.key, algorithms=["EdDSA"])) == CONTENT
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.PyJWS().decode(TEXT, jwt.PyJWK(dict(OTHER.public)).key, algorithms=["EdDSA"])


def test_another_key_another_kind_and_no_algorithm_are_refused() -> None:
    assert _refused(OTHER.sign("test+jws", CONTENT)) == "signature.unknown-key"
    assert _refused(TEXT, "other+jws") == "signature.malformed"
    body = TEXT.split(".")[1]
    unsigned = jwt.PyJWS().encode(b"{}", None, algorithm="none", headers={"kid": SIGNER.key_id, "typ": "test+jws"})
    assert _refused(unsigned) == "signature.algorithm"
    assert _refused(f"{TEXT.split('.')[0]}.{body}.") == "signature.wrong"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "EdDSA", "kid": SIGNER.key_id, "typ": "test+jws", "crit": ["exp"], "exp": 0},
        {"alg": "EdDSA", "kid": SIGNER.key_id, "typ": "test+jws", "b64": False},
        {"alg": "EdDSA", "kid": SIGNER.key_id},
        {"kid": SIGNER.key_id, "typ": "test+jws"},
        {"alg": "EdDSA", "typ": "test+jws"},
        ["alg", "kid", "typ"],
    ],
    ids=str,
)
def test_a_header_with_more_or_less_than_the_three_members_is_refused_though_it_is_signed(header: object) -> None:
    """What the header adds would change what the text means to a reader who heeds it (RFC 7515, `crit`)."""
    first, second = (_encode(json.dumps(part).encode()) for part in (header, CONTENT))
    signature = _encode(SIGNER._private.sign(f"{first}.{second}".encode()))
    assert _refused(f"{first}.{second}.{signature}") == "signature.malformed"


def test_a_key_that_is_not_the_one_named_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        read_signed(TEXT, "test+jws", {SIGNER.key_id: OTHER.public})
    assert refused.value.rule == "signature.unknown-key"


@given(st.integers(0, len(TEXT) - 1), st.characters(max_codepoint=0x7F))
def test_any_other_byte_anywhere_is_found(place: int, character: str) -> None:
    changed = TEXT[:place] + character + TEXT[place + 1 :]
    if changed == TEXT:
        return
    assert _refused(changed)


@pytest.mark.parametrize("added", ["=", "==", "\n", " ", "!", "+", "."])
def test_the_same_bytes_in_another_spelling_are_found(added: str) -> None:
    """Decoders skip what is no letter, and the last letter of a signature has four bits that say nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    alike = TEXT[:-1] + letters[letters.index(TEXT[-1]) ^ 1]
    for changed in (alike, TEXT + added, TEXT[:-5] + added + TEXT[-5:], added + TEXT):
        assert _refused(changed) == "signature.malformed"


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text: str) -> None:
    assert _refused(text)
