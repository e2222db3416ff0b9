"""From an Authorization header to an actor."""

from registry.auth.jwt import JwtReader, looks_like_jwt, refused
from registry.db.mapping import mapped_errors
from registry.db.pool import LONGEST_WAIT_FOR_CONNECTION_SECONDS, Database, Record, execute, fetch_row
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor
from registry.domain.tokens import is_token, token_hash

_UNSCOPED = frozenset({Role.ADMIN, Role.AUDITOR})


def _actor(row: Record) -> Actor:
    role = Role(row["role"])
    everywhere = role in _UNSCOPED and row["region_code"] is None
    return Actor(
        identity=f"key:{row['id']}",
        role=role,
        name=row["name"],
        region_code=row["region_code"],
        scope=EVERYTHING if everywhere else row["region_path"] or "",
        institution_code=row["institution_code"],
        key_id=row["id"],
    )


class Authenticator:
    """Recognises API keys, none of them cached so that a revoked one fails at once, and tokens of the issuer."""

    def __init__(self, database: Database, secret: bytes, tokens: JwtReader | None = None) -> None:
        self._database = database
        self._secret = secret
        self._tokens = tokens

    async def authenticate(self, header: str | None) -> Actor:
        """Return the actor of a header value; no header is the public; anything unknown raises Unauthenticated."""
        if header is None:
            return ANONYMOUS
        scheme, _, credential = header.strip().partition(" ")
        credential = credential.strip()
        if self._tokens is not None and scheme.lower() == "bearer" and looks_like_jwt(credential):
            with mapped_errors():
                return await self._tokens.actor(self._database, credential)
        if scheme.lower() != "bearer" or not is_token(credential):
            raise refused(
                "access.scheme", "请使用 Authorization: Bearer 加密钥", "Use Authorization: Bearer with an API key"
            )
        with mapped_errors():
            return await self._actor_of(credential)

    async def _actor_of(self, credential: str) -> Actor:
        async with self._database.staff.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection:
            row = await fetch_row(connection, "access/find_key", token_hash(self._secret, credential))
            if row is None:
                raise refused("access.unknown-key", "密钥无效", "The key is not valid")
            if row["revoked_at"] is not None:
                raise refused("access.revoked-key", "密钥已吊销", "The key was revoked")
            if row["expired"]:
                raise refused("access.expired-key", "密钥已过期", "The key has expired")
            if row["touch"]:
                await execute(connection, "access/touch_key", row["id"])
        return _actor(row)
