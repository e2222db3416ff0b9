"""A run of any kind comes out again with the same digests, whatever was recorded, ended, erased or rated after it."""

import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.services.importing.conftest import (
    Admin,
    Bring,
    certificate,
    employment,
    equivalence,
    evaluator,
    institution,
    organisation,
    person,
    region,
    uscc,
)
from tests.services.importing.conftest import bring as bring
from tests.services.looking_back import PLACING, looking_back

from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.errors import Conflict, Forbidden, NotFound, RowsRejected
from registry.domain.lawdays import add_years, law_day
from registry.domain.personal import PersonalKeys
from registry.services.erasure import erase_due
from registry.services.event_runs import follow_changes
from registry.services.key_rotation import rotate_data_key
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import recompute
from registry.services.replaying import Replay, Verdict, replay
from registry.services.seeding import seed
from registry.services.transactions import ChangeKind, publishing

CLI = operator("cli")
HOMES, PEOPLE = range(1, 9), range(1, 25)
DAYS = [date(2025, 3, 1), date(2025, 9, 1), date(2026, 6, 1), date(2026, 11, 20)]
KINDS_OF_RUN: list[Mapping[str, object]] = [
    {},
    {"incremental": True},
    {"policy": "looking-back"},
    {"policy": "cn-jilin", "incremental": True},
]
LOOKING_BACK = looking_back(
    "210000",
    overall=f"""
[overall]
base = "placing"
upgrade_limit = 1
{PLACING}""",
)


def _region(number: int) -> str:
    return ("210102", "220102", "110101", "220202")[number % 4]


def _home(number: int, **changed: object) -> Mapping[str, object]:
    return institution(number, region_code=_region(number)) | changed


async def _fill(database: Database, bring: Bring) -> None:
    """Homes in two provinces, people with posts at one or two of them, certificates, titles, equivalences."""
    await seed(database, CLI)
    await bring("organisations", [organisation(n, region_code=_region(n)) for n in HOMES])
    await bring("institutions", [_home(n) for n in HOMES])
    await bring("people", [person(n, education=["COLLEGE", "BACHELOR", "PRIMARY"][n % 3]) for n in PEOPLE])
    await bring("evaluation-organisations", [evaluator("E1", accredited_to="")])
    await bring("employments", [employment(n, 1 + n % 8) for n in PEOPLE])
    await bring("employments", [employment(n, 1 + (n + 3) % 8, started_on="2020-01-01") for n in PEOPLE if n % 3 == 0])
    await bring("certificates", [certificate(n, n) for n in PEOPLE if n % 2])
    titles = {"kind": "PROFESSIONAL_TITLE", "level": "TITLE_ASSISTANT", "evaluator_code": ""}
    await bring("certificates", [certificate(n + 100, n, **titles) for n in PEOPLE if n % 5 == 0])
    await bring("equivalences", [equivalence("TITLE_ASSISTANT", "SENIOR")])
    await bring(
        "equivalences", [equivalence(rung, "SENIOR", from_ladder="EDUCATION") for rung in ("COLLEGE", "BACHELOR")]
    )
    await bring("measures", [_measure(n, "2025-01-01", 100 * n) for n in HOMES])
    for text in (shipped_documents()["cn-national"], shipped_documents()["cn-jilin"], LOOKING_BACK):
        await add_policy(database, CLI, text)


def _measure(at: int, day: str, value: object, **changed: object) -> Mapping[str, object]:
    return {"institution_code": uscc(at), "measure_code": "experience", "day": day, "value": value} | changed


async def _end(database: Database, statement: str) -> None:
    """End rows in a change set of their own."""
    async with publishing(database, CLI, ChangeKind.CORRECTION, "ended", action="test") as change:
        tag = await change.connection.execute(statement)
        await change.reserve_from(int(tag.rsplit(" ", 1)[-1]))


