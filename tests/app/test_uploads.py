"""Uploads by the tus protocol: pieces in their order, held to digests and sizes, their owner's, imported once."""

import base64
import hashlib
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from tests.app.conftest import until
from tests.services.importing.conftest import KEYS, OPERATOR, REGIONS, as_csv, organisation, uscc

from registry.app.background import Background
from registry.app.protections import answer_register_error
from registry.app.uploads import Uploads, upload_routes
from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, EVERYTHING, Actor
from registry.domain.errors import RegisterError
from registry.services.importing import import_file
from registry.services.uploads import Store

ACTORS = {
    None: ANONYMOUS,
    "operator": Actor("cli", Role.ADMIN, "operator", scope=EVERYTHING),
    "rival": Actor("cli2", Role.ADMIN, "rival", scope=EVERYTHING),
    "home": Actor("oidc:1", Role.INSTITUTION, institution_code=uscc(1)),
    "buyer": Actor("oidc:2", Role.PROCUREMENT),
    "revoked": Actor("key:77", Role.ADMIN, scope=EVERYTHING, key_id=77),
}
ROWS = [organisation(number) for number in range(1, 60)]
FILE = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
TUS = {"tus-resumable": "1.0.0"}
Line = tuple[httpx.AsyncClient, Uploads]


@pytest.fixture
async def line(database: Database, tmp_path: Path) -> AsyncIterator[Line]:
    """A client, and the uploads that it reaches."""

    async def authenticate(header: str | None) -> Actor:
        return ACTORS[header]

    regions = io.BytesIO(as_csv("regions", REGIONS))
    await import_file(database, OPERATOR, KEYS, "regions", regions, file_name="r.csv", source="test")
    background = Background()
    uploads = Uploads(database, authenticate, Store(tmp_path / "uploads"), lambda: KEYS, background)
    app = Starlette(routes=upload_routes(uploads), exception_handlers={RegisterError: answer_register_error})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://register") as opened:
        yield opened, uploads
    await background.stop()


