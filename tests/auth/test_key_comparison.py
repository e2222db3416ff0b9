"""How a key is compared: never. It is looked up by a keyed digest, which tells nothing of how near a guess is.

A guess that shares a beginning with a key is as far from it as any other once it is hashed under a secret; so the
time that an index takes to miss it teaches nothing, and no test of time is needed to show it.
"""

import ast
import hmac
from pathlib import Path
from statistics import fmean

import pytest

import registry.auth.tokens
import registry.domain.tokens
from registry.auth.tokens import Authenticator
from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import operator
from registry.domain.errors import Unauthenticated
from registry.domain.tokens import mint, token_hash
from registry.services.api_keys import NewKey, create_key

SECRET = b"s" * 32
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SECRETIVE = ("token", "credential", "hash", "digest", "secret")


def near(token: str, shared: int) -> str:
    """Another token of the right form that begins as this one does, and first differs after so many letters."""
    other = LETTERS[(LETTERS.index(token[shared]) + 1) % len(LETTERS)]
    return token[:shared] + other + token[shared + 1 :]


def differing(one: bytes, other: bytes) -> int:
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


def test_a_near_guess_is_as_far_away_as_any_other() -> None:
    """Of 256 bits half differ, however many letters are right, and the first byte is right by chance alone."""
    first_bytes, tokens = 0, [mint().text for _ in range(40)]
    for shared in range(len("reg_aaaaaaaa_"), len(tokens[0])):
        distances = []
        for token in tokens:
            one, other = token_hash(SECRET, token), token_hash(SECRET, near(token, shared))
            distances.append(differing(one, other))
            first_bytes += one[0] == other[0]
        assert 110 < fmean(distances) < 146, shared  # five standard deviations of a mean of forty are 6.4
        assert min(distances) > 64
    assert first_bytes < 40, "of 1,720 by chance some 7"


def test_without_the_secret_a_digest_cannot_be_aimed_at() -> None:
    token = mint().text
    assert differing(token_hash(SECRET, token), token_hash(b"t" * 32, token)) > 64
    assert hmac.compare_digest(token_hash(SECRET, token), token_hash(SECRET, token))


async def test_what_reaches_the_database_is_the_digest_alone(database: Database, admin: Connection) -> None:
    created = await create_key(database, SECRET, operator("cli"), NewKey("a", Role.AUDITOR))
    assert len(await admin.fetchval("SELECT key_hash FROM register.api_key")) == 32
    dumped = await admin.fetch(
        "SELECT k::text FROM register.api_key AS k UNION ALL SELECT payload FROM register.audit_event"
    )
    secret_part = created.token.split("_", 2)[2]  # which may hold further underscores
    assert not any(secret_part in row[0] for row in dumped)
    for shared in (13, 30, 55):
        with pytest.raises(Unauthenticated) as refused:
            await Authenticator(database, SECRET).authenticate(f"Bearer {near(created.token, shared)}")
        assert refused.value.rule == "access.unknown-key"


def test_no_comparison_of_secrets_is_written() -> None:
    """Nothing named after a secret is compared by an operator where keys are recognised."""
    for module in (registry.auth.tokens, registry.domain.tokens):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and not any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
                written = ast.unparse(node).lower()
                assert not any(word in written for word in SECRETIVE), written