def _corrections(at: random.Random) -> dict[str, list[Mapping[str, object]]]:
    """One row of every kind that a run reads, each another than before in some way."""
    home, who, day = at.choice(HOMES), at.choice(PEOPLE), str(at.choice(DAYS))
    states = [("VALID", ""), ("SUSPENDED", day), ("REVOKED", day)]
    status, since = at.choice(states)
    return {
        "institutions": [
            _home(home, beds=at.randrange(10, 90), region_code=at.choice(["220102", "220103", "210102"]))
            | {"status": at.choice(["ACTIVE", "ACTIVE", "CLOSED"])}
        ],
        "people": [person(who, education=at.choice(["COLLEGE", "BACHELOR", "PRIMARY"]))],
        "employments": [
            employment(who, 1 + who % 8, fte=at.choice(["1", "0.5"]), ended_on=at.choice(["", day])),
            employment(at.choice(PEOPLE), at.choice(HOMES), started_on=day, occupation=at.choice(["CARER", "NURSE"])),
        ],
        "certificates": [
            certificate(who, who, expires_on=at.choice(["", "2026-08-31"]), status=status, status_from=since),
        ],
        "evaluation-organisations": [evaluator("E1", accredited_to="", withdrawn_from=at.choice(["", "2021-02-01"]))],
        "equivalences": [equivalence("TITLE_ASSISTANT", at.choice(["SENIOR", "TECHNICIAN"]))],
        "residents": [
            {
                "institution_code": uscc(home),
                "ability_class": "DISABLED",
                "day_from": day,
                "headcount": at.randrange(60),
            }
        ],
        "measures": [_measure(home, day, at.randrange(1000), flag=at.choice(["", "LATE"]))],
        "assessments": [
            {"institution_code": uscc(home), "decided_on": "2024-05-01", "grade": 3, "environment": at.randrange(120)}
            | {"facilities": "100", "operations": "120", "service": "400", "valid_from": "2024-05-01"}
            | {"valid_to": "2027-04-30", "assessor": "某局"}
        ],
    }


async def _correct(bring: Bring, at: random.Random) -> None:
    """Import some of the corrections; what the rules of imports refuse is left out."""
    for kind, rows in _corrections(at).items():
        if at.random() < 0.5:
            try:
                await bring(kind, rows)
            except RowsRejected:
                continue


async def _replayed(database: Database, runs: list[int]) -> list[Replay]:
    return [await replay(database, CLI, run) for run in runs]


async def _policy_changes(database: Database) -> None:
    national = shipped_documents()["cn-national"]
    changed = national.replace('code = "cn-national"', 'code = "changchun"', 1).replace(
        'region = "CN"', 'region = "220100"', 1
    )
    assert changed != national
    await add_policy(database, CLI, changed)


async def _seed_anew(bring: Bring, admin: Admin) -> None:
    """A district moves to another province, another is renamed, and there is an occupation that sorts first."""
    since = {"valid_from": "1980-12-31"}
    await bring(
        "regions", [region("220103", "COUNTY", "210100", **since), region("220102", "COUNTY", "220100", **since)]
    )
    await admin.execute("INSERT INTO register.occupation VALUES ('AAA', '甲', 'First', '2002-01-01', NULL, 'test')")


@pytest.mark.parametrize("chance", range(3))
async def test_every_run_comes_out_again_whatever_came_after(
    database: Database, admin: Admin, bring: Bring, chance: int
) -> None:
    at = random.Random(chance)
    await _fill(database, bring)
    runs = [(await recompute(database, CLI, as_of=DAYS[0])).id]
    events: list[Callable[[], Awaitable[object]]] = [
        lambda: _policy_changes(database),
        lambda: _seed_anew(bring, admin),
        lambda: _end(database, "DELETE FROM register.employment WHERE id % 7 = 3"),
        lambda: _end(database, "DELETE FROM register.measure_value WHERE id % 5 = 2"),
        lambda: _end(database, "DELETE FROM register.certificate_status"),
    ]
    at.shuffle(events)
    for number, event in enumerate(events):
        await _correct(bring, at)
        chosen = dict(at.choice(KINDS_OF_RUN))
        runs.append((await recompute(database, CLI, as_of=DAYS[min(number, 3)], **chosen)).id)  # type: ignore[arg-type]
        await event()
    runs.append((await recompute(database, CLI, as_of=DAYS[1])).id)
    positions = await admin.fetch("SELECT read_position, read_digests FROM register.rating_run ORDER BY id")
    assert len({row["read_position"] for row in positions}) == len(runs)
    assert len({row["read_digests"] for row in positions}) == len(runs)
    told = await _replayed(database, runs)
    assert [(one.policies, one.tables) for one in told if not one.holds or one.tables] == []
    assert len({policy.code for one in told for policy in one.policies}) >= 3


