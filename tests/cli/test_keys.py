"""keys …: the keys of an installation are made, rotated and dropped, and never shown."""

import asyncio
import csv
import json
import signal
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from tests.cli.conftest import Program
from tests.services.importing.conftest import citizen

from registry.auth.keyfile import new_keys
from registry.db.pool import Addresses
from registry.domain.signing import Signer

KEY_USES = """
SELECT get_byte(number_encrypted, 0) AS key, count(*) FROM register.person GROUP BY 1 ORDER BY 1
"""


def _ask(address: str, question: str) -> list[tuple[int, ...]]:
    async def run() -> list[tuple[int, ...]]:
        connection = await asyncpg.connect(address)
        rows = [tuple(row) for row in await connection.fetch(question)]
        await connection.close()
        return rows

    return asyncio.run(run())


def _urls(addresses: Addresses) -> dict[str, str]:
    return {
        "DATABASE_URL": addresses.staff,
        "PUBLIC_DATABASE_URL": addresses.public,
        "OWNER_DATABASE_URL": addresses.owner,
    }


@pytest.fixture
def kept(tmp_path: Path, addresses: Addresses) -> Program:
    """The program with its keys in the key file."""
    program = Program(tmp_path, _urls(addresses))
    program.done("keys")
    return program


def _file_of_people(folder: Path, numbers: range) -> Path:
    path = folder / f"people-{numbers.start}.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("citizen_id", "name"))
        writer.writerows((citizen(number), f"王{number}") for number in numbers)
    return path


def _keys(program: Program) -> dict[str, str]:
    return tomllib.loads((program.folder / ".registry" / "keys.toml").read_text(encoding="utf-8"))


