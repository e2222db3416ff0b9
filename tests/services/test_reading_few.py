"""What is read of a few institutions, or of one in the past, is what reading the whole register reads of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import numpy as np
import pytest
from tests.services.generated import revoke_every_third

from registry.db.pool import Connection, Database, execute
from registry.db.statements import statement
from registry.domain.actors import operator
from registry.domain.personal import PersonalKeys
from registry.services.circumstances import Asked, RatingVersion, find_circumstances
from registry.services.earlier_ratings import read_earlier_ratings
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.policy_runs import governed, load_policies, run_policy
from registry.services.rating_runs import recompute
from registry.services.scoring_inputs import Snapshot, read_snapshot
from registry.services.seeding import seed
from registry.services.transactions import acting
from registry.synthetic import DEFAULT_AS_OF, generate
from scoring import Certificates

CLI = operator("cli")
KEYS = PersonalKeys.derive(b"k" * 32)
DAY = DEFAULT_AS_OF
INSTITUTIONS = 80
EQUIVALENCES = """region_code,from_ladder,from_rung,to_ladder,to_rung,effective_from,legal_basis
CN,EDUCATION,VOCATIONAL,SKILL,JUNIOR,2020-01-01,某文件
"""


@pytest.fixture
async def register(database: Database, admin: Connection, tmp_path: Path) -> Database:
    """A synthetic register, rated under every shipped policy, with people on two full-time posts."""
    await seed(database, CLI)
    manifest = await asyncio.to_thread(generate, tmp_path, institutions=INSTITUTIONS, seed=7)
    for file in manifest.files:
        kind = file.name.removesuffix(".csv")
        await import_file(database, CLI, KEYS, kind, tmp_path / file.name, file_name=file.name, source="test")
    equal = tmp_path / "equivalences.csv"
    equal.write_text(EQUIVALENCES, encoding="utf-8")
    await import_file(database, CLI, KEYS, equal.stem, equal, file_name=equal.name, source="test")
    for document in shipped_documents().values():
        await add_policy(database, CLI, document)
    await recompute(database, CLI, as_of=DAY)
    assert await admin.fetchval(
        """SELECT count(*) FROM (
             SELECT person_id FROM register.employment WHERE worked @> $1::date AND fte_thousandths = 1000
              GROUP BY person_id HAVING count(DISTINCT institution_id) > 1) AS twice""",
        DAY,
    )
    return database


async def _rated(database: Database, only: list[int] | None) -> tuple[Snapshot, Mapping[int, object]]:
    """What an incremental run says of each institution asked for, by id."""
    async with acting(database, CLI, isolation="repeatable_read", readonly=True) as work:
        policies = await load_policies(work.connection, None, DAY, only)
        snapshot = await read_snapshot(work.connection, DAY, only)
    said: dict[int, object] = {}
    for in_force, rows in governed(snapshot, policies):
        outcome = run_policy(snapshot, in_force, rows, incremental=True).outcome
        for row, number in enumerate(snapshot.ids[rows].tolist()):
            told = (outcome.values, outcome.points, outcome.contributions, outcome.stages, outcome.limits)
            ranks = (outcome.ranks.nation, outcome.ranks.region, outcome.ranks.kind)
            parts = [part[row].tolist() for part in (*told, outcome.score, outcome.stars, *ranks)]
            said[number] = (in_force.policy.code, *parts)
    return snapshot, said


async def test_each_institution_alone_and_any_few_are_rated_as_among_all(register: Database) -> None:
    whole, everybody = await _rated(register, None)
    neighbours = 0
    for number in whole.ids.tolist():
        few, said = await _rated(register, [number])
        neighbours += few.n - int(few.asked.sum())
        assert few.ids[few.asked].tolist() == [number]
        assert said == {key: value for key, value in everybody.items() if key == number}
    assert 0 < neighbours < whole.n * 4
    draws = Random(11)
    for _ in range(8):
        chosen = draws.sample(whole.ids.tolist(), draws.randint(2, 30))
        _, said = await _rated(register, chosen)
        assert said == {key: value for key, value in everybody.items() if key in set(chosen)}


async def test_an_institution_that_is_not_open_or_not_there_is_not_read(register: Database, admin: Connection) -> None:
    closed = await admin.fetchval("SELECT min(id) FROM register.institution WHERE status = 'CLOSED'")
    few, said = await _rated(register, [closed or -2, -1])
    assert (int(few.asked.sum()), said) == (0, {})
    assert (await _rated(register, []))[1] == {}


def _plain(value: Any) -> Any:
    """Arrays as lists, objects as their fields; certificates come in no order."""
    if isinstance(value, Certificates):
        return sorted(zip(*(getattr(value, field.name).tolist() for field in fields(value)), strict=True))
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.tolist()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return {key: _plain(one) for key, one in value.items()} if isinstance(value, Mapping) else value


async def _read_apart(database: Database, version: RatingVersion, number: int) -> tuple[Any, Any]:
    """What a run read of one institution, and what had been said of it, statement by statement."""
    async with acting(database, CLI, isolation="repeatable_read", readonly=True) as work:
        await execute(work.connection, "session/read_as_of", version.position)
        earlier = await read_earlier_ratings(
            work.connection, version.policy, version.policy_id, version.as_of, [number]
        )
        snapshot = await read_snapshot(work.connection, version.as_of, [number])
    return _plain(snapshot), _plain(earlier)


async def test_what_is_explained_is_what_the_run_read_of_it(
    register: Database, admin: Connection, tmp_path: Path
) -> None:
    text = shipped_documents()["cn-national"].replace('version = "1"', 'version = "later"', 1)
    await add_policy(register, CLI, text.replace("[overall]", "[overall]\nupgrade_limit = 1", 1))
    for day in (DAY - timedelta(days=400), DAY):
        await recompute(register, CLI, as_of=day)
    await revoke_every_third(register, tmp_path)
    await recompute(register, CLI, as_of=DAY, incremental=True)
    await revoke_every_third(register, tmp_path)
    numbers = [row["institution_id"] for row in await admin.fetch("SELECT institution_id FROM register.rating")]
    twice = looked_back = 0
    for number in numbers[:: len(numbers) // 8]:
        told = await find_circumstances(register, Asked(number, None, DAY))
        assert told is not None
        twice += len(told.circumstances) - 1
        for found in told.circumstances:
            looked_back += found.earlier is not None and bool(found.earlier.year_ago["stars"].any())
            assert (_plain(found.snapshot), _plain(found.earlier)) == await _read_apart(register, found.version, number)
    assert twice > looked_back > 0


async def test_no_table_of_an_explanation_is_read_as_it_stands_by_mistake(admin: Connection) -> None:
    """With no schema to look in, a name is that of a table as it stood, or says its schema."""
    await admin.execute("SET search_path TO ''")
    await admin.prepare(statement("explain/circumstances"))


async def test_what_explains_sees_everything_and_writes_nothing(register: Database) -> None:
    async with register.explaining.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM register.person")
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.execute("UPDATE register.institution SET beds = 1")