async def test_erasure_and_another_data_key_change_no_replay(database: Database, admin: Admin, bring: Bring) -> None:
    await _fill(database, bring)
    await bring("employments", [employment(n, 1 + n % 8, ended_on="2025-06-30") for n in (2, 4, 8, 14, 16, 22)])
    runs = [(await recompute(database, CLI, as_of=day)).id for day in (DAYS[0], DAYS[3])]
    due = add_years(law_day(datetime.now(UTC)), 3) + timedelta(days=40)
    assert (await erase_due(database, CLI, due)).erased == 6
    keys = PersonalKeys.derive(b"n" * 32, previous=b"a secret of thirty-two bytes ....")
    assert (await rotate_data_key(database, CLI, keys)).resealed > 0
    told = await _replayed(database, runs)
    assert [(one.policies, one.tables) for one in told if not one.holds or one.tables] == []
    await _behind_the_back(admin, "UPDATE register.person_history SET education = NULL")
    assert [one.tables for one in await _replayed(database, runs)] == [("certificate",), ()]


async def test_a_run_that_followed_a_change_comes_out_again(database: Database, admin: Admin, bring: Bring) -> None:
    await _fill(database, bring)
    await recompute(database, CLI)
    await bring("certificates", [certificate(1, 1, status="REVOKED", status_from="2026-01-01")])
    await follow_changes(database, CLI)
    await bring("certificates", [certificate(n, n, expires_on="2026-02-01") for n in (1, 3)])
    await recompute(database, CLI)
    runs = await admin.fetch("SELECT id, institution_ids FROM register.rating_run ORDER BY id")
    assert [row["institution_ids"] is None for row in runs] == [True, False, True]
    told = await _replayed(database, [row["id"] for row in runs])
    assert [(one.policies, one.tables) for one in told if not one.holds or one.tables] == []
    assert told[1].policies


@pytest.fixture
async def rated(database: Database, bring: Bring) -> int:
    """A register with one full run."""
    await _fill(database, bring)
    return (await recompute(database, CLI, as_of=DAYS[3])).id


async def _behind_the_back(admin: Admin, statement: str) -> None:
    await admin.execute(f"SET session_replication_role = replica; {statement}; RESET session_replication_role")


@pytest.mark.parametrize(
    ("tampering", "table"),
    [
        ("UPDATE register.employment SET fte_thousandths = 3", "employment"),
        ("UPDATE register.certificate SET level = 1, issued_on = '2027-01-01'", "certificate"),
        (
            "UPDATE register.institution SET beds = 1 WHERE id = 1; DELETE FROM register.institution WHERE id = 3",
            "institution",
        ),
        ("UPDATE register.measure_value SET value = value + 1", "measure_value"),
        ("UPDATE register.region SET path = 'CN/210102' WHERE code = '210102'", "region"),
    ],
)
async def test_what_was_changed_behind_the_registers_back_is_named(
    database: Database, admin: Admin, rated: int, tampering: str, table: str
) -> None:
    await _behind_the_back(admin, tampering)
    told = await replay(database, CLI, rated)
    assert not told.holds
    assert table in told.tables
    assert {policy.verdict for policy in told.policies} & {Verdict.OTHER_INPUT, Verdict.NOT_REPLAYED}


async def test_another_output_of_the_same_input_is_told_as_such(database: Database, admin: Admin, rated: int) -> None:
    await _behind_the_back(admin, "UPDATE register.rating_run_policy SET output_digest = sha256('x')")
    told = await replay(database, CLI, rated)
    assert {policy.verdict for policy in told.policies} == {Verdict.OTHER_OUTPUT}
    assert told.tables == ()


async def test_a_policy_without_a_record_is_told(database: Database, admin: Admin, rated: int) -> None:
    await _behind_the_back(admin, "DELETE FROM register.rating_run_policy WHERE policy_id = 1")
    verdicts = [policy.verdict for policy in (await replay(database, CLI, rated)).policies]
    assert verdicts.count(Verdict.NOT_RECORDED) == 1


async def test_replaying_publishes_nothing(database: Database, admin: Admin, rated: int) -> None:
    counts = "SELECT (SELECT count(*) FROM register.rating_run), (SELECT position FROM register.register_head)"
    before = await admin.fetchrow(counts)
    await replay(database, CLI, rated)
    assert await admin.fetchrow(counts) == before


async def test_runs_that_cannot_be_replayed_are_refused(database: Database, admin: Admin, rated: int) -> None:
    with pytest.raises(NotFound) as unknown:
        await replay(database, CLI, 4711)
    assert unknown.value.rule == "run.unknown"
    with pytest.raises(Forbidden):
        await replay(database, Actor("key:1", Role.REGULATOR, scope="CN"), rated)
    await _behind_the_back(admin, "UPDATE register.rating_run SET engine_version = '0'")
    with pytest.raises(Conflict) as other:
        await replay(database, CLI, rated)
    assert other.value.rule == "run.other-engine"
