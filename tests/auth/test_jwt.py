"""Tokens of an OpenID Connect issuer that answers over HTTP, against the real tables."""

import asyncio
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from registry.auth.issuer import FLOOR_SECONDS, KEPT_SECONDS, STALE_SECONDS, IssuerKeys
from registry.auth.jwt import LONGEST_TOKEN, ClaimNames, JwtReader
from registry.auth.tokens import Authenticator
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.errors import Unauthenticated, Unavailable

SECRET = b"s" * 32


class Issuer:
    """An issuer with one signing key, counted requests, and a clock that the test moves."""

    def __init__(self) -> None:
        self.away = False
        self.requests = 0
        self.now = 0.0
        self.keys_at = ""
        self.use = "sig"
        self.roll("one")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.reader = JwtReader(
            IssuerKeys(self.url, lambda: self.now),
            "register",
            ClaimNames(role="realm.roles", roles={"boss": Role.ADMIN}),
        )

    def roll(self, kid: str) -> None:
        self.kid = kid
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def answer(self, path: str) -> Any:
        self.requests += 1
        if path.endswith("openid-configuration"):
            return {"issuer": self.url, "jwks_uri": self.keys_at or f"{self.url}/keys"}
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.kid, "use": self.use}]}

    def token(self, typ: str = "at+jwt", without: str = "", **changed: Any) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": "register", "sub": "li", "iat": now, "exp": now + 300}
        claims |= {"realm": {"roles": ["boss", "other"]}} | changed
        claims.pop(without, None)
        return jwt.encode(claims, self.key, "RS256", {"kid": self.kid, "typ": typ})


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503 if issuer.away else 200)
            self.end_headers()
            self.wfile.write(json.dumps(issuer.answer(self.path)).encode())

        def log_message(self, *_given: Any) -> None:
            pass

    return Handler


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    Thread(target=made.server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


async def _ask(issuer: Issuer, database: Database, token: str) -> Any:
    return await Authenticator(database, SECRET, issuer.reader).authenticate(f"Bearer {token}")


async def test_a_token_opens_the_role_it_maps_to_and_keys_are_fetched_once(issuer: Issuer, database: Database) -> None:
    for _ in range(3):
        actor = await _ask(issuer, database, issuer.token())
        assert (actor.identity, actor.role, actor.scope) == ("oidc:li", Role.ADMIN, "ALL")
    assert issuer.requests == 2


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"exp": 1}, "access.token-expired"),
        ({"aud": "other"}, "access.token-audience"),
        ({"iss": "https://other.example"}, "access.token-issuer"),
        ({"nbf": 9_999_999_999}, "access.token-claims"),
        ({"iat": 9_999_999_999}, "access.token-claims"),
        ({"realm": {}}, "access.token-role"),
        ({"realm": {"roles": ["ADMIN"]}}, "access.token-role"),
        ({"sub": ""}, "access.token-subject"),
        ({"sub": "11010519491231002X"}, "access.token-subject"),
    ],
)
async def test_wrong_claims_are_refused(issuer: Issuer, database: Database, changed: Any, rule: str) -> None:
    token = issuer.token(**changed)
    with pytest.raises(Unauthenticated) as found:
        await _ask(issuer, database, token)
    assert found.value.rule == rule
    assert token.split(".")[1] not in repr(found.value)


@pytest.mark.parametrize("role", [Role.REGULATOR, Role.INSTITUTION])
async def test_a_scoped_role_needs_a_scope_that_is_known(issuer: Issuer, database: Database, role: Role) -> None:
    issuer.reader = JwtReader(IssuerKeys(issuer.url), "register", ClaimNames())
    with pytest.raises(Unauthenticated) as found:
        await _ask(issuer, database, issuer.token(role=role.value, region="999999", institution="none"))
    assert found.value.rule == "access.token-scope"


async def test_other_algorithms_and_changed_signatures_are_refused(issuer: Issuer, database: Database) -> None:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    public_as_secret = "x" * 64
    for token in (
        jwt.encode(claims, public_as_secret, "HS256", {"kid": issuer.kid}),
        jwt.encode(claims, None, "none", {"kid": issuer.kid}),
    ):
        with pytest.raises(Unauthenticated) as found:
            await _ask(issuer, database, token)
        assert found.value.rule == "access.token-algorithm"
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(Unauthenticated) as found:
        await _ask(issuer, database, jwt.encode(claims, stranger, "RS256", {"kid": issuer.kid}))
    assert found.value.rule == "access.token-signature"


