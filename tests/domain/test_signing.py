"""What the register signs is read by others' libraries, and no byte of it can be changed."""

import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import InputError
from registry.domain.signing import Signer, read_signed

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


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text: str) -> None:
    assert _refused(text)
