"""erase, retention …: on the screen and to the end of a process."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from tests.cli.conftest import PROGRAM, Ended, Program
from tests.services.importing.conftest import as_csv, citizen, person

from registry.auth.keyfile import new_keys
from registry.db.pool import Addresses
from registry.domain.lawdays import law_day

TODAY = law_day(datetime.now(UTC))


@pytest.fixture
def configured(tmp_path: Path, addresses: Addresses) -> Program:
    """The program on a register with two people who work nowhere."""
    urls = {"DATABASE_URL": addresses.staff, "PUBLIC_DATABASE_URL": addresses.public}
    program = Program(tmp_path, {**urls, "OWNER_DATABASE_URL": addresses.owner, **new_keys()})
    (tmp_path / "people.csv").write_bytes(as_csv("people", [person(1), person(2)]))
    program.done("import", "people", tmp_path / "people.csv")
    return program


def _ask(addresses: Addresses, question: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(addresses.owner)
        answer = await connection.fetchval(question)
        await connection.close()
        return answer

    return asyncio.run(run())


def _with_input(program: Program, text: str, *arguments: str) -> Ended:
    done = subprocess.run(
        [*PROGRAM, *arguments], input=text, cwd=program.folder, env=program.environment, capture_output=True, text=True
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_one_person_is_erased_by_the_number_on_standard_input(configured: Program, addresses: Addresses) -> None:
    done = _with_input(configured, f" {citizen(1)}\n", "erase", "--reason", "本人申请", "--json")
    assert json.loads(done.stdout)["erased"] == 1
    assert _ask(addresses, "SELECT count(*) FROM register.person WHERE number_hash IS NOT NULL") == 1
    again = _with_input(configured, citizen(1), "--debug", "erase", "--reason", "本人申请")
    assert (again.returncode, "person.unknown" in again.stderr) == (1, True)
    wrong = _with_input(configured, citizen(1)[:-1] + "Z", "erase", "--reason", "本人申请")
    assert (wrong.returncode, "citizen-id" in wrong.stderr) == (1, True)
    assert citizen(1)[:17] not in "".join(end.stdout + end.stderr for end in (done, again, wrong))
    assert configured.run("verify").returncode == 0


def test_a_rule_is_set_and_kept(configured: Program, addresses: Addresses) -> None:
    assert configured.data("erase", "--due", "--dry-run") == {"due": 0, "erased": 0, "position": None}
    told = ("retention", "set", "PERSON", "--term", "1 day", "--basis", "地方规定", "--from")
    refused = configured.run(*told, str(TODAY - timedelta(days=1)))
    assert (refused.returncode, "retention.past" in refused.stderr) == (1, True)
    configured.done(*told, str(TODAY))
    rules = [rule for rule in configured.data("retention", "list") if rule["subject"] == "PERSON"]
    assert [(rule["months"], rule["days"], rule["effective_to"]) for rule in rules] == [
        (36, 0, str(TODAY - timedelta(days=1))), (0, 1, None),
    ]  # fmt: skip
    assert "地方规定" in configured.done("retention", "list")
    again = configured.run(*told, str(TODAY))
    assert (again.returncode, "retention.past" in again.stderr) == (1, True)
    assert _ask(addresses, "SELECT count(*) FROM register.audit_event WHERE action = 'setRetentionRule'") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("erase",),
        ("erase", "--due", "--reason", "x"),
        ("erase", "--reason", "x", "--dry-run"),
        ("retention", "set", "PERSON", "--term", "soon", "--from", "2099-01-01", "--basis", "x"),
        ("retention", "set", "AUDIT", "--term", "1 day", "--from", "2099-01-01", "--basis", "x"),
    ],
)
def test_wrong_usage(bare: Program, arguments: tuple[str, ...]) -> None:
    assert bare.run(*arguments).returncode == 2
