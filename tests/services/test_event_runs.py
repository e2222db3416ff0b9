"""What change sets concern is rated anew: no more and no less than it, once, with the cause told."""

import pytest
from tests.services.followed import CARERS, EVENTS, PLACES, REVOKED, Event, bring, carer, fill, rate
from tests.services.importing.conftest import OPERATOR, certificate, employment

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.errors import Forbidden, Unauthenticated
from registry.services import event_runs
from registry.services.event_runs import Followed, follow_changes
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.replaying import replay
from registry.services.verifying import verify


@pytest.fixture
async def register(database: Database) -> Database:
    """The small register, rated under the national policy."""
    await fill(database)
    await rate(database, "cn-national")
    return database


async def _head(admin: Connection) -> int:
    position: int = await admin.fetchval("SELECT position FROM register.register_head")
    return position


async def _stands(admin: Connection) -> dict[int, int]:
    """The run that gave each rating, by institution."""
    rows = await admin.fetch("SELECT institution_id, run_id FROM register.rating")
    return {row["institution_id"]: row["run_id"] for row in rows}


async def _followed(database: Database) -> Followed:
    followed = await follow_changes(database, OPERATOR)
    assert followed is not None
    return followed


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
async def test_an_event_rates_what_it_concerns_and_leaves_nothing_to_an_incremental_run(
    register: Database, admin: Connection, event: Event
) -> None:
    await bring(register, event.kind, [event.row])
    followed = await _followed(register)
    assert (followed.changes, followed.institutions) == (1, event.rated)
    assert followed.changed >= event.changed
    again = await recompute(register, OPERATOR, incremental=True)
    assert again.changed == 0
    assert (await verify(register)).holds


async def test_the_cause_is_told_and_others_stay_as_they_are(register: Database, admin: Connection) -> None:
    before = await _stands(admin)
    position = await bring(register, REVOKED.kind, [REVOKED.row])
    await _followed(register)
    told = await admin.fetchrow(
        """SELECT s.kind, s.cause, r.cause AS of_run, r.kind AS run_kind, r.institutions, r.changed, r.read_position,
                  r.id
             FROM register.rating_run AS r
             JOIN register.change_set AS s ON s.id = r.change_id
            ORDER BY r.id DESC LIMIT 1"""
    )
    assert (told["kind"], told["run_kind"]) == ("RUN", "INCREMENTAL")
    assert told["cause"] == told["of_run"] == f"after {position}: import certificates"
    assert (told["institutions"], told["read_position"]) == (2, position)
    after = await _stands(admin)
    assert sum(before[number] != after[number] for number in before) == told["changed"] == 1
    assert (await replay(register, OPERATOR, told["id"])).holds
    parts = await admin.fetch("SELECT frozen, weights FROM register.rating_run_policy WHERE run_id = $1", told["id"])
    assert [tuple(row) for row in parts] == [(None, None)]


async def test_what_a_run_or_following_itself_published_is_not_followed(register: Database, admin: Connection) -> None:
    assert await _followed(register) == Followed()
    await bring(register, REVOKED.kind, [REVOKED.row])
    await _followed(register)
    head = await _head(admin)
    assert await _followed(register) == Followed()
    await recompute(register, OPERATOR)
    assert await _followed(register) == Followed()
    assert await _head(admin) == head + 1


async def test_an_event_that_changes_no_rating_publishes_nothing(register: Database, admin: Connection) -> None:
    events = await admin.fetchval("SELECT count(*) FROM register.audit_event")
    position = await bring(register, "measures", [EVENTS["a measure"].row])
    assert (await _followed(register)).changed == 0
    assert await _head(admin) == position
    assert await admin.fetchval("SELECT count(*) FROM register.audit_event") == events + 1
    assert await admin.fetchval("SELECT position FROM register.rating_follow") == position


