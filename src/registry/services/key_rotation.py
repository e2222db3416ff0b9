"""Rotation of the data key while everybody goes on working.

announced → every import that knew only the former key has ended → the new key seals, the former still opens → every
import that sealed under the former has ended → people are sealed anew, batch by batch → the former is retired.
Each step is one transaction and each can be repeated, so that a rotation killed at any moment is simply run again.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection, Database, Record, execute, fetch, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, ConfigurationError, Conflict
from registry.domain.personal import PersonalKeys
from registry.services.importing.turns import await_turn
from registry.services.permissions import require
from registry.services.personal_keys import claim_key, hold_keys
from registry.services.transactions import Work, acting

PEOPLE_AT_ONCE = 1_000
LONGEST_WAIT_SECONDS = 3_600.0
Report = Callable[[int, int], None]


class KeyState(StrEnum):
    """What a key is to the register."""

    ANNOUNCED = "ANNOUNCED"
    SEALING = "SEALING"
    OPENING = "OPENING"
    RETIRED = "RETIRED"


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One key of the register: `kept` versions of people are under it; `held` is its place among the process's keys."""

    id: int
    state: KeyState
    kept: int
    held: int | None


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: `resealed` people came under the key `key_id`; nobody needs the keys `retired` any more."""

    key_id: int
    resealed: int
    retired: tuple[int, ...]


async def read_key_uses(database: Database, actor: Actor, keys: PersonalKeys) -> list[KeyUse]:
    """Return every key the register ever had, in the order of their ids."""
    require(actor, Role.ADMIN)
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "personal_key/list")
    held = {fingerprint: place for place, fingerprint in enumerate(keys.fingerprints)}
    return [KeyUse(row["id"], KeyState(row["state"]), row["kept"], held.get(bytes(row["fingerprint"]))) for row in rows]


async def rotate_data_key(
    database: Database, actor: Actor, keys: PersonalKeys, progress: Report = lambda _done, _of: None
) -> Rotation:
    """Bring everybody under the newest of the keys; imports and look-ups go on meanwhile.

    Raises Conflict (`keys.under-way`), ConfigurationError (`personal-key.other`, `personal-key.rotating`,
    `personal-key.retired`).
    """
    require(actor, Role.ADMIN)
    async with _alone(database):
        await _announce(database, actor, keys)
        await _await_earlier(database, actor)
        await _let_seal(database, actor)
        await _await_earlier(database, actor)
        states = await _states(database, actor)
        former = [number for number, state in states.items() if state is KeyState.OPENING]
        resealed = sum([await _reseal_all(database, actor, keys, number, progress) for number in former])
        resealed += sum([await _reseal_complaints(database, actor, keys, number) for number in former])
        for number in former:
            await _retire(database, actor, number)
        if resealed:
            await _clear_dead_rows(database)
    sealing = next(number for number, state in states.items() if state is KeyState.SEALING)
    return Rotation(sealing, resealed, tuple(former))


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[None]:
    """Keep other rotations away; the lock ends with its connection."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            if not await fetch_value(connection, "personal_key/lock"):
                zh, en = "密钥轮换正在进行", "a rotation of the data key is under way"
                raise Conflict(Bilingual(zh, en), rule="keys.under-way")
            try:
                yield
            finally:
                await fetch_value(connection, "personal_key/unlock")


async def _states(database: Database, actor: Actor) -> Mapping[int, KeyState]:
    async with acting(database, actor) as work:
        return {row["id"]: KeyState(row["state"]) for row in await fetch(work.connection, "personal_key/in_use")}


async def _announce(database: Database, actor: Actor, keys: PersonalKeys) -> None:
    """Make the newest key known to the register, unless it is."""
    async with acting(database, actor) as work:
        await claim_key(work.connection, keys)
        await hold_keys(work.connection, keys)
        known = {row["fingerprint"]: row["state"] for row in await fetch(work.connection, "personal_key/known")}
        state = known.get(keys.fingerprints[0])
        if state == KeyState.RETIRED:
            raise _worn_out()
        if state is None:
            number = await fetch_value(work.connection, "personal_key/announce", keys.fingerprints[0])
            work.record = "personal_key", "id", str(number)
            await work.audit("rotateDataKey", f"personal-key:{number}", {"step": KeyState.ANNOUNCED})


def _worn_out() -> ConfigurationError:
    zh, en = "PII_KEY 是已停用的旧密钥", "PII_KEY is a key that was replaced before"
    return ConfigurationError(Bilingual(zh, en), rule="personal-key.retired", path=("PII_KEY",))


