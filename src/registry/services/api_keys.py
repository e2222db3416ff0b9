"""API keys: made, listed, revoked; only a keyed hash of the token is kept."""

from dataclasses import asdict, dataclass
from datetime import datetime

from registry.db.pool import Database, fetch, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError, NotFound
from registry.domain.tokens import Token, mint, mint_again, token_hash
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.transactions import Work, acting

LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a new key is for; `days` counts its life from now, 1 to 3,660."""

    name: str
    role: Role
    region_code: str | None = None
    institution_code: str | None = None
    days: int = 365


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key with its token, which is shown this once."""

    id: int
    name: str
    role: Role
    region_code: str | None
    institution_code: str | None
    prefix: str
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"CreatedKey(id={self.id}, prefix={self.prefix!r})"


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key as lists show it."""

    id: int
    name: str
    role: str
    region_code: str | None
    institution_code: str | None
    key_prefix: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevokedKey:
    """A key that no longer opens anything."""

    id: int
    name: str
    prefix: str
    revoked_at: datetime


def _refuse(field: str, rule: str, zh: str, en: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=("input", field))


def _check_shape(wanted: NewKey) -> None:
    if not wanted.name.strip() or len(wanted.name) > 200:
        raise _refuse("name", "api-key.name", "名称须为 1 至 200 个字符", "A name has 1 to 200 characters")
    if wanted.role is Role.PUBLIC:
        raise _refuse("role", "api-key.role", "公众无需密钥", "The public needs no key")
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise _refuse(
            "days", "api-key.days", f"有效期须为 1 至 {LONGEST_DAYS} 天", f"Days lie between 1 and {LONGEST_DAYS}"
        )
    if (wanted.role is Role.REGULATOR) != (wanted.region_code is not None):
        zh, en = "监管角色必须且只有监管角色须指明所辖地区", "The role REGULATOR, and no other, needs a region"
        raise _refuse("region", "api-key.region", zh, en)
    if (wanted.role is Role.INSTITUTION) != (wanted.institution_code is not None):
        zh, en = "机构角色必须且只有机构角色须指明机构", "The role INSTITUTION, and no other, needs an institution"
        raise _refuse("institution", "api-key.institution", zh, en)


async def _check_references(work: Work, wanted: NewKey) -> None:
    region, institution = wanted.region_code, wanted.institution_code
    if region is not None and not await fetch_value(work.connection, "access/region_exists", region):
        raise _refuse("region", "region.unknown", f"未知的行政区划代码 {region}", f"Unknown region code {region}")
    if institution is not None and not await fetch_value(work.connection, "access/institution_exists", institution):
        raise _refuse(
            "institution", "institution.unknown", f"未知的机构 {institution}", f"Unknown institution {institution}"
        )


async def _store(work: Work, secret: bytes, wanted: NewKey, token: Token) -> CreatedKey:
    row = await fetch_row(
        work.connection,
        "access/create_key",
        wanted.name.strip(),
        wanted.role,
        wanted.region_code,
        wanted.institution_code,
        token.prefix,
        token_hash(secret, token.text),
        work.actor.identity,
        wanted.days,
    )
    assert row is not None  # noqa: S101 - INSERT … RETURNING of one row
    described = (
        wanted.name.strip(),
        wanted.role,
        wanted.region_code,
        wanted.institution_code,
        token.prefix,
        token.text,
    )
    return CreatedKey(row["id"], *described, row["expires_at"])


def _from_answer(answer: dict[str, str | int | None], token: Token) -> CreatedKey:
    return CreatedKey(
        id=int(answer["id"] or 0),
        name=str(answer["name"]),
        role=Role(str(answer["role"])),
        region_code=answer["region_code"],  # type: ignore[arg-type]
        institution_code=answer["institution_code"],  # type: ignore[arg-type]
        prefix=token.prefix,
        token=token.text,
        expires_at=datetime.fromisoformat(str(answer["expires_at"])),
    )


async def create_key(
    database: Database,
    secret: bytes,
    actor: Actor,
    wanted: NewKey,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> CreatedKey:
    """Make a key; a retry with the same idempotency key gets the same token again."""
    require(actor, Role.ADMIN)
    _check_shape(wanted)
    token = mint() if idempotency_key is None else mint_again(secret, actor.identity, idempotency_key)
    async with acting(database, actor, request_id=request_id) as work:
        earlier = await find_answer(work, idempotency_key, "createApiKey", asdict(wanted))
        if earlier is not None:
            return _from_answer(earlier, token)
        await _check_references(work, wanted)
        created = await _store(work, secret, wanted, token)
        answer = {name: value for name, value in asdict(created).items() if name != "token"}
        await remember_answer(work, idempotency_key, "createApiKey", asdict(wanted), answer)
        work.record = "api_key", "id", str(created.id)
        await work.audit("createApiKey", f"key:{created.id}", answer)
    return created


async def list_keys(database: Database, actor: Actor) -> list[KeyInfo]:
    """Return all keys, oldest first."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    async with acting(database, actor, readonly=True) as work:
        return [KeyInfo(*row) for row in await fetch(work.connection, "access/list_keys")]


async def revoke_key(
    database: Database,
    actor: Actor,
    key: int | str,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> RevokedKey:
    """Revoke a key by id, prefix or name; revoking it again changes nothing and is no event."""
    require(actor, Role.ADMIN)
    wanted = {"key": key}
    async with acting(database, actor, request_id=request_id) as work:
        earlier = await find_answer(work, idempotency_key, "revokeApiKey", wanted)
        if earlier is not None:
            return RevokedKey(**{**earlier, "revoked_at": datetime.fromisoformat(earlier["revoked_at"])})
        revoked, newly = await _revoke(work, key)
        await remember_answer(work, idempotency_key, "revokeApiKey", wanted, asdict(revoked))
        if newly:
            await work.audit("revokeApiKey", f"key:{revoked.id}", {"prefix": revoked.prefix})
    return revoked


async def _revoke(work: Work, key: int | str) -> tuple[RevokedKey, bool]:
    number = key if isinstance(key, int) else await fetch_value(work.connection, "access/find_key_id", key)
    if number is not None:
        await work.look_at(("api_key", "id", str(number)))
    row = None if number is None else await fetch_row(work.connection, "access/revoke_key", number)
    if row is None:
        raise NotFound(
            Bilingual("没有这样的密钥", "There is no such key"), rule="api-key.unknown", path=("input", "id")
        )
    return RevokedKey(row["id"], row["name"], row["key_prefix"], row["revoked_at"]), row["newly"]
