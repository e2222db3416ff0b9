"""From a JWT of the configured OpenID Connect issuer to an actor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from registry.auth.issuer import IssuerKeys, Jwk
from registry.db.pool import LONGEST_WAIT_FOR_CONNECTION_SECONDS, Database, fetch_value
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import Bilingual, Unauthenticated
from registry.domain.identifiers import hide_citizen_ids

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Asymmetric alone: a public key must never do as the secret of an HMAC."""
LONGEST_TOKEN = 8192
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
_UNSCOPED = frozenset({Role.ADMIN, Role.AUDITOR})


def refused(rule: str, zh: str, en: str) -> Unauthenticated:
    """Return the refusal of a credential; it never holds any part of the credential."""
    return Unauthenticated(Bilingual(zh, en), rule=rule)


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Where a token says what its holder may do; a dot leads into an object.

    `roles` maps the issuer's words to roles of the register; empty: the names of the roles themselves.
    """

    role: str = "role"
    region: str = "region"
    institution: str = "institution"
    roles: Mapping[str, Role] = field(default_factory=dict)


def looks_like_jwt(credential: str) -> bool:
    """Tell whether a credential has the three parts of a signed JWT."""
    return credential.count(".") == 2


class JwtReader:
    """Verifies tokens of one issuer for one audience."""

    def __init__(self, keys: IssuerKeys, audience: str, names: ClaimNames, *, skew_seconds: int = 60) -> None:
        self._keys = keys
        self._audience = audience
        self._names = names
        self._skew_seconds = skew_seconds

    async def actor(self, database: Database, token: str) -> Actor:
        """Return the actor of a token; Unauthenticated names what is wrong, Unavailable when no key is known."""
        claims = await self._verified(token)
        role = self._role(claims)
        identity = f"oidc:{_subject(claims)}"
        if role is Role.REGULATOR:
            return await self._regulator(database, identity, claims)
        if role is Role.INSTITUTION:
            return await self._institution(database, identity, claims)
        return Actor(identity, role, name=identity, scope=EVERYTHING if role in _UNSCOPED else "")

    async def _verified(self, token: str) -> dict[str, Any]:
        kid, algorithm = _header(token)
        key = await self._keys.find(kid)
        if key is None:
            raise refused("access.token-key", "签发方没有此签名密钥", "The issuer has no such signing key")
        try:
            return self._decode(token, key, algorithm)
        except jwt.PyJWTError as error:
            raise _told(error) from None

    def _decode(self, token: str, key: Jwk, algorithm: str) -> dict[str, Any]:
        if key.get("alg", algorithm) != algorithm:
            raise jwt.InvalidAlgorithmError
        return jwt.decode(
            token,
            jwt.PyJWK(dict(key), algorithm=algorithm),
            algorithms=[algorithm],
            audience=self._audience,
            issuer=self._keys.issuer,
            leeway=self._skew_seconds,
            options={"require": _REQUIRED},
        )

    def _role(self, claims: Mapping[str, Any]) -> Role:
        said = _claim(claims, self._names.role)
        words = said if isinstance(said, list) else [said]
        known = self._names.roles or {role.value: role for role in Role}
        found = {known[word] for word in words if isinstance(word, str) and word in known} - {Role.PUBLIC}
        if len(found) != 1:
            raise refused("access.token-role", "令牌须恰好含一个角色", "The token must hold exactly one role")
        return found.pop()

    async def _regulator(self, database: Database, identity: str, claims: Mapping[str, Any]) -> Actor:
        code = _claim(claims, self._names.region)
        path = await _ask(database, "access/region_path", code)
        if not path:
            raise _no_scope()
        return Actor(identity, Role.REGULATOR, name=identity, region_code=str(code), scope=str(path))

    async def _institution(self, database: Database, identity: str, claims: Mapping[str, Any]) -> Actor:
        code = _claim(claims, self._names.institution)
        if not await _ask(database, "access/institution_exists", code):
            raise _no_scope()
        return Actor(identity, Role.INSTITUTION, name=identity, institution_code=str(code))


def _header(token: str) -> tuple[str, str]:
    """Return the names of key and algorithm that a token says, both still unproved."""
    try:
        header = jwt.get_unverified_header(token) if len(token) <= LONGEST_TOKEN else {}
    except jwt.PyJWTError:
        header = {}
    kid, algorithm = header.get("kid"), header.get("alg")
    if algorithm is not None and algorithm not in ALGORITHMS:
        raise refused("access.token-algorithm", "不接受此签名算法", "This signature algorithm is not accepted")
    if not isinstance(kid, str) or algorithm is None or str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise refused("access.token-malformed", "不是可用的令牌", "This is no usable token")
    return kid, algorithm


def _told(error: jwt.PyJWTError) -> Unauthenticated:
    match error:
        case jwt.ExpiredSignatureError():
            return refused("access.token-expired", "令牌已过期", "The token has expired")
        case jwt.InvalidAudienceError():
            return refused("access.token-audience", "令牌不是发给本系统的", "The token is for another audience")
        case jwt.InvalidIssuerError():
            return refused("access.token-issuer", "令牌来自其他签发方", "The token is another issuer's")
        case jwt.ImmatureSignatureError() | jwt.MissingRequiredClaimError():
            return refused(
                "access.token-claims", "令牌缺少必要内容或尚未生效", "The token lacks a claim or is not valid yet"
            )
        case _:
            return refused("access.token-signature", "令牌签名无效", "The token's signature does not hold")


def _subject(claims: Mapping[str, Any]) -> str:
    """Return who the token is of; a citizen number would stand in the audit chain for ever and is refused."""
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 200 or hide_citizen_ids(subject) != subject:
        raise refused("access.token-subject", "令牌的主体标识不可用", "The token's subject cannot be used")
    return subject


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """Return the claim of a name as it is, else what a dotted path leads to."""
    if path in claims:
        return claims[path]
    found: object = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


async def _ask(database: Database, statement: str, code: object) -> object:
    if not isinstance(code, str):
        return None
    async with database.staff.acquire(timeout=LONGEST_WAIT_FOR_CONNECTION_SECONDS) as connection:
        return await fetch_value(connection, statement, code)


def _no_scope() -> Unauthenticated:
    zh, en = "令牌未指明本登记册已知的地区或机构", "The token names no region or institution that the register knows"
    return refused("access.token-scope", zh, en)
