"""The data key is rotated while everybody goes on working, and nobody is doubled, lost or left under the old key."""

import asyncio
import io
import threading
from collections.abc import Iterable

import pytest
from tests.services.importing.conftest import (
    ONE_OCCUPATION,
    OPERATOR,
    REGIONS,
    Admin,
    as_csv,
    certificate,
    citizen,
    employment,
    evaluator,
    institution,
    organisation,
    person,
)

from registry.db.pool import Database
from registry.domain.errors import ConfigurationError, Conflict
from registry.domain.identifiers import CitizenId
from registry.domain.personal import PersonalKeys
from registry.services import key_rotation
from registry.services.importing import ImportResult, import_file
from registry.services.key_rotation import KeyState, read_key_uses, rotate_data_key
from registry.services.verifying import verify

OLD, NEW, THIRD = b"o" * 16 + b"ld key, 16 bytes", b"n" * 16 + b"ew key, 16 bytes", b"t" * 16 + b"hird key, 16 by."
ONLY_OLD, ONLY_NEW = PersonalKeys.derive(OLD), PersonalKeys.derive(NEW)
BOTH = PersonalKeys.derive(NEW, previous=OLD)
Rows = Iterable[dict[str, object]]


async def bring(database: Database, keys: PersonalKeys, kind: str, rows: object) -> ImportResult:
    content = rows if isinstance(rows, io.RawIOBase) else io.BytesIO(as_csv(kind, rows))  # type: ignore[arg-type]
    return await import_file(database, OPERATOR, keys, kind, content, file_name=f"{kind}.csv", source="test")  # type: ignore[arg-type]


@pytest.fixture
async def register(database: Database, admin: Admin) -> Database:
    """Thirty people, the first with earlier versions, two institutions."""
    await admin.execute(ONE_OCCUPATION)
    await bring(database, ONLY_OLD, "regions", REGIONS)
    await bring(database, ONLY_OLD, "organisations", [organisation(1), organisation(2)])
    await bring(database, ONLY_OLD, "institutions", [institution(1), institution(2)])
    await bring(database, ONLY_OLD, "evaluation-organisations", [evaluator("E1")])
    await bring(database, ONLY_OLD, "people", [person(number) for number in range(30)])
    for name in ("甲", "乙", "丙"):
        await bring(database, ONLY_OLD, "people", [person(0, name=name)])
    return database


async def kept_under(admin: Admin) -> dict[int, int]:
    rows = await admin.fetch(
        "SELECT get_byte(number_encrypted, 0) AS key, count(*) FROM (SELECT number_encrypted FROM register.person"
        " UNION ALL SELECT number_encrypted FROM register.person_history) AS k GROUP BY 1"
    )
    return dict(rows)


async def test_everybody_comes_under_the_new_key_with_every_version(register: Database, admin: Admin) -> None:
    assert await kept_under(admin) == {1: 33}
    told: list[tuple[int, int]] = []
    rotation = await rotate_data_key(register, OPERATOR, BOTH, lambda done, of: told.append((done, of)))
    assert (rotation.key_id, rotation.resealed, rotation.retired) == (2, 30, (1,))
    assert told == [(0, 30), (30, 30)]
    assert await kept_under(admin) == {2: 33}
    keys = ONLY_NEW.following(2, {2: ONLY_NEW.fingerprints[0]})
    for table in ("person", "person_history"):
        for row in await admin.fetch(f"SELECT number_hash, number_encrypted FROM register.{table}"):
            number = keys.open_sealed(row["number_encrypted"], row["number_hash"])
            assert keys.number_hash(CitizenId(number)) == row["number_hash"]
    again = await bring(register, ONLY_NEW, "people", [person(number) for number in range(1, 31)])
    assert (again.added, again.unchanged) == (1, 29)
    assert (await verify(register)).holds


