"""migrate, keys, doctor, verify, schema."""

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.cli.conftest import Program

from registry.auth.keyfile import new_keys
from registry.db.embedded import EmbeddedServer
from registry.db.migrate import shipped_migrations
from registry.db.pool import Addresses

pytestmark = pytest.mark.xdist_group("demo-register")

REPOSITORY = Path(__file__).resolve().parents[2]


def _settings(addresses: Addresses) -> dict[str, str]:
    urls = {
        "DATABASE_URL": addresses.staff,
        "PUBLIC_DATABASE_URL": addresses.public,
        "OWNER_DATABASE_URL": addresses.owner,
    }
    return {**urls, **new_keys()}


@pytest.fixture
def configured(tmp_path: Path, addresses: Addresses) -> Program:
    """The program on a migrated, empty database that its settings name."""
    return Program(tmp_path, _settings(addresses))


def _execute(address: str, command: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(address)
        await connection.execute(command)
        await connection.close()

    asyncio.run(run())


def _levels(document: dict[str, Any]) -> dict[str, str]:
    return {finding["check"]: finding["level"] for finding in document["findings"]}


def test_migrate_applies_what_is_missing_once(tmp_path: Path, server: EmbeddedServer) -> None:
    _execute(server.dsn("registry_admin", "postgres"), "CREATE DATABASE migrated_by_command")
    logins = ("registry_staff", "registry_public", "registry_admin")
    addresses = Addresses(*(server.dsn(login, "migrated_by_command") for login in logins))
    program = Program(tmp_path, _settings(addresses))
    names = [f"{migration.number:04d}_{migration.name}" for migration in shipped_migrations()]
    assert program.run("verify").returncode == 1
    assert program.data("migrate")["applied"] == names
    assert program.data("migrate")["applied"] == []
    assert "up to date" in program.done("migrate")
    _execute(server.dsn("registry_admin", "postgres"), "DROP DATABASE migrated_by_command")


def test_commands_refuse_a_database_that_is_behind(configured: Program, addresses: Addresses) -> None:
    _execute(addresses.owner, "DELETE FROM public.registry_migration WHERE number = 12")
    for command in (["score"], ["verify"], ["token", "list"], ["seed"]):
        result = configured.run(*command)
        assert result.returncode == 1
        assert "migration.pending" in result.stderr


def test_a_refused_login_is_told_without_its_password(bare: Program, addresses: Addresses) -> None:
    url = addresses.staff.replace("registry_staff@", "nobody_known:hunter2@")
    result = Program(bare.folder, {"DATABASE_URL": url}).run("verify")
    assert result.returncode == 1
    assert "nobody_known" in result.stderr
    assert "hunter2" not in result.stderr
    assert "Traceback" not in result.stderr


def test_keys_are_made_once_and_privately(bare: Program) -> None:
    assert bare.data("keys")["made"] is True
    path = bare.folder / ".registry" / "keys.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made = path.read_text()
    assert bare.data("keys")["made"] is False
    assert path.read_text() == made
    printed = bare.done("keys", "--print")
    assert printed.count("\n") == 3
    assert printed != made
    assert bare.done("keys") not in made


def test_the_schema_is_the_one_in_the_repository(bare: Program) -> None:
    assert bare.done("schema") == (REPOSITORY / "schema" / "registry.graphql").read_text(encoding="utf-8")


def test_doctor_finds_a_demo_healthy(demo: Program) -> None:
    document = demo.data("doctor")
    assert document["healthy"] is True
    levels = _levels(document)
    assert levels.pop("calendar") in {"OK", "WARN"}
    assert {levels.pop("worker"), levels.pop("checkpoint")} <= {"OK", "WARN"}, "a worker of another test may have"
    assert levels.pop("credit rules") == "WARN"
    assert levels.pop("disk") in {"OK", "WARN"}
    assert levels.pop("flags") in {"OK", "WARN"}, "other tests import into the same demo"
    assert levels.pop("sources") in {"OK", "WARN"}
    assert set(levels) == {
        *("settings", "keys", "kernel cache", "logins", "migrations", "clock", "reference data"),
        *("login registry_staff", "login registry_public"),
        *("data key", "sizes", "bloat", "wraparound", "indexes", "deadlines"),
    }
    assert set(levels.values()) == {"OK"}


def test_doctor_says_what_is_missing_and_how_to_mend_it(bare: Program) -> None:
    result = bare.run("doctor", "--json")
    assert result.returncode == 1
    document = json.loads(result.stdout)
    assert document["healthy"] is False
    levels = _levels(document)
    assert [levels[f"key {name}"] for name in ("SECRET_KEY", "PII_KEY", "SIGNING_KEY")] == ["FAIL"] * 3
    assert levels["login registry_staff"] == "FAIL"
    remedies = {finding["check"]: finding["remedy"] for finding in document["findings"] if finding["remedy"]}
    assert "registry migrate" in remedies["login registry_staff"]["en"]
    shown = bare.run("doctor").stdout
    assert "FAIL  key PII_KEY: REGISTRY_PII_KEY is not set" in shown
    assert "→ run `registry migrate` first" in shown


def test_doctor_finds_a_bare_schema_lacking_its_data(configured: Program) -> None:
    result = configured.run("doctor", "--json")
    assert result.returncode == 1
    levels = _levels(json.loads(result.stdout))
    assert (levels["migrations"], levels["reference data"], levels["calendar"]) == ("OK", "FAIL", "FAIL")


def test_doctor_warns_of_a_shared_login(tmp_path: Path, addresses: Addresses) -> None:
    program = Program(tmp_path, {"DATABASE_URL": addresses.owner, **new_keys()})
    document = json.loads(program.run("doctor", "--json").stdout)
    levels = _levels(document)
    assert levels["logins"] == "WARN"
    assert levels["login registry_staff"] == "WARN"


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [("PORT", "x", "settings"), ("SCHEDULE", "0 2 30 * 1", "settings"), ("SECRET_KEY", "weak", "key SECRET_KEY")],
)
def test_doctor_tells_a_wrong_setting(configured: Program, name: str, value: str, check: str) -> None:
    program = Program(configured.folder, {**configured.settings, name: value})
    result = program.run("doctor", "--json")
    assert result.returncode == 1
    assert _levels(json.loads(result.stdout))[check] == "FAIL"