async def test_a_rolled_key_is_fetched_but_not_before_the_floor(issuer: Issuer, database: Database) -> None:
    await _ask(issuer, database, issuer.token())
    issuer.roll("two")
    with pytest.raises(Unauthenticated) as found:
        await _ask(issuer, database, issuer.token())
    assert (found.value.rule, issuer.requests) == ("access.token-key", 2)
    issuer.now += FLOOR_SECONDS
    assert (await _ask(issuer, database, issuer.token())).role is Role.ADMIN


async def test_kept_keys_go_on_while_the_issuer_is_away(issuer: Issuer, database: Database) -> None:
    await _ask(issuer, database, issuer.token())
    issuer.away = True
    issuer.now += STALE_SECONDS + 1
    assert (await _ask(issuer, database, issuer.token())).role is Role.ADMIN


async def test_kept_keys_end_where_the_issuer_stays_away(issuer: Issuer, database: Database) -> None:
    await _ask(issuer, database, issuer.token())
    issuer.away = True
    issuer.now += KEPT_SECONDS + 1
    with pytest.raises(Unavailable) as found:
        await _ask(issuer, database, issuer.token())
    assert found.value.rule == "access.issuer-away"
    issuer.away = False
    issuer.now += FLOOR_SECONDS
    assert (await _ask(issuer, database, issuer.token())).role is Role.ADMIN


async def test_without_any_key_the_answer_is_unavailable(issuer: Issuer, database: Database) -> None:
    issuer.away = True
    with pytest.raises(Unavailable):
        await _ask(issuer, database, issuer.token())


async def test_a_key_that_the_issuer_withdrew_soon_opens_nothing(issuer: Issuer, database: Database) -> None:
    """The set is fetched again behind an answer once it is old, although every name that is asked for is known."""
    old = issuer.token()
    await _ask(issuer, database, old)
    issuer.roll("two")
    issuer.now += STALE_SECONDS - 1
    await _ask(issuer, database, old)
    assert issuer.requests == 2
    issuer.now += 2
    with pytest.raises(Unauthenticated) as found:
        async with asyncio.timeout(60):
            while True:
                await _ask(issuer, database, old)
                await asyncio.sleep(0.01)
    assert found.value.rule == "access.token-key"


async def test_keys_are_fetched_from_nowhere_but_this_machine_without_tls(issuer: Issuer, database: Database) -> None:
    """The issuer's document may name any place for its keys."""
    port = issuer.server.server_port
    for place in (f"http://127.1:{port}/keys", f"http://[::ffff:127.0.0.1]:{port}/keys", "file:///etc/hostname"):
        issuer.keys_at, issuer.now = place, issuer.now + FLOOR_SECONDS
        with pytest.raises(Unavailable):
            await _ask(issuer, database, issuer.token())
    issuer.keys_at, issuer.now = "", issuer.now + FLOOR_SECONDS
    assert (await _ask(issuer, database, issuer.token())).role is Role.ADMIN


async def test_a_key_for_encryption_verifies_nothing(issuer: Issuer, database: Database) -> None:
    issuer.use = "enc"
    with pytest.raises(Unavailable):
        await _ask(issuer, database, issuer.token())


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        *(({"without": name}, "access.token-claims") for name in ("exp", "iat", "sub")),
        ({"without": "aud"}, "access.token-claims"),
        ({"without": "iss"}, "access.token-claims"),
        ({"typ": "logout+jwt"}, "access.token-malformed"),
        ({"typ": "dpop+jwt"}, "access.token-malformed"),
        ({"more": "x" * LONGEST_TOKEN}, "access.token-malformed"),
    ],
)
async def test_what_is_no_access_token_is_refused(
    issuer: Issuer, database: Database, given: dict[str, Any], rule: str
) -> None:
    with pytest.raises(Unauthenticated) as found:
        await _ask(issuer, database, issuer.token(**given))
    assert found.value.rule == rule
