"""Requests counted in the real database by several processes at once, each an `Allowances` of its own."""

import asyncio
from collections import Counter
from datetime import date, timedelta

import asyncpg
import pytest

from registry.auth.allowances import Allowances
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor, operator
from registry.domain.errors import InputError, RateLimited
from registry.services.api_keys import NewKey, create_key
from registry.services.request_limits import RequestLimit, Window, forget_counts, list_limits, set_limit

SECRET = b"s" * 32
ADMIN = operator("cli")
BUYER = Actor("key:1", Role.PROCUREMENT)
TODAY = date(2026, 11, 23)
SOMEWHERE = "203.0.113.7"


class Clock:
    """A clock of one process, moved by the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Process:
    """What one worker process has of it."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.allowances = Allowances(database, SECRET, self._note, self.clock)

    def _note(self, role: Role, window: str) -> None:
        self.refused[role, window] += 1

    async def let_through(self, requests: int, actor: Actor = BUYER, address: str | None = SOMEWHERE) -> int:
        """How many of so many requests at once are let through."""

        async def one() -> bool:
            try:
                await self.allowances.admit(actor, address)
            except RateLimited:
                return False
            return True

        return sum(await asyncio.gather(*(one() for _ in range(requests))))


async def limit(database: Database, whom: str, per: Window, most: int | None) -> None:
    """Set the one limit of a caller, from long ago on, whatever the day."""
    async with database.staff.acquire() as connection:
        await connection.execute("DELETE FROM register.request_limit WHERE whom = $1 AND per = $2", whom, per)
        given = (
            "INSERT INTO register.request_limit (whom, per, most, effective, reason) VALUES ($1, $2, $3, $4, 'test')"
        )
        await connection.execute(given, whom, per, most, asyncpg.Range(date(2020, 1, 1), None))


@pytest.fixture
async def only(database: Database, admin: "asyncpg.Connection[asyncpg.Record]") -> Database:
    """A register without any limit but those of the test."""
    await admin.execute("DELETE FROM register.request_limit")
    await create_key(database, SECRET, ADMIN, NewKey("buyer", Role.PROCUREMENT))
    return database


@pytest.fixture
async def within_a_minute(only: Database, admin: "asyncpg.Connection[asyncpg.Record]") -> Database:
    """The same, with time enough in this minute for a test that counts by the minute."""
    seconds = 60 - await admin.fetchval("SELECT extract(second FROM clock_timestamp())::float")
    await asyncio.sleep(seconds if seconds < 15 else 0)
    return only


async def questions(admin: "asyncpg.Connection[asyncpg.Record]") -> int:
    """How often a count was written."""
    return int(await admin.fetchval("SELECT xmin::text::bigint FROM register.request_count"))