def test_the_data_key_is_rotated_and_the_former_one_dropped(kept: Program, addresses: Addresses) -> None:
    people = _file_of_people(kept.folder, range(50))
    kept.done("import", "people", people)
    before = _keys(kept)
    rotation = kept.data("keys", "rotate", "PII_KEY")
    assert rotation == {"key_id": 2, "resealed": 50, "retired": [1]}
    rotated = _keys(kept)
    assert rotated["PII_KEY_PREVIOUS"] == before["PII_KEY"] != rotated["PII_KEY"]
    assert (rotated["SECRET_KEY"], rotated["SIGNING_KEY"]) == (before["SECRET_KEY"], before["SIGNING_KEY"])
    assert _ask(addresses.owner, KEY_USES) == [(2, 50)]
    assert kept.data("keys", "drop") == {"dropped": True}
    assert "PII_KEY_PREVIOUS" not in _keys(kept)
    assert kept.data("import", "people", people)["imported"][0]["unchanged"] == 50
    assert kept.data("keys", "rotate", "PII_KEY")["key_id"] == 3
    assert kept.data("keys", "rotate", "PII_KEY")["key_id"] == 4


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_killed_rotation_goes_on_where_it_was(kept: Program, addresses: Addresses) -> None:
    people = _file_of_people(kept.folder, range(20_000))
    kept.done("import", "people", people)
    process = kept.start("keys", "rotate", "PII_KEY")
    _until(lambda: len(_ask(addresses.owner, KEY_USES)) == 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    halfway = _ask(addresses.owner, KEY_USES)
    assert [key for key, _ in halfway] == [1, 2]
    keys = _keys(kept)
    refused = kept.run("keys", "drop")
    assert (refused.returncode, "keys.still-needed" in refused.stderr) == (1, True)
    more = kept.data("import", "people", _file_of_people(kept.folder, range(19_900, 20_100)))["imported"][0]
    assert (more["added"], more["unchanged"]) == (100, 100)
    rotation = kept.data("keys", "rotate", "PII_KEY")
    assert rotation["retired"] == [1]
    assert 0 < rotation["resealed"] < 20_000
    assert _keys(kept) == keys
    assert _ask(addresses.owner, KEY_USES) == [(2, 20_100)]
    assert kept.run("verify").returncode == 0


def _data_key(program: Program) -> tuple[str, str]:
    findings = json.loads(program.run("doctor", "--json").stdout)["findings"]
    return next((found["level"], found["text"]["en"]) for found in findings if found["check"] == "data key")


def test_doctor_says_under_which_key_people_are(kept: Program, addresses: Addresses) -> None:
    kept.done("import", "people", _file_of_people(kept.folder, range(3)))
    assert _data_key(kept) == ("OK", "Keys and what is under them: 1 SEALING 3")
    kept.done("keys", "rotate", "PII_KEY")
    level, text = _data_key(kept)
    assert (level, "1 RETIRED 0, 2 SEALING 3" in text) == ("WARN", True)
    kept.done("keys", "drop")
    assert _data_key(kept)[0] == "OK"
    foreign = Program(kept.folder, {**_urls(addresses), **new_keys()})
    assert _data_key(foreign)[0] == "FAIL"
    _ask(addresses.owner, "UPDATE register.personal_key SET state = 'OPENING', retired_at = NULL WHERE id = 1")
    assert _data_key(kept)[0] == "FAIL"


def test_no_key_is_shown_by_a_rotation(kept: Program) -> None:
    kept.done("import", "people", _file_of_people(kept.folder, range(3)))
    shown = [kept.run(*words) for words in (("keys", "rotate", "PII_KEY"), ("--debug", "keys", "drop"))]
    text = "".join(result.stdout + result.stderr for result in shown)
    assert not [key for key in _keys(kept).values() if key in text]


def test_keys_from_the_environment_are_replaced_there(tmp_path: Path, addresses: Addresses) -> None:
    first, second = new_keys(), new_keys()
    program = Program(tmp_path, {**_urls(addresses), **first})
    program.done("import", "people", _file_of_people(tmp_path, range(5)))
    refused = program.run("keys", "rotate", "PII_KEY")
    assert (refused.returncode, "keys.not-in-file" in refused.stderr) == (1, True)
    both = {**program.settings, "PII_KEY": second["PII_KEY"], "PII_KEY_PREVIOUS": first["PII_KEY"]}
    assert Program(tmp_path, both).data("keys", "rotate", "PII_KEY")["resealed"] == 5
    alone = Program(tmp_path, {**program.settings, "PII_KEY": second["PII_KEY"]})
    assert alone.data("import", "people", tmp_path / "people-0.csv")["imported"][0]["unchanged"] == 5
    foreign = program.run("import", "people", tmp_path / "people-0.csv")
    assert (foreign.returncode, "personal-key.other" in foreign.stderr) == (1, True)


def test_api_keys_end_with_their_secret_only_when_that_is_said(kept: Program) -> None:
    before = _keys(kept)
    refused = kept.run("keys", "rotate", "SECRET_KEY")
    assert (refused.returncode, "keys.ends-api-keys" in refused.stderr) == (1, True)
    assert _keys(kept) == before
    assert kept.data("keys", "rotate", "SECRET_KEY", "--yes") == {"rotated": "SECRET_KEY"}
    assert kept.data("keys", "rotate", "SIGNING_KEY") == {"rotated": "SIGNING_KEY"}
    after = _keys(kept)
    assert after["PII_KEY"] == before["PII_KEY"]
    assert {before["SECRET_KEY"], before["SIGNING_KEY"]}.isdisjoint(after.values())
    assert kept.run("keys", "rotate", "PIN").returncode == 2


def test_a_statement_of_another_register_is_refused(kept: Program) -> None:
    stranger = Signer.derive(b"a key that this register never had ..")
    statement = kept.folder / "statement.jws"
    statement.write_text(stranger.sign("registry-procurement-statement+jws", {"id": "x"}) + "\n")
    refused = kept.run("statement", "verify", str(statement))
    assert refused.returncode == 1
    assert "signature.unknown-key" in refused.stderr
    assert kept.run("statement", "verify", str(kept.folder / "absent.jws")).returncode == 1


def test_a_checkpoint_is_signed_and_shipped_lines_are_held_against_the_chain(kept: Program) -> None:
    kept.done("seed")
    kept.done("checkpoint")
    shipped = kept.folder / ".registry" / "checkpoints.jws"
    assert len(shipped.read_text().splitlines()) == 1
    kept.done("verify")
    changed = kept.folder / "changed.jws"
    changed.write_bytes(shipped.read_bytes()[:-2] + b"\n")
    refused = kept.run("verify", "--checkpoints", str(changed))
    assert refused.returncode == 1
    assert "checkpoint.signature" in refused.stdout
