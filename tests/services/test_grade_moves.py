"""Moves between grades are kept with each full run, and are what the ratings themselves say."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.services.generated import CLI, add_second_version, generated_register, revoke_every_third

from registry.db.pool import Connection, Database
from registry.services.grade_moves import Standing
from registry.services.rating_runs import recompute
from registry.services.verifying import verify
from registry.synthetic import DEFAULT_AS_OF

DAY = DEFAULT_AS_OF
GRADES = "SELECT institution_id, coalesce(stars, 0) AS stars, policy_id FROM register.rating"
PARTS = """SELECT q.code, p.policy_id, p.moves_since_run_id, p.moves, p.counts_by_stars
             FROM register.rating_run_policy AS p JOIN register.rating_policy AS q ON q.id = p.policy_id
            WHERE p.run_id = $1 ORDER BY q.code, p.policy_id"""


def test_ratings_that_no_policy_gives_any_more_are_found_whatever_the_order_of_those_kept() -> None:
    ids = np.array([2, 3, 5, 8], np.int64)
    standing = Standing(ids, ids, ids.astype(np.int16))
    assert standing.without(np.array([8, 1, 3], np.int64)).tolist() == [2, 5]
    assert standing.without(np.empty(0, np.int64)).tolist() == ids.tolist()
    nobody = np.empty(0, np.int64)
    assert Standing(nobody, nobody, nobody.astype(np.int16)).without(ids).size == 0


async def _grades(admin: Connection) -> dict[int, tuple[int, int]]:
    return {row["institution_id"]: (row["stars"], row["policy_id"]) for row in await admin.fetch(GRADES)}


async def _hold(admin: Connection, run_id: int, since: int, before: dict[int, tuple[int, int]]) -> set[tuple[int, int]]:
    """Hold the moves of a run to the grades before and after it; return those that are moves indeed."""
    now, moved = await _grades(admin), set()
    for part in await admin.fetch(PARTS, run_id):
        expected = Counter(
            (before.get(number, (0, 0))[0], stars)
            for number, (stars, policy) in now.items()
            if policy == part["policy_id"]
        )
        kept = {(old, new): count for old, new, count in json.loads(part["moves"])}
        assert (kept, part["moves_since_run_id"]) == (dict(expected), since)
        for stars, count in enumerate(part["counts_by_stars"]):
            assert sum(n for (_, new), n in kept.items() if new == stars) == count
        moved |= {pair for pair in kept if pair[0] != pair[1]}
    return moved


async def test_moves_are_those_since_the_full_run_before(database: Database, admin: Connection, tmp_path: Path) -> None:
    await generated_register(database, tmp_path, institutions=80, policies=("cn-national", "cn-jilin"))
    first = await recompute(database, CLI, as_of=DAY)
    assert all(part["moves"] is None for part in await admin.fetch(PARTS, first.id))
    then = await _grades(admin)
    await revoke_every_third(database, tmp_path)
    incremental = await recompute(database, CLI, as_of=DAY, incremental=True)
    assert incremental.changed
    assert all(part["moves"] is None for part in await admin.fetch(PARTS, incremental.id))
    second = await recompute(database, CLI, as_of=DAY)
    assert await _hold(admin, second.id, first.id, then)
    then = await _grades(admin)
    await add_second_version(database)
    third = await recompute(database, CLI, policy="cn-national", as_of=DAY)
    await _hold(admin, third.id, second.id, then)
    then = await _grades(admin)
    fourth = await recompute(database, CLI, as_of=DAY)
    assert {part["code"]: part["moves_since_run_id"] for part in await admin.fetch(PARTS, fourth.id)} == {
        "cn-jilin": second.id,
        "cn-national": third.id,
    }
    assert (await verify(database)).holds
    await _change_each(database, admin, fourth.id)


async def _change_each(database: Database, admin: Connection, run_id: int) -> None:
    """Whatever is changed behind the register's back of what a run told of its population, verification finds it."""
    changes: dict[str, Any] = {
        "moves": "'[[0, 1, 7]]'",
        "moves_since_run_id": "1",
        "distribution": "'[]'",
        "weights": "'{}'",
        "counts_by_stars": "'{1,2}'",
        "rated": "0",
    }
    for column, value in changes.items():
        async with _undone(admin):
            await admin.execute(f"UPDATE register.rating_run_policy SET {column} = {value} WHERE run_id = $1", run_id)
            assert {violation.rule for violation in (await verify(database)).violations} == {"run.distribution"}, column


class _undone:  # noqa: N801 - reads as a word
    """Keeps the parts of runs aside and puts them back."""

    def __init__(self, admin: Connection) -> None:
        self.admin = admin

    async def __aenter__(self) -> None:
        await self.admin.execute("CREATE TABLE kept AS TABLE register.rating_run_policy")

    async def __aexit__(self, *_: object) -> None:
        await self.admin.execute("DELETE FROM register.rating_run_policy")
        await self.admin.execute("INSERT INTO register.rating_run_policy TABLE kept")
        await self.admin.execute("DROP TABLE kept")


async def test_staff_cannot_change_what_a_run_told(database: Database) -> None:
    for text in ("UPDATE register.rating_run_policy SET moves = '[]'", "DELETE FROM register.rating_run_policy"):
        with pytest.raises(Exception, match="permission denied"):
            await database.staff.execute(text)