async def test_rotating_is_no_change_of_the_register_and_is_audited(register: Database, admin: Admin) -> None:
    position = await admin.fetchval("SELECT position FROM register.register_head")
    await rotate_data_key(register, OPERATOR, BOTH)
    assert await admin.fetchval("SELECT position FROM register.register_head") == position
    steps = await admin.fetch(
        "SELECT subject, payload::jsonb #>> '{details,step}' FROM register.audit_event"
        " WHERE action = 'rotateDataKey' ORDER BY sequence"
    )
    assert [tuple(step) for step in steps] == [
        ("personal-key:2", "ANNOUNCED"), ("personal-key:2", "SEALING"), ("personal-key:1", "RETIRED"),
    ]  # fmt: skip


async def test_the_old_key_alone_is_refused_from_then_on(register: Database) -> None:
    await rotate_data_key(register, OPERATOR, BOTH)
    with pytest.raises(ConfigurationError) as refused:
        await bring(register, ONLY_OLD, "people", [person(1)])
    assert refused.value.rule == "personal-key.other"
    with pytest.raises(ConfigurationError) as swapped:
        await rotate_data_key(register, OPERATOR, PersonalKeys.derive(OLD, previous=NEW))
    assert swapped.value.rule == "personal-key.retired"
    uses = await read_key_uses(register, OPERATOR, BOTH)
    assert [(use.id, use.state, use.kept, use.held) for use in uses] == [
        (1, KeyState.RETIRED, 0, 1), (2, KeyState.SEALING, 33, 0),
    ]  # fmt: skip
    third = await rotate_data_key(register, OPERATOR, PersonalKeys.derive(THIRD, previous=NEW))
    assert (third.key_id, third.retired) == (3, (2,))


async def test_a_foreign_key_doubles_nobody(register: Database, admin: Admin) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await bring(register, ONLY_NEW, "people", [person(1)])
    assert refused.value.rule == "personal-key.other"
    assert await admin.fetchval("SELECT count(*) FROM register.person") == 30


async def test_a_key_under_which_nobody_is_kept_gives_way(database: Database) -> None:
    assert (await bring(database, ONLY_OLD, "people", [])).rows == 0
    assert (await bring(database, ONLY_NEW, "people", [person(1)])).added == 1


async def _stop_after(register: Database, batches: int) -> None:
    """Begin a rotation and end it by force after so many batches."""

    class PowerLoss(Exception):
        pass

    told = 0

    def lose_power(_done: int, _of: int) -> None:
        nonlocal told
        told += 1
        if told > batches:
            raise PowerLoss

    with pytest.raises(PowerLoss):
        await rotate_data_key(register, OPERATOR, BOTH, lose_power)


