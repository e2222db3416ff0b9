"""The tender of the worked example: its own commands, in their order, against a register that serves over HTTP."""

import asyncio
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import uvicorn
from tests.services.importing.conftest import as_csv

from registry.app.assembly import create_app
from registry.auth.keyfile import new_keys
from registry.cli.rehearsal import Rehearsal, rehearse
from registry.db.pool import Addresses, open_database
from registry.domain.actors import operator
from registry.domain.identifiers import uscc_check_character
from registry.services.importing import import_file
from registry.settings import Settings, load_settings

DOCUMENT = (Path(__file__).parents[2] / "docs" / "worked-example-procurement.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(sh|python verify\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [text for kind, text in _BLOCK.findall(DOCUMENT) if kind == "sh"]
(PROGRAM,) = (text for kind, text in _BLOCK.findall(DOCUMENT) if kind != "sh")
BIDDERS = """
SELECT i.code, a.decided_on, a.valid FROM register.institution AS i
  JOIN register.assessment AS a ON a.institution_id = i.id AND a.valid @> (now() AT TIME ZONE 'Asia/Shanghai')::date
  JOIN register.rating AS r ON r.institution_id = i.id AND r.stars >= 3
 WHERE i.status = 'ACTIVE' AND a.grade >= 2 ORDER BY i.id LIMIT 1
"""
CODES = "SELECT code FROM register.institution ORDER BY id LIMIT 900"


@pytest.fixture
def register(addresses: Addresses, tmp_path: Path) -> tuple[Settings, Rehearsal]:
    keys = {name.lower(): text for name, text in new_keys().items()}
    urls = {
        "database_url": addresses.staff,
        "public_database_url": addresses.public,
        "owner_database_url": addresses.owner,
    }
    settings = load_settings(data_dir=tmp_path / "data", public_url="https://credit.example.gov.cn", **keys, **urls)
    return settings, asyncio.run(rehearse(settings, addresses, institutions=200, seed=1))


@pytest.fixture
def url(register: tuple[Settings, Rehearsal]) -> Iterator[str]:
    """The address of a server over it, in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(create_app(register[0]), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 90
    while not (server.started and server.servers) and time.monotonic() < deadline:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


def made_up(number: int) -> str:
    body = f"52310120{number:09d}"
    return body + uscc_check_character(body)


def run(folder: Path, block: str, before: str) -> str:
    """What the commands of a block print, in a shell that knows what those before it set."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = f"set -euo pipefail\n{before}\n{block}"
    ended = subprocess.run(
        ["bash", "-c", script], cwd=folder, env={"PATH": path, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True
    )
    return ended.stdout + ended.stderr


async def _bidders(addresses: Addresses) -> tuple[asyncpg.Record, list[str]]:
    connection = await asyncpg.connect(addresses.owner)
    try:
        row = await connection.fetchrow(BIDDERS)
        assert row is not None
        return row, [found["code"] for found in await connection.fetch(CODES)]
    finally:
        await connection.close()


async def _correct(addresses: Addresses, settings: Settings, bidder: asyncpg.Record) -> None:
    """The bureau sends the assessment again: the first grade, where it had given a better one."""
    corrected = {
        "institution_code": bidder["code"],
        "decided_on": str(bidder["decided_on"]),
        "grade": "1",
        "environment": "50",
        "facilities": "54",
        "operations": "62",
        "service": "245",
        "valid_from": str(bidder["valid"].lower),
        "valid_to": str(bidder["valid"].upper - timedelta(days=1)),
        "assessor": "民政局",
    }
    async with open_database(addresses, size=2) as database:
        content = io.BytesIO(as_csv("assessments", [corrected]))
        named = {"file_name": "correction.csv", "source": "synthetic register of 200 institutions, seed 1"}
        await import_file(database, operator("bureau"), settings.personal_keys(), "assessments", content, **named)


def test_the_commands_prove_a_tender(
    register: tuple[Settings, Rehearsal], url: str, addresses: Addresses, tmp_path: Path
) -> None:
    settings, rehearsal = register
    bidder, codes = asyncio.run(_bidders(addresses))
    thousand = [*codes, *(made_up(number) for number in range(1000 - len(codes)))]
    (tmp_path / "codes.txt").write_text("".join(f"{code}\n" for code in thousand), encoding="utf-8")
    (tmp_path / "verify.py").write_text(PROGRAM, encoding="utf-8")
    given = f"REGISTER={url}\nTOKEN={rehearsal.tokens['PROCUREMENT']}\nCLOSING={datetime.now(UTC).isoformat()}\n"
    key, check, issue, prove, forge, again, genuine, review = BLOCKS[1:]
    run(tmp_path, key, given)
    assert (tmp_path / "key.header").stat().st_mode & 0o077 == 0
    given = re.sub("TOKEN=.*\n", "", given) + check.splitlines()[0] + "\n"
    counts = dict(reversed(line.split()) for line in run(tmp_path, check, given).splitlines())
    assert sum(map(int, counts.values())) == 1000
    assert {"MEETS", "FAILS", "UNDETERMINED"} <= set(counts)
    run(tmp_path, issue, given)
    assert (tmp_path / "statement.pdf").read_bytes().startswith(b"%PDF")
    assert len((tmp_path / "statement.jws").read_text().split(".")) == 3
    number = run(tmp_path, prove, given).split()[0]
    given += f"ID={number}\n"
    proven = (tmp_path / "proven.txt").read_text().splitlines()
    assert [line.split()[0] for line in proven[1:]] == thousand
    assert f"{bidder['code']} MEETS" in "\n".join(proven)
    assert "Error" in run(tmp_path, forge, given)
    asyncio.run(_correct(addresses, settings, bidder))
    assert "proven again" in run(tmp_path, again, given)
    assert run(tmp_path, genuine, given).endswith("true\n")
    assert re.findall("[A-Z]{3,}", run(tmp_path, review, given)) == ["MEETS", "FAILS"]
    (difference,) = json.loads((tmp_path / "review.answer").read_text())["data"]["reviewStatement"]["differences"]
    assert difference["code"] == bidder["code"]
    (change,) = difference["changes"]
    assert (change["kind"], change["changeSetKind"], change["late"]) == ("ASSESSMENT", "IMPORT", True)
