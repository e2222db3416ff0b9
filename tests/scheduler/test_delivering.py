"""Webhooks are told exactly the feed's changes, in order and without a gap, whatever their receivers do."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.scheduler.conftest import until
from tests.scheduler.receiving import Authority, Receiver, make_authority, reach_of, receiving
from tests.scheduler.subscribed import (
    PLACES,
    SECRET_KEY,
    actor_of,
    delivering,
    feed,
    fill,
    make_key,
    rename,
    standing,
    subscribe,
    told_all,
)
from tests.services.importing.conftest import OPERATOR, uscc

from registry.db.pool import Addresses, Connection, Database
from registry.domain.access import Role
from registry.domain.webhooks import DisabledFor
from registry.services.api_keys import revoke_key
from registry.services.verifying import verify
from registry.services.webhooks import telling
from registry.services.webhooks.changing import pause_webhook, remove_webhook, resume_webhook, rotate_secret
from registry.services.webhooks.making import Keyed

FAULTS = ("500", "404", "reset", "lost", "hang", "garbage", "redirect", "slow-body", "huge", "429", "204")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def register(database: Database) -> Database:
    await fill(database)
    return database


@pytest.fixture
async def receiver(authority: Authority) -> AsyncIterator[Receiver]:
    async with receiving(authority) as opened:
        yield opened


async def test_it_is_told_everything_from_its_position_on_signed_and_in_order(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    made = await subscribe(register, receiver, await make_key(register), position=0)
    async with delivering(register, addresses, authority, receiver.port, poll_seconds=60):
        await told_all(admin, made.id)
        for number in range(5):
            await rename(register, 1 + number, f"新名{number}")
        await told_all(admin, made.id)
    assert receiver.accepted() == await feed(register)
    assert all(one.verifies(made.secret) for one in receiver.requests)
    assert len({one.name for one in receiver.requests}) == len(receiver.requests)
    assert {one.told()["type"] for one in receiver.requests} == {"changes"}
    assert max(len(one.told()["data"]["changes"]) for one in receiver.requests) == len(await feed(register)) - 5
    assert receiver.most_at_once == 1


@dataclass(frozen=True, slots=True)
class Course:
    """What a receiver does first, and what happens meanwhile: institutions that are renamed, the worker that ends."""

    changes_at_once: int
    read_at_once: int
    faults: list[str]
    renamed: list[int]
    ends_after: set[int]


COURSES = st.builds(
    Course,
    changes_at_once=st.sampled_from((1, 2, 3)),
    read_at_once=st.sampled_from((1, 2, 7, 400)),
    faults=st.lists(st.sampled_from(FAULTS), max_size=16),
    renamed=st.lists(st.integers(1, PLACES), min_size=1, max_size=6),
    ends_after=st.sets(st.integers(0, 5), max_size=2),
)
NAMES = count(1)


@dataclass(frozen=True, slots=True)
class Scene:
    """A register, and who may certify receivers."""

    register: Database
    addresses: Addresses
    admin: Connection
    authority: Authority


async def _go_through(scene: Scene, receiver: Receiver, course: Course) -> None:
    """Subscribe, go through the course, and wait until everything was told."""
    register, admin = scene.register, scene.admin
    kinds, key = ("INSTITUTION", "REGION"), await make_key(register)
    made = await subscribe(register, receiver, key, position=0, kinds=kinds)
    waiting = list(course.renamed)
    while True:
        async with delivering(register, scene.addresses, scene.authority, receiver.port, longest_seconds=0.4):
            while waiting:
                await rename(register, waiting.pop(0), f"新名{next(NAMES)}")
                if len(course.renamed) - len(waiting) - 1 in course.ends_after:
                    break
            else:
                await told_all(admin, made.id)
                break
    await remove_webhook(register, await actor_of(register, key), made.id)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(Course(1, 1, [*FAULTS], [1, 6, 1], {1}))
@given(COURSES)
async def test_whatever_the_receiver_does_it_is_told_all_in_the_end(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, course: Course
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(telling, "MOST_CHANGES", course.changes_at_once)
        patched.setattr(telling, "READ_AT_ONCE", course.read_at_once)
        async with receiving(authority, behaviours=list(course.faults)) as receiver:
            await _go_through(Scene(register, addresses, admin, authority), receiver, course)
    assert receiver.accepted() == await feed(register, kinds=["INSTITUTION", "REGION"])
    contents: dict[str, bytes] = {}
    for one in receiver.requests:
        told = one.body.partition(b'"data":')[2]
        assert contents.setdefault(one.name, told) == told


async def test_several_workers_tell_each_webhook_once_at_a_time(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    receiver.always = "after:0.02"
    made = await subscribe(register, receiver, await make_key(register), codes=(uscc(1), uscc(2)))
    given: dict[str, Any] = {"poll_seconds": 0.02}
    async with (
        delivering(register, addresses, authority, receiver.port, **given),
        delivering(register, addresses, authority, receiver.port, **given),
        delivering(register, addresses, authority, receiver.port, **given),
    ):
        for number in range(12):
            await rename(register, 1 + number % 3, f"新名{number}")
        await told_all(admin, made.id)
    assert receiver.most_at_once == 1
    names = [change["current"]["name"] for one in receiver.requests for change in one.told()["data"]["changes"]]
    assert names == [f"新名{number}" for number in range(12) if number % 3 != 2]


async def test_a_receiver_that_hangs_delays_no_other(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority
) -> None:
    async with receiving(authority, always="hang") as slow, receiving(authority) as quick:
        key = await make_key(register, Role.ADMIN)
        hung = [await subscribe(register, slow, key) for _ in range(12)]
        made = await subscribe(register, quick, key)
        async with delivering(register, addresses, authority, slow.port, quick.port, longest_seconds=600):
            await rename(register, 1, "新名")
            await told_all(admin, made.id)

            async def none_is_held() -> bool:
                return register.staff.get_size() - register.staff.get_idle_size() <= 1

            await until(none_is_held)
        assert slow.at_once <= len(hung)
        assert {(await standing(admin, one.id))["position"] for one in hung} == {3}


async def test_it_sees_what_its_key_sees_and_no_more(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    keys = {
        "/buyer": await make_key(register),
        "/region": await make_key(register, Role.REGULATOR, region_code="210000"),
        "/auditor": await make_key(register, Role.AUDITOR),
    }
    made = [
        await subscribe(register, receiver, key, position=0, url=receiver.url.replace("/hooks", path))
        for path, key in keys.items()
    ]
    async with delivering(register, addresses, authority, receiver.port):
        await told_all(admin, *(one.id for one in made))
    for path, key in keys.items():
        told = [change for one in receiver.requests if one.path == path for change in one.told()["data"]["changes"]]
        assert told == await feed(register, key)


async def test_a_region_is_told_what_lies_in_it(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    given: dict[str, Any] = {"position": 0, "kinds": ("INSTITUTION", "REGION")}
    made = await subscribe(register, receiver, await make_key(register), region_code="210000", **given)
    async with delivering(register, addresses, authority, receiver.port):
        await told_all(admin, made.id)
    assert [change["code"] for change in receiver.accepted()] == ["210000", "210102", uscc(6)]


async def test_it_is_disabled_after_the_term_of_failures_and_its_owner_told(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    async with receiving(authority) as alerted:
        receiver.always = "500"
        made = await subscribe(register, receiver, await make_key(register), alerted.port, alert_url=alerted.url)
        alerted.behaviours = ["500"]
        async with delivering(register, addresses, authority, receiver.port, alerted.port):
            last = await rename(register, 1, "新名")

            async def failed_often() -> bool:
                return bool((await standing(admin, made.id))["failures"] >= 3)

            await until(failed_often)
            row = await standing(admin, made.id)
            assert (row["state"], row["fault"], row["position"]) == ("ACTIVE", "STATUS_500", last - 1)
            await admin.execute("UPDATE register.webhook SET failing_since = now() - interval '73 hours'")

            async def told() -> bool:
                return len(alerted.requests) == 2

            await until(told)
        row = await standing(admin, made.id)
        assert (row["state"], row["disabled_for"], row["alert_due"]) == ("DISABLED", "FAILURES", False)
        assert alerted.requests[0].name == alerted.requests[1].name
        assert alerted.requests[1].verifies(made.secret)
        said = alerted.requests[1].told()
        assert (said["type"], said["data"]["webhook"], said["data"]["fault"]) == (
            "disabled", made.id, "STATUS_500",
        )  # fmt: skip
    assert await admin.fetchval("SELECT count(*) FROM register.audit_event WHERE action = 'disableWebhook'") == 1
    receiver.always = "204"
    await resume_webhook(register, OPERATOR, made.id)
    async with delivering(register, addresses, authority, receiver.port):
        await told_all(admin, made.id)
    assert [change["current"]["name"] for change in receiver.accepted()] == ["新名"]
    assert not (await verify(register)).violations


async def test_a_receiver_that_is_gone_and_a_key_that_is_revoked_end_it(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    receiver.always = "410"
    gone, key = await subscribe(register, receiver, await make_key(register)), await make_key(register)
    orphan = await subscribe(register, receiver, key)
    await revoke_key(register, OPERATOR, key.id)
    async with delivering(register, addresses, authority, receiver.port):
        await rename(register, 1, "新名")

        async def both() -> bool:
            return all([(await standing(admin, one.id))["state"] == "DISABLED" for one in (gone, orphan)])

        await until(both)
    assert (await standing(admin, gone.id))["disabled_for"] == DisabledFor.GONE
    assert (await standing(admin, orphan.id))["disabled_for"] == DisabledFor.KEY
    assert len(receiver.requests) == 1


async def test_paused_it_is_told_nothing_and_resumed_what_it_missed_or_anything_again(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    key = await make_key(register)
    owner = await actor_of(register, key)
    made = await subscribe(register, receiver, key)
    async with delivering(register, addresses, authority, receiver.port):
        await rename(register, 1, "一")
        await told_all(admin, made.id)
        await pause_webhook(register, owner, made.id)
        missed = await rename(register, 2, "二")
        await asyncio.sleep(0.6)
        assert len(receiver.requests) == 1
        await resume_webhook(register, owner, made.id)
        await told_all(admin, made.id)
        await resume_webhook(register, owner, made.id, missed - 1)
        await told_all(admin, made.id)
    assert [one.told()["data"]["changes"][0]["current"]["name"] for one in receiver.requests] == ["一", "二", "二"]
    assert len({one.name for one in receiver.requests}) == 3


async def test_what_is_on_its_way_when_it_is_moved_does_not_move_it_back(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    receiver.behaviours = ["after:0.5"]
    key = await make_key(register)
    made = await subscribe(register, receiver, key)
    async with delivering(register, addresses, authority, receiver.port):
        await rename(register, 1, "一")

        async def on_its_way() -> bool:
            return bool(receiver.requests)

        await until(on_its_way)
        await resume_webhook(register, await actor_of(register, key), made.id, 2)
        await told_all(admin, made.id)
    again = [change for one in receiver.requests[1:] for change in one.told()["data"]["changes"]]
    assert again == await feed(register, after=2)


async def test_a_rotated_secret_signs_beside_the_former_one_for_a_day(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    key = await make_key(register)
    owner, made = await actor_of(register, key), await subscribe(register, receiver, key)
    rotated = await rotate_secret(register, Keyed(SECRET_KEY, reach_of(receiver.port)), owner, made.id)
    async with delivering(register, addresses, authority, receiver.port):
        await rename(register, 1, "一")
        await told_all(admin, made.id)
        await admin.execute("UPDATE register.webhook SET former_until = now()")
        await rename(register, 1, "二")
        await told_all(admin, made.id)
        await remove_webhook(register, owner, made.id)
        await rename(register, 1, "三")
        await asyncio.sleep(0.6)
    first, second = receiver.requests
    assert first.verifies(made.secret)
    assert first.verifies(rotated.secret)
    assert second.verifies(rotated.secret)
    assert not second.verifies(made.secret)


WORKER = """
import asyncio, sys
from pathlib import Path
from registry.db.pool import Addresses, open_database
from registry.domain.reachable import Reach
from registry.domain.webhooks import Pauses, SecretSeal
from registry.scheduler.delivering import Deliverer
from registry.scheduler.worker import Register
from registry.transfer.posting import posting, trusting