def _told(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


async def begun(client: httpx.AsyncClient, size: int = len(FILE), who: str = "operator", **told: str) -> httpx.Response:
    given = {"kind": "organisations", "filename": "o.jsonl", "source": "partner", **told}
    headers = {**TUS, "authorization": who, "upload-length": str(size), "upload-metadata": _told(**given)}
    return await client.post("/uploads/", headers=headers)


async def sent(client: httpx.AsyncClient, place: str, offset: int, piece: bytes, **more: str) -> httpx.Response:
    headers = {
        **TUS,
        "authorization": "operator",
        "upload-offset": str(offset),
        "content-type": "application/offset+octet-stream",
    }
    return await client.patch(place, content=piece, headers={**headers, **more})


async def offset_of(client: httpx.AsyncClient, place: str, who: str = "operator") -> int:
    found = await client.head(place, headers={**TUS, "authorization": who})
    return int(found.headers["upload-offset"]) if found.status_code == 200 else -found.status_code


async def ended(admin: Connection, place: str) -> dict[str, object]:
    """Wait for what becomes of an upload."""
    asked = "SELECT * FROM register.upload WHERE id = $1"
    number = UUID(place.rpartition("/")[2])

    async def over() -> bool:
        row = await admin.fetchrow(asked, number)
        return row is not None and row["ended_at"] is not None

    await until(over)
    row = await admin.fetchrow(asked, number)
    assert row is not None
    return dict(row)


async def test_the_server_tells_what_it_can_do(line: Line) -> None:
    client, _ = line
    told = await client.options("/uploads/")
    assert told.status_code == 204
    assert set(told.headers["tus-extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert (told.headers["tus-version"], told.headers["tus-max-size"]) == ("1.0.0", str(1 << 30))
    other = await client.post("/uploads/", headers={"authorization": "operator", "tus-resumable": "0.2.2"})
    assert (other.status_code, other.headers["tus-version"]) == (412, "1.0.0")


async def test_pieces_in_their_order_are_imported_once_whole(line: Line, database: Database, admin: Connection) -> None:
    client, uploads = line
    made = await begun(client, sha256=hashlib.sha256(FILE).hexdigest())
    place = made.headers["location"]
    assert (made.status_code, made.headers["upload-offset"], "upload-expires" in made.headers) == (201, "0", True)
    assert (await sent(client, place, 0, FILE[:1000])).headers["upload-offset"] == "1000"
    assert (await sent(client, place, 0, FILE[:1000])).status_code == 409
    assert (await sent(client, place, 1000, FILE[1000:], **{"content-type": "text/csv"})).status_code == 415
    assert await offset_of(client, place) == 1000
    assert (await sent(client, place, 1000, FILE[1000:] + b"more")).status_code == 413
    assert await offset_of(client, place) == 1000
    assert (await sent(client, place, 1000, FILE[1000:])).status_code == 204
    row = await ended(admin, place)
    assert (row["state"], row["rows"], row["added"], row["row_errors"]) == ("IMPORTED", 59, 59, "[]")
    assert await offset_of(client, place) == len(FILE)
    batches = await admin.fetchval("SELECT count(*) FROM register.import_batch")
    await admin.execute("UPDATE register.upload SET state = 'IMPORTING', ended_at = NULL, added = NULL")
    uploads.store.path(UUID(place[9:])).write_bytes(FILE)
    await uploads.take_up()
    again = await ended(admin, place)
    assert (again["state"], again["added"], again["position"]) == ("IMPORTED", 59, row["position"])
    assert await admin.fetchval("SELECT count(*) FROM register.import_batch") == batches


async def test_a_piece_that_is_not_what_its_digest_says_is_not_taken(line: Line) -> None:
    client, _ = line
    place = (await begun(client)).headers["location"]
    for algorithm in ("sha1", "sha256"):
        digest = base64.b64encode(hashlib.new(algorithm, FILE[:100]).digest()).decode()
        wrong = await sent(client, place, 0, b"x" * 100, **{"upload-checksum": f"{algorithm} {digest}"})
        assert (wrong.status_code, await offset_of(client, place)) == (460, 0)
    assert (await sent(client, place, 0, FILE[:100], **{"upload-checksum": f"sha256 {digest}"})).status_code == 204
    unknown = await sent(client, place, 100, b"x", **{"upload-checksum": f"md5 {digest}"})
    assert (unknown.status_code, unknown.json()["error"]["rule"]) == (400, "upload.checksum")


async def test_rows_that_are_wrong_are_told_as_of_a_file(line: Line, admin: Connection) -> None:
    client, _ = line
    rows = [organisation(1), {**organisation(2), "status": "GONE"}]
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    place = (await begun(client, len(content))).headers["location"]
    await sent(client, place, 0, content)
    row = await ended(admin, place)
    errors = json.loads(str(row["row_errors"]))
    assert (row["state"], row["rule"]) == ("REFUSED", "import.rows-rejected")
    assert [(error["row"], error["column"], error["value"]) for error in errors] == [(2, "status", "GONE")]
    assert await admin.fetchval("SELECT count(*) FROM register.organisation") == 0


async def test_an_upload_is_of_who_began_it_and_within_limits(line: Line) -> None:
    client, _ = line
    place = (await begun(client)).headers["location"]
    assert await offset_of(client, place, "rival") == -404
    refused = {
        "buyer": (await begun(client, who="buyer")).json()["error"]["rule"],
        "kind": (await begun(client, who="home")).json()["error"]["rule"],
        "size": (await begun(client, (1 << 30) + 1)).json()["error"]["rule"],
        "empty": (await begun(client, 0)).json()["error"]["rule"],
        "name": (await begun(client, filename="")).json()["error"]["rule"],
        "digest": (await begun(client, sha256="x")).json()["error"]["rule"],
    }
    assert refused == {
        "buyer": "access.role",
        "kind": "import.institution-kind",
        "size": "upload.too-large",
        "empty": "upload.length",
        "name": "upload.name",
        "digest": "upload.digest",
    }
    for _ in range(4):
        assert (await begun(client)).status_code == 201
    assert (await begun(client)).json()["error"]["rule"] == "upload.open"
    assert (await client.delete(place, headers={**TUS, "authorization": "operator"})).status_code == 204
    assert await offset_of(client, place) == -404
    assert (await begun(client)).status_code == 201


async def test_what_expired_is_gone_and_its_bytes_with_the_next(line: Line, admin: Connection) -> None:
    client, uploads = line
    place = (await begun(client)).headers["location"]
    await sent(client, place, 0, FILE[:10])
    await admin.execute("UPDATE register.upload SET expires_at = now() - interval '1 second'")
    assert await offset_of(client, place) == -410
    assert uploads.store.size(UUID(place[9:])) == 10
    await begun(client)
    assert (await offset_of(client, place), uploads.store.size(UUID(place[9:]))) == (-404, None)


async def test_a_file_with_other_bytes_or_of_a_revoked_key_is_not_imported(line: Line, admin: Connection) -> None:
    client, _ = line
    place = (await begun(client, sha256="0" * 64)).headers["location"]
    await sent(client, place, 0, FILE)
    assert (await ended(admin, place))["rule"] == "import.digest"
    place = (await begun(client, who="revoked")).headers["location"]
    await sent(client, place, 0, FILE, authorization="revoked")
    assert (await ended(admin, place))["rule"] == "upload.key"
