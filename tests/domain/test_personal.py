"""Citizen numbers at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import ConfigurationError
from registry.domain.identifiers import CitizenId
from registry.domain.personal import PersonalKeys

SECRET, OTHER = b"s" * 32, b"t" * 32
NUMBER = CitizenId("11010519491231002X")
KEYS = PersonalKeys.derive(SECRET)


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True), st.binary(min_size=32, max_size=64))
def test_what_is_sealed_opens_again(text: str, secret: bytes) -> None:
    keys, number = PersonalKeys.derive(secret), CitizenId(text)
    number_hash = keys.number_hash(number)
    sealed = keys.seal(number, number_hash)
    assert keys.open_sealed(sealed, number_hash) == number
    assert text.encode() not in sealed
    assert len(number_hash) == 32


def test_the_hash_is_stable_and_keyed() -> None:
    assert KEYS.number_hash(NUMBER) == PersonalKeys.derive(SECRET).number_hash(NUMBER)
    assert KEYS.number_hash(NUMBER) != PersonalKeys.derive(OTHER).number_hash(NUMBER)


def test_no_two_seals_are_alike() -> None:
    number_hash = KEYS.number_hash(NUMBER)
    assert KEYS.seal(NUMBER, number_hash) != KEYS.seal(NUMBER, number_hash)


def test_during_a_rotation_the_register_says_which_key_seals_and_which_opens() -> None:
    number_hash = KEYS.number_hash(NUMBER)
    old = KEYS.seal(NUMBER, number_hash)
    both = PersonalKeys.derive(OTHER, previous=SECRET)
    newest, previous = both.fingerprints
    assert (newest, previous) == (*PersonalKeys.derive(OTHER).fingerprints, *KEYS.fingerprints)
    before = both.following(1, {1: previous, 2: newest})
    after = both.following(2, {1: previous, 2: newest})
    assert before.number_hash(NUMBER) == after.other_hash(NUMBER) == number_hash
    assert after.number_hash(NUMBER) == before.other_hash(NUMBER) == PersonalKeys.derive(OTHER).number_hash(NUMBER)
    assert before.open_sealed(old, number_hash) == after.open_sealed(old, number_hash) == NUMBER
    assert after.seal(NUMBER, number_hash)[0] == 2
    assert before.rotating
    assert after.rotating
    assert not both.following(2, {2: newest}).rotating
    assert KEYS.other_hash(NUMBER) is None


@pytest.mark.parametrize(
    "spoil", [lambda s: b"", lambda s: s[:5], lambda s: s[:-1] + bytes([s[-1] ^ 1]), lambda s: b"\x09" + s[1:]]
)
def test_what_was_tampered_with_does_not_open(spoil: object) -> None:
    number_hash = KEYS.number_hash(NUMBER)
    with pytest.raises(ConfigurationError) as refused:
        KEYS.open_sealed(spoil(KEYS.seal(NUMBER, number_hash)), number_hash)  # type: ignore[operator]
    assert refused.value.rule == "personal-key.unfit"
    assert NUMBER not in str(refused.value)


def test_a_seal_belongs_to_its_person() -> None:
    other = KEYS.number_hash(CitizenId("110105194912310038"))
    with pytest.raises(ConfigurationError):
        KEYS.open_sealed(KEYS.seal(NUMBER, KEYS.number_hash(NUMBER)), other)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigurationError) as refused:
        PersonalKeys.derive(b"short")
    assert refused.value.rule == "personal-key.length"


def test_the_text_of_the_keys_shows_none() -> None:
    assert repr(KEYS) == str(KEYS) == "PersonalKeys(key_id=1)"