async def main():
    addresses, reach = Addresses(*sys.argv[1:4]), Reach.of(["127.0.0.0/8"], [int(sys.argv[5])])
    async with open_database(addresses) as database, posting(reach, trusting(Path(sys.argv[4])), 5.0) as poster:
        found = Register(database, addresses.staff)
        worker = Deliverer(lambda: found, SecretSeal(b"k" * 32), poster, poll_seconds=0.1, pauses=Pauses(0.02, 0.1))
        print("ready", flush=True)
        await worker.run(asyncio.Event())

asyncio.run(main())
"""


async def _started(addresses: Addresses, authority: Authority, port: int) -> asyncio.subprocess.Process:
    """A worker in a process of its own, which has begun."""
    given = [addresses.staff, addresses.public, addresses.owner, str(authority.authorities), str(port)]
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WORKER,
        *given,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"ready\n"
    return child


async def test_kill_9_of_workers_leaves_no_gap(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    draws, numbers = random.Random(7), iter(range(1000))
    receiver.always = "after:0.03"
    made = await subscribe(register, receiver, await make_key(register), position=0, kinds=("INSTITUTION",))
    standby = await _started(addresses, authority, receiver.port)
    for _ in range(3):
        child = await _started(addresses, authority, receiver.port)
        for _ in range(4):
            await rename(register, draws.randint(1, 6), f"新名{next(numbers)}")
            await asyncio.sleep(draws.random() * 0.05)
        first, standby = standby, child
        first.kill()
        await first.wait()
    await told_all(admin, made.id)
    standby.kill()
    await standby.wait()
    messages = {one.name: one for one in receiver.requests}
    told = [change for one in messages.values() for change in one.told()["data"]["changes"]]
    assert told == await feed(register, kinds=["INSTITUTION"])


async def test_a_worker_that_loses_its_connection_goes_on(
    register: Database, addresses: Addresses, admin: Connection, authority: Authority, receiver: Receiver
) -> None:
    made = await subscribe(register, receiver, await make_key(register))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE $1"
    async with delivering(register, addresses, authority, receiver.port, poll_seconds=0.1):
        await rename(register, 1, "一")
        await told_all(admin, made.id)

        async def cut_off() -> bool:
            return bool(await admin.fetchval(cut, "SELECT pg_advisory_unlock%"))

        await until(cut_off)
        await rename(register, 1, "二")
        await told_all(admin, made.id)
    assert receiver.accepted() == await feed(register, after=3)
