"""API keys from making to revoking, against the real tables."""

import pytest

from registry.auth.tokens import Authenticator
from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor, operator
from registry.domain.errors import Conflict, Forbidden, InputError, NotFound, Unauthenticated
from registry.services.api_keys import NewKey, create_key, list_keys, revoke_key

SECRET = b"s" * 32
CLI = operator("cli")
AUDITOR = NewKey("auditor", Role.AUDITOR)


def _bearer(token: str) -> str:
    return f"Bearer {token}"


async def test_a_new_key_opens_its_role_and_no_more(database: Database) -> None:
    created = await create_key(database, SECRET, CLI, AUDITOR)
    actor = await Authenticator(database, SECRET).authenticate(_bearer(created.token))
    assert (actor.role, actor.scope, actor.identity) == (Role.AUDITOR, "ALL", f"key:{created.id}")


async def test_no_header_is_the_public(database: Database) -> None:
    assert await Authenticator(database, SECRET).authenticate(None) == ANONYMOUS


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ("Basic abc", "access.scheme"),
        ("Bearer", "access.scheme"),
        ("Bearer nonsense", "access.scheme"),
        ("Bearer reg_aaaaaaaa_" + "A" * 43, "access.unknown-key"),
    ],
)
async def test_unknown_credentials_are_refused(database: Database, header: str, rule: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await Authenticator(database, SECRET).authenticate(header)
    assert refused.value.rule == rule


async def test_a_revoked_key_fails_at_once(database: Database) -> None:
    created = await create_key(database, SECRET, CLI, AUDITOR)
    await revoke_key(database, CLI, created.prefix)
    with pytest.raises(Unauthenticated) as refused:
        await Authenticator(database, SECRET).authenticate(_bearer(created.token))
    assert refused.value.rule == "access.revoked-key"


async def test_an_expired_key_fails(database: Database, admin: Connection) -> None:
    created = await create_key(database, SECRET, CLI, AUDITOR)
    await admin.execute("UPDATE register.api_key SET expires_at = now()")
    with pytest.raises(Unauthenticated) as refused:
        await Authenticator(database, SECRET).authenticate(_bearer(created.token))
    assert refused.value.rule == "access.expired-key"


async def test_a_key_of_another_secret_is_unknown(database: Database) -> None:
    created = await create_key(database, SECRET, CLI, AUDITOR)
    with pytest.raises(Unauthenticated):
        await Authenticator(database, b"t" * 32).authenticate(_bearer(created.token))


async def test_the_token_is_kept_nowhere(database: Database, admin: Connection) -> None:
    created = await create_key(database, SECRET, CLI, AUDITOR, idempotency_key="once")
    secret_part = created.token[len("reg_12345678_") :]
    for table in ("api_key", "audit_event", "idempotent_answer"):
        text = await admin.fetchval(f"SELECT string_agg(t::text, '') FROM register.{table} AS t")
        assert text
        assert secret_part not in text
    assert secret_part not in repr(created)


async def test_a_retry_gets_the_same_token_and_another_input_a_conflict(database: Database, admin: Connection) -> None:
    first = await create_key(database, SECRET, CLI, AUDITOR, idempotency_key="once")
    again = await create_key(database, SECRET, CLI, AUDITOR, idempotency_key="once")
    assert again == first
    assert await admin.fetchval("SELECT count(*) FROM register.api_key") == 1
    with pytest.raises(Conflict):
        await create_key(database, SECRET, CLI, NewKey("other", Role.ADMIN), idempotency_key="once")
    other = await create_key(database, SECRET, operator("somebody else"), AUDITOR, idempotency_key="once")
    assert other.token != first.token


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (NewKey("", Role.ADMIN), "api-key.name"),
        (NewKey("x", Role.PUBLIC), "api-key.role"),
        (NewKey("x", Role.ADMIN, days=0), "api-key.days"),
        (NewKey("x", Role.REGULATOR), "api-key.region"),
        (NewKey("x", Role.REGULATOR, region_code="220000"), "region.unknown"),
        (NewKey("x", Role.ADMIN, region_code="220000"), "api-key.region"),
        (NewKey("x", Role.INSTITUTION), "api-key.institution"),
        (NewKey("x", Role.ADMIN, institution_code="I"), "api-key.institution"),
        (NewKey("x", Role.INSTITUTION, institution_code="I"), "institution.unknown"),
    ],
)
async def test_wrong_wishes_are_refused_with_their_rule(database: Database, wanted: NewKey, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        await create_key(database, SECRET, CLI, wanted)
    assert refused.value.rule == rule


async def test_only_administrators_make_and_revoke_keys(database: Database) -> None:
    auditor = Actor("key:7", Role.AUDITOR, scope="ALL")
    with pytest.raises(Forbidden):
        await create_key(database, SECRET, auditor, AUDITOR)
    with pytest.raises(Unauthenticated):
        await revoke_key(database, ANONYMOUS, 1)
    with pytest.raises(NotFound):
        await revoke_key(database, CLI, "nothing")
    assert await list_keys(database, auditor) == []