async def test_events_during_a_run_wait_and_are_followed_together(register: Database, admin: Connection) -> None:
    first = await bring(register, REVOKED.kind, [REVOKED.row])
    async with admin.transaction():
        await admin.execute("SELECT pg_advisory_xact_lock(7265676973746677)")
        assert await follow_changes(register, OPERATOR) is None
        last = await bring(register, "assessments", [EVENTS["a new assessment"].row])
    followed = await _followed(register)
    assert (followed.changes, followed.institutions) == (2, 3)
    cause = await admin.fetchval("SELECT cause FROM register.rating_run ORDER BY id DESC LIMIT 1")
    assert cause == f"after {first}-{last}: import certificates, import assessments"


async def test_a_failure_leaves_the_event_to_the_next_attempt(register: Database, admin: Connection) -> None:
    before = await _head(admin)
    await bring(register, REVOKED.kind, [REVOKED.row])
    await admin.execute("ALTER TABLE register.rating_run ADD CONSTRAINT refuse CHECK (kind = 'FULL')")
    with pytest.raises(Exception, match="refuse"):
        await follow_changes(register, OPERATOR)
    assert await _head(admin) == before + 1
    await admin.execute("ALTER TABLE register.rating_run DROP CONSTRAINT refuse")
    assert (await _followed(register)).changed == 1
    assert await _head(admin) == before + 2


async def test_where_most_are_concerned_all_are_read_in_one_pass(
    register: Database, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_runs, "FEW", 2)
    revoked = [
        certificate(carer(at, 2), carer(at, 2), evaluator_code=issuer, status="REVOKED", status_from="2024-01-01")
        for at, issuer in ((1, "E1"), (2, "E1"), (6, "E2"))
    ]
    await bring(register, "certificates", revoked)
    followed = await _followed(register)
    assert (followed.institutions, followed.changed) == (len(PLACES), 3)
    assert (await recompute(register, OPERATOR, incremental=True)).changed == 0


async def test_nothing_is_rated_before_a_full_run_has_fixed_the_weights(database: Database, admin: Connection) -> None:
    await fill(database)
    assert (await _followed(database)).institutions == 0
    await add_policy(database, OPERATOR, shipped_documents()["cn-national"])
    await bring(database, "employments", [employment(carer(1, number), 2, fte="0.2") for number in CARERS[1:3]])
    followed = await _followed(database)
    assert (followed.changes, followed.institutions) == (1, 0)
    assert await _stands(admin) == {}


async def test_a_new_policy_waits_for_its_full_run_and_keeps_what_stands(register: Database, admin: Connection) -> None:
    before = await _stands(admin)
    local = shipped_documents()["cn-national"].replace('code = "cn-national"', 'code = "local"', 1)
    await add_policy(register, OPERATOR, local.replace('region = "CN"', 'region = "220000"', 1))
    await bring(register, REVOKED.kind, [REVOKED.row])
    await bring(register, "residents", [EVENTS["other residents"].row])
    followed = await _followed(register)
    assert (followed.institutions, followed.changed) == (1, 1)
    assert (await replay(register, OPERATOR, await admin.fetchval("SELECT max(id) FROM register.rating_run"))).holds
    after = await _stands(admin)
    assert after.keys() == before.keys()
    assert sum(before[number] != after[number] for number in before) == 1
    await recompute(register, OPERATOR)
    assert await admin.fetchval("SELECT count(DISTINCT policy_id) FROM register.rating") == 2


async def test_a_run_of_one_policy_follows_nothing(register: Database, admin: Connection) -> None:
    position = await bring(register, REVOKED.kind, [REVOKED.row])
    fixed = await admin.fetchval("SELECT position FROM register.rating_follow")
    await recompute(register, OPERATOR, policy="cn-national")
    assert await admin.fetchval("SELECT position FROM register.rating_follow") == fixed < position


async def test_only_administrators_follow(register: Database) -> None:
    with pytest.raises(Unauthenticated):
        await follow_changes(register, ANONYMOUS)
    with pytest.raises(Forbidden):
        await follow_changes(register, Actor(identity="key:1", role=Role.AUDITOR, scope="ALL"))