def test_doctor_tells_a_database_that_is_away(bare: Program) -> None:
    program = Program(bare.folder, {"DATABASE_URL": "postgresql://staff@127.0.0.1:1/none", **new_keys()})
    result = program.run("doctor", "--json")
    assert result.returncode == 1
    levels = _levels(json.loads(result.stdout))
    assert levels["login registry_staff"] == "FAIL"
    assert "migrations" not in levels


def test_verify_holds_for_an_honest_register(demo: Program) -> None:
    document = demo.data("verify")
    assert document["holds"] is True
    assert document["violations"] == []
    assert {check["check"] for check in document["checks"]} == {
        *("checkpoints", "statements"),
        *("audit-chain", "change-sets", "ordinals", "history", "references", "audited", "digests"),
        *("policies", "erasures"),
        "standing",
    }
    unexamined = {check["check"] for check in document["checks"] if not check["examined"]}
    assert unexamined <= {"checkpoints", "statements"}, "no worker has signed one, and nobody may have asked"


WITHOUT_DIGESTS = {"seedCatalogues", "prune", "procurementCheck"}
"""Shipped catalogues, which every installation can read again; clearing up; and a look, which changes nothing."""


def test_events_tell_what_their_act_left(demo: Program) -> None:
    told = """SELECT action, coalesce(subject, '') AS subject FROM register.audit_event
      WHERE payload::json ->> 'before' IS NULL AND payload::json ->> 'after' IS NULL"""

    async def without() -> set[str]:
        with EmbeddedServer.open(demo.folder / ".registry") as server:
            connection = await asyncpg.connect(server.dsn("registry_admin"))
            rows = await connection.fetch(told)
            await connection.close()
            return {f"{row['action']} {row['subject']}" for row in rows if row["action"] not in WITHOUT_DIGESTS}

    assert asyncio.run(without()) == set()


def test_verify_ends_with_1_for_a_tampered_register(configured: Program, addresses: Addresses) -> None:
    assert configured.run("verify").returncode == 0
    _execute(addresses.owner, "UPDATE register.register_head SET position = 3")
    result = configured.run("verify", "--json")
    assert result.returncode == 1
    document = json.loads(result.stdout)
    assert document["holds"] is False
    assert document["violations"][0]["rule"] == "change-set.head"
    assert "change-set.head" in configured.run("verify").stdout