async def _await_earlier(database: Database, actor: Actor) -> None:
    """Wait until everybody who began before the newest step has ended."""
    async with acting(database, actor) as work:
        epoch = await fetch_value(work.connection, "personal_key/epoch")
        await execute(work.connection, "import/limit_wait", str(round(LONGEST_WAIT_SECONDS * 1000)))
        await execute(work.connection, "personal_key/await_earlier", epoch - 1)


async def _let_seal(database: Database, actor: Actor) -> None:
    """Let the announced key seal, and the one before it open only."""
    async with acting(database, actor) as work:
        in_use = await fetch(work.connection, "personal_key/in_use")
        announced = [key["id"] for key in in_use if key["state"] == KeyState.ANNOUNCED]
        for number in announced:
            await work.look_at(("personal_key", "id", str(number)))
            for key in in_use:
                if key["state"] == KeyState.SEALING:
                    await _move(work, key["id"], KeyState.OPENING)
            await _move(work, number, KeyState.SEALING)
            await work.audit("rotateDataKey", f"personal-key:{number}", {"step": KeyState.SEALING})


async def _move(work: Work, number: int, state: KeyState) -> None:
    await execute(work.connection, "personal_key/move", number, state)


async def _reseal_all(database: Database, actor: Actor, keys: PersonalKeys, former: int, progress: Report) -> int:
    total = await _count(database, actor, former)
    done = last = 0
    progress(done, total)
    while (batch := await _reseal_batch(database, actor, keys, former, last)) is not None:
        last, count = batch
        done += count
        progress(min(done, total), total)
    return done


async def _count(database: Database, actor: Actor, key_id: int) -> int:
    async with acting(database, actor) as work:
        return int(await fetch_value(work.connection, "personal_key/count_kept", key_id))


async def _reseal_batch(
    database: Database, actor: Actor, keys: PersonalKeys, former: int, after: int
) -> tuple[int, int] | None:
    """Seal the next people anew; the last id and how many they were, or None when there are no more."""
    async with acting(database, actor) as work:
        held = await hold_keys(work.connection, keys)
        await await_turn(work.connection, LONGEST_WAIT_SECONDS)
        people = await fetch(work.connection, "personal_key/next_people", after, former, PEOPLE_AT_ONCE)
        if not people:
            return None
        await _reseal(work.connection, held, former, people)
        return people[-1]["id"], len(people)


async def _reseal(connection: Connection, keys: PersonalKeys, former: int, people: Sequence[Record]) -> None:
    numbers = [keys.open_sealed(person["number_encrypted"], person["number_hash"]) for person in people]
    hashes = [keys.number_hash(number) for number in numbers]
    sealed = [keys.seal(number, hashed) for number, hashed in zip(numbers, hashes, strict=True)]
    await execute(connection, "personal_key/reseal", former, [person["id"] for person in people], hashes, sealed)


async def _reseal_complaints(database: Database, actor: Actor, keys: PersonalKeys, former: int) -> int:
    """Seal anew whoever complained, PEOPLE_AT_ONCE in a transaction; how many there were."""
    done, count = 0, PEOPLE_AT_ONCE
    while count == PEOPLE_AT_ONCE:
        async with acting(database, actor) as work:
            held = await hold_keys(work.connection, keys)
            kept = await fetch(work.connection, "personal_key/next_complaints", former, PEOPLE_AT_ONCE)
            for row in kept:
                bound = row["receipt"].encode()
                sealed = held.seal_text(held.open_text(row["complainant"], bound), bound)
                await execute(work.connection, "personal_key/reseal_complaint", row["id"], sealed)
        count = len(kept)
        done += count
    return done


async def _clear_dead_rows(database: Database) -> None:
    """Clear what was sealed under the former key and is no row any more."""
    with mapped_errors():
        async with database.staff.acquire() as connection:
            await execute(connection, "personal_key/vacuum")


async def _retire(database: Database, actor: Actor, number: int) -> None:
    """Retire a key under which nobody is kept; nobody can be sealed under it any more."""
    async with acting(database, actor) as work:
        await await_turn(work.connection, LONGEST_WAIT_SECONDS)
        kept = await fetch_value(work.connection, "personal_key/count_kept", number)
        if kept:
            zh, en = (
                f"仍有 {kept} 人以旧密钥保护；请再次运行",
                f"{kept} people are still under the former key; run again",
            )
            raise Conflict(Bilingual(zh, en), rule="keys.still-needed")
        await work.look_at(("personal_key", "id", str(number)))
        await _move(work, number, KeyState.RETIRED)
        await work.audit("rotateDataKey", f"personal-key:{number}", {"step": KeyState.RETIRED})