@pytest.mark.parametrize("most", [0, 1, 7, 100, 1000])
async def test_exactly_the_quota_is_let_through_by_several_processes(only: Database, most: int) -> None:
    await limit(only, "PROCUREMENT", Window.DAY, most)
    processes = [Process(only) for _ in range(3)]
    passed = 0
    for burst in (most // 2, most, most):
        passed += sum(await asyncio.gather(*(process.let_through(burst) for process in processes)))
        assert passed <= most
    for process in processes:  # what a process still holds is its own to use
        passed += await process.let_through(most)
    assert passed == most
    assert most == 0 or all(process.refused[Role.PROCUREMENT, "day"] for process in processes)


async def test_callers_of_a_role_have_a_limit_each_and_an_own_one_goes_before(only: Database) -> None:
    await limit(only, "PROCUREMENT", Window.DAY, 5)
    await limit(only, "key:1", Window.DAY, 8)
    process, other = Process(only), Actor("oidc:li", Role.PROCUREMENT)
    assert await process.let_through(20) == 8
    assert await process.let_through(20, other) == 5
    assert await process.let_through(20, Actor("key:9", Role.AUDITOR)) == 20
    await limit(only, "oidc:li", Window.DAY, None)
    assert await Process(only).let_through(20, other) == 20


async def test_an_own_limit_of_a_minute_goes_before_and_one_of_other_days_does_not_count(
    only: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await limit(only, "PROCUREMENT", Window.MINUTE, 2)
    await limit(only, "key:1", Window.MINUTE, 1000)
    assert await Process(only).let_through(20) == 20
    for whom, days in (("key:2", "[2020-01-01,2020-01-02)"), ("key:3", "[2999-01-01,)")):
        await admin.execute(
            "INSERT INTO register.request_limit (whom, per, most, effective, reason)"
            " VALUES ($1, 'MINUTE', 0, $2::text::daterange, 'test')",
            whom,
            days,
        )
        assert await Process(only).let_through(2, Actor(whom, Role.PROCUREMENT)) == 2


async def test_the_public_is_counted_by_address_and_this_machine_is_not(
    only: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await limit(only, "PUBLIC", Window.DAY, 4)
    process = Process(only)
    assert await process.let_through(9, ANONYMOUS, SOMEWHERE) == 4
    assert await process.let_through(9, ANONYMOUS, "::ffff:203.0.113.7") == 0
    assert await process.let_through(3, ANONYMOUS, "2001:db8:1:2::1") == 3
    assert await process.let_through(3, ANONYMOUS, "2001:db8:1:2:ffff::2") == 1
    assert await process.let_through(3, ANONYMOUS, "2001:db8:1:3::1") == 3
    for near in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", None):
        assert await process.let_through(9, ANONYMOUS, near) == 9
    kept = [row["whom"] for row in await admin.fetch("SELECT whom FROM register.request_count")]
    assert len(kept) == 3
    assert all(len(whom) == len("address:") + 32 for whom in kept)
    assert await Allowances(only, b"t" * 32, process._note).admit(ANONYMOUS, SOMEWHERE)


async def test_a_minute_ends_and_what_was_not_used_of_it_is_given_back_to_the_day(
    within_a_minute: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await limit(within_a_minute, "PROCUREMENT", Window.MINUTE, 640)
    await limit(within_a_minute, "PROCUREMENT", Window.DAY, 6400)
    process = Process(within_a_minute)
    for minute in range(1, 6):
        assert await process.let_through(40) == 40
        await admin.execute("UPDATE register.request_count SET minute = minute - interval '1 hour'")
        process.clock.now += 61
        assert await process.let_through(1) == 1
        left = process.allowances._shares["key:1"].left
        assert await admin.fetchval("SELECT in_day FROM register.request_count") == 41 * minute + left
        assert await admin.fetchval("SELECT in_minute FROM register.request_count") == 1 + left


async def test_a_busy_caller_asks_the_database_seldom_and_a_refused_one_not_at_all(
    within_a_minute: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await limit(within_a_minute, "PROCUREMENT", Window.MINUTE, 100_000)
    await limit(within_a_minute, "PROCUREMENT", Window.DAY, 100_000)
    process = Process(within_a_minute)
    before = await admin.fetchval("SELECT txid_current()")
    assert await process.let_through(20_000) == 20_000
    assert await admin.fetchval("SELECT txid_current()") - before < 100
    await limit(within_a_minute, "PROCUREMENT", Window.DAY, 1)
    other = Process(within_a_minute)
    assert await other.let_through(1) == 0
    written = await questions(admin)
    assert await other.let_through(500) == 0
    assert await questions(admin) == written
    other.clock.now += 61
    assert await other.let_through(1) == 0
    assert await questions(admin) != written


async def test_a_clock_that_went_back_opens_nothing(
    within_a_minute: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await limit(within_a_minute, "PROCUREMENT", Window.DAY, 3)
    await limit(within_a_minute, "PROCUREMENT", Window.MINUTE, 3)
    assert await Process(within_a_minute).let_through(3) == 3
    await admin.execute("UPDATE register.request_count SET minute = minute + interval '2 hours', day = day + 1")
    assert await Process(within_a_minute).let_through(3) == 0


async def test_what_is_left_is_told(within_a_minute: Database) -> None:
    await limit(within_a_minute, "PROCUREMENT", Window.MINUTE, 3)
    await limit(within_a_minute, "PROCUREMENT", Window.DAY, 1000)
    process = Process(within_a_minute)
    left = []
    for _ in range(3):
        told = await process.allowances.admit(BUYER, None)
        assert told["ratelimit-policy"] == '"minute";q=3;w=60, "day";q=1000;w=86400'
        left.append(told["ratelimit"].partition(";t=")[0])
    assert left == ['"minute";r=2', '"minute";r=1', '"minute";r=0']
    with pytest.raises(RateLimited) as found:
        await process.allowances.admit(BUYER, None)
    assert found.value.rule == "limit.requests-per-minute"
    assert 1 <= int(found.value.headers["retry-after"]) <= 60
    assert await Process(within_a_minute).allowances.admit(Actor("key:2", Role.ADMIN), None) == {}


async def test_limits_are_dated_sound_and_in_the_audit_chain(
    only: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    def wanted(whom: str = "key:1", most: int | None = 9, day: int = 23, reason: str = "x") -> RequestLimit:
        return RequestLimit(whom, Window.DAY, most, date(2026, 11, day), None, reason)

    for wrong, rule in (
        (wanted("nobody"), "request-limit.whom"),
        (wanted("key:99"), "request-limit.whom"),
        (wanted(most=-1), "request-limit.most"),
        (wanted(most=2**31), "request-limit.most"),
        (wanted(day=22), "request-limit.past"),
        (wanted(reason=" "), "request-limit.reason"),
    ):
        with pytest.raises(InputError) as found:
            await set_limit(only, ADMIN, wrong, TODAY)
        assert found.value.rule == rule
    for day, most in ((25, 1), (27, 2), (26, 3), (26, 4)):
        await set_limit(only, ADMIN, wanted(most=most, day=day), TODAY)
    held = [(one.most, one.effective_from.day, one.effective_to) for one in await list_limits(only, ADMIN)]
    assert held == [(1, 25, date(2026, 11, 25)), (4, 26, None)]
    assert await admin.fetchval("SELECT count(*) FROM register.audit_event WHERE action = 'setRequestLimit'") == 4


async def test_counts_of_days_that_are_over_are_forgotten(
    only: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await limit(only, "PROCUREMENT", Window.DAY, 3)
    await Process(only).let_through(1)
    day = await admin.fetchval("SELECT day FROM register.request_count")
    assert await forget_counts(only, ADMIN, day) == 0
    await admin.execute("UPDATE register.request_count SET day = day - 1")
    assert await forget_counts(only, ADMIN, day) == 1


async def _take(database: Database, wanted: int, given_back: int = 0, of: date | None = None) -> asyncpg.Record:
    async with database.staff.acquire() as connection:
        asked = "SELECT * FROM register.take_requests($1, $1, $2, $3, $4, $5)"
        row = await connection.fetchrow(asked, BUYER.identity, BUYER.role, wanted, given_back, of)
    assert row is not None
    return row


async def test_a_day_begins_with_all_of_its_quota(
    within_a_minute: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await limit(within_a_minute, "PROCUREMENT", Window.DAY, 5)
    assert await Process(within_a_minute).let_through(7) == 5
    await admin.execute("UPDATE register.request_count SET day = day - 1, minute = minute - interval '1 day'")
    assert await Process(within_a_minute).let_through(7) == 5


async def test_what_was_left_of_another_day_is_not_given_back_to_this(within_a_minute: Database) -> None:
    await limit(within_a_minute, "PROCUREMENT", Window.DAY, 64)
    taken = await _take(within_a_minute, 4)
    assert (taken["granted"], taken["left_in_day"]) == (4, 60)
    later = await _take(within_a_minute, 1, 2, taken["of_day"] - timedelta(days=1))
    assert (later["granted"], later["left_in_day"]) == (1, 59)
    again = await _take(within_a_minute, 1, 2, taken["of_day"])
    assert (again["granted"], again["left_in_day"]) == (1, 60)


async def test_one_process_takes_no_more_at_once_than_leaves_something_to_others(within_a_minute: Database) -> None:
    await limit(within_a_minute, "PROCUREMENT", Window.MINUTE, 160)
    assert (await _take(within_a_minute, 1024))["granted"] == 10