@pytest.mark.parametrize("batches", [0, 1, 3])
async def test_in_the_middle_people_are_found_under_either_key(
    register: Database, admin: Admin, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(key_rotation, "PEOPLE_AT_ONCE", 7)
    await _stop_after(register, batches)
    before = await kept_under(admin)
    assert sum(before.values()) == 33
    assert (2 in before, 1 in before) == (batches > 0, True)
    people = await bring(register, BOTH, "people", [person(number, name="新") for number in range(25, 35)])
    assert (people.added, people.amended) == (5, 5)
    posts = await bring(register, BOTH, "employments", [employment(number, 1) for number in range(35)])
    assert posts.added == 35
    papers = await bring(register, BOTH, "certificates", [certificate(number, number) for number in range(35)])
    assert papers.added == 35
    for keys in (ONLY_NEW, ONLY_OLD):
        with pytest.raises(ConfigurationError) as refused:
            await bring(register, keys, "people", [person(1)])
        assert refused.value.rule in {"personal-key.rotating", "personal-key.other"}
    await rotate_data_key(register, OPERATOR, BOTH)
    assert set(await kept_under(admin)) == {2}
    assert await admin.fetchval("SELECT count(*) FROM register.person") == 35
    assert (await verify(register)).holds


class SlowFile(io.RawIOBase):
    """A file whose end is not there until it is let go."""

    def __init__(self, content: bytes) -> None:
        self._content, self.begun, self.go_on = io.BytesIO(content), threading.Event(), threading.Event()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        chunk = self._content.read(len(buffer))  # type: ignore[arg-type]
        if not chunk:
            self.begun.set()
            assert self.go_on.wait(30)
        buffer[: len(chunk)] = chunk  # type: ignore[index]
        return len(chunk)


async def test_an_import_that_knows_only_the_old_key_ends_before_the_new_one_seals(
    register: Database, admin: Admin
) -> None:
    slow = SlowFile(as_csv("people", [person(number) for number in range(28, 40)]))
    under_way = asyncio.create_task(bring(register, ONLY_OLD, "people", slow))
    await asyncio.to_thread(slow.begun.wait, 30)
    rotating = asyncio.create_task(rotate_data_key(register, OPERATOR, BOTH))
    while await admin.fetchval("SELECT count(*) FROM register.personal_key") < 2:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.01)
    quick = await bring(register, BOTH, "people", [person(38), person(39), person(40)])
    assert quick.added == 3
    assert await admin.fetchval("SELECT state FROM register.personal_key WHERE id = 2") == "ANNOUNCED"
    assert not rotating.done()
    slow.go_on.set()
    ended = await under_way
    assert (ended.added, ended.unchanged) == (8, 4)
    assert (await rotating).retired == (1,)
    assert set(await kept_under(admin)) == {2}
    assert await admin.fetchval("SELECT count(*) FROM register.person") == 41


async def test_imports_and_look_ups_go_on_during_a_rotation(
    register: Database, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Imports that overlap each other and the rotation, each with people known before, people new to all and posts."""
    monkeypatch.setattr(key_rotation, "PEOPLE_AT_ONCE", 3)
    await bring(register, ONLY_OLD, "people", [person(number) for number in range(30, 150)])
    rotated = asyncio.Event()
    everybody = set(range(150))

    async def keep_importing(first: int) -> None:
        rounds = 0
        while not rotated.is_set() or rounds < 2:
            new = first + rounds
            numbers = {new, new + 1, *range(rounds % 100, rounds % 100 + 20)}
            everybody.update(numbers)
            await bring(register, BOTH, "people", [person(number, name=f"第{rounds}轮") for number in sorted(numbers)])
            posts = [employment(number, 1 + first % 2) for number in sorted(numbers)]
            await bring(register, BOTH, "employments", posts)
            rounds += 1

    importing = [asyncio.create_task(keep_importing(first)) for first in (1000, 1001)]
    rotation = await rotate_data_key(register, OPERATOR, BOTH)
    rotated.set()
    await asyncio.gather(*importing)
    assert rotation.resealed >= 150
    assert set(await kept_under(admin)) == {2}
    assert await admin.fetchval("SELECT count(*) FROM register.person") == len(everybody)
    new = ONLY_NEW.following(2, {2: ONLY_NEW.fingerprints[0]})
    hashes = {new.number_hash(CitizenId(citizen(number))) for number in everybody}
    assert {row[0] for row in await admin.fetch("SELECT number_hash FROM register.person")} == hashes
    assert (await verify(register)).holds


async def test_one_rotation_at_a_time(register: Database, admin: Admin) -> None:
    slow = SlowFile(as_csv("people", [person(1)]))
    under_way = asyncio.create_task(bring(register, ONLY_OLD, "people", slow))
    await asyncio.to_thread(slow.begun.wait, 30)
    first = asyncio.create_task(rotate_data_key(register, OPERATOR, BOTH))
    rotating = "SELECT count(*) FROM pg_locks WHERE classid::bigint << 32 | objid::bigint = 7265676973747778"
    while not await admin.fetchval(rotating):  # noqa: ASYNC110 - it happens in the database
        await asyncio.sleep(0.02)
    with pytest.raises(Conflict) as refused:
        await rotate_data_key(register, OPERATOR, BOTH)
    assert refused.value.rule == "keys.under-way"
    slow.go_on.set()
    await under_way
    await first
