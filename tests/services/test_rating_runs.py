"""Scoring runs against the real register: published whole, only what changed, never two at once."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from registry.db.pool import Connection, Database, execute
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor, operator
from registry.domain.errors import Conflict, InputError, NotFound, Unauthenticated
from registry.domain.personal import PersonalKeys
from registry.services import rating_publication
from registry.services.importing import import_file
from registry.services.policies import add_policy, shipped_documents
from registry.services.rating_runs import RunSummary, recompute, score_register
from registry.services.run_stages import Stages
from registry.services.seeding import seed
from registry.services.verifying import verify

CLI = operator("cli")
KEYS = PersonalKeys.derive(b"k" * 32)
DAY = date(2026, 11, 22)


async def _import(database: Database, kind: str, folder: Path, text: str) -> None:
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    await import_file(database, CLI, KEYS, kind, path, file_name=path.name, source="test")


ORGANISATIONS = """organisation_code,name,legal_form,region_code,status
91350100M000100Y43,某养老服务有限公司,COMPANY,350100,ACTIVE
"""
INSTITUTIONS = """institution_code,organisation_code,name,kind,region_code,status,beds,opened_on,closed_on
FAC:A,91350100M000100Y43,甲养老院,CARE_HOME,350100,ACTIVE,100,2010-01-01,
FAC:B,91350100M000100Y43,乙养老院,CARE_HOME,350100,ACTIVE,50,2010-01-01,
FAC:C,91350100M000100Y43,丙养老院,CARE_HOME,350100,CLOSED,50,2010-01-01,2020-01-01
"""
ASSESSMENTS = """\
institution_code,decided_on,grade,environment,facilities,operations,service,valid_from,valid_to,assessor
FAC:A,2025-01-01,4,100,110,125,500,2025-01-01,2027-12-31,某评估中心
"""
PEOPLE = """citizen_id,name
110105197001010011,张一
110105197001020017,李二
"""
EMPLOYMENTS = """citizen_id,institution_code,occupation,started_on,fte
110105197001010011,FAC:A,CARER,2020-01-01,1
110105197001020017,FAC:A,CARER,2020-01-01,1
"""
CERTIFICATES = """certificate_number,citizen_id,kind,occupation,level,issued_on,status
S000035010001233000001,110105197001010011,SKILL_LEVEL,CARER,SENIOR,2023-05-01,VALID
"""
RESIDENTS = """institution_code,ability_class,day_from,headcount
FAC:A,SELF_CARE,2024-01-01,10
"""


@pytest.fixture
async def register(database: Database, tmp_path: Path) -> Database:
    """A small register: two open institutions and a closed one, one assessment, the national policy."""
    await seed(database, CLI)
    await _import(database, "organisations", tmp_path, ORGANISATIONS)
    await _import(database, "institutions", tmp_path, INSTITUTIONS)
    await _import(database, "people", tmp_path, PEOPLE)
    await _import(database, "employments", tmp_path, EMPLOYMENTS)
    await _import(database, "certificates", tmp_path, CERTIFICATES)
    await _import(database, "residents", tmp_path, RESIDENTS)
    await _import(database, "assessments", tmp_path, ASSESSMENTS)
    await add_policy(database, CLI, shipped_documents()["cn-national"])
    return database


async def _ratings(admin: Connection) -> list[tuple[object, ...]]:
    rows = await admin.fetch(
        """SELECT i.code, r.stars, r.reason, r.run_id FROM register.rating AS r
             JOIN register.institution AS i ON i.id = r.institution_id ORDER BY 1"""
    )
    return [tuple(row) for row in rows]


async def test_a_run_rates_open_institutions_and_says_why_one_is_not_rated(
    register: Database, admin: Connection
) -> None:
    summary = await recompute(register, CLI, as_of=DAY)
    ratings = await _ratings(admin)
    assert [row[0] for row in ratings] == ["FAC:A", "FAC:B"]
    assert all((stars is None) != (reason is None) for _, stars, reason, _ in ratings)
    assert sum(summary.counts_by_stars["cn-national"]) == summary.institutions == 2
    assert summary.position == await admin.fetchval("SELECT position FROM register.register_head")
    assert {"read", "score", "write"} <= set(summary.durations_ms)


async def test_people_are_let_go_once_they_are_counted(register: Database) -> None:
    stages = Stages(lambda _: None)
    scored = await score_register(register, CLI, None, DAY, incremental=False, stages=stages)
    roster, certified = scored.snapshot.roster, scored.runs[0].in_force.policy.indicators
    assert (roster.n, roster.employments.person.size, roster.certificates.person.size) == (2, 0, 0)
    assert not {*scored.snapshot.measures, *scored.snapshot.flags, *scored.snapshot.groups}
    place = [indicator.code for indicator in certified].index("certified_ratio")
    assert scored.runs[0].outcome.present[:, place].any()


async def test_contributions_add_up_to_the_score(register: Database, admin: Connection) -> None:
    await recompute(register, CLI, as_of=DAY)
    rows = await admin.fetch(
        """SELECT score_scaled, (SELECT sum(c) FROM unnest(contributions) AS c) AS sum
             FROM register.rating WHERE score_scaled IS NOT NULL"""
    )
    assert rows
    assert all(row["score_scaled"] == row["sum"] for row in rows)


async def test_ratings_written_in_parts_are_those_written_at_once(
    register: Database, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "SELECT to_jsonb(r) - ARRAY['run_id', 'change_id'] FROM register.rating AS r ORDER BY r.ordinal"
    await recompute(register, CLI, as_of=DAY)
    at_once = await admin.fetch(content)
    async with admin.transaction():
        await admin.execute("SET LOCAL session_replication_role = replica")
        await admin.execute("UPDATE register.rating SET content_digest = content_digest # 1, points = '{}'")
    monkeypatch.setattr(rating_publication, "_ROWS_AT_ONCE", 1)
    assert (await recompute(register, CLI, as_of=DAY)).changed == 2
    assert await admin.fetch(content) == at_once
    assert len(at_once) == 2


async def test_the_columns_searched_by_say_what_the_rating_says(register: Database, admin: Connection) -> None:
    await recompute(register, CLI, as_of=DAY)
    rows = await admin.fetch(
        """SELECT r.score, r.score_scaled, p.score_decimals, r.stars, r.certified_ratio,
                  r.indicator_values[array_position(p.indicators, 'certified_ratio')] AS certified
             FROM register.rating AS r JOIN register.rating_policy AS p ON p.id = r.policy_id"""
    )
    assert any(row["certified"] for row in rows)
    for row in rows:
        scaled = Decimal(row["score_scaled"] or 0).scaleb(-row["score_decimals"])
        assert row["score"] == (scaled if row["stars"] else None)
        share = None if row["certified"] is None else Decimal(row["certified"]).scaleb(-4)
        assert row["certified_ratio"] == share


async def test_a_second_run_writes_nothing_but_is_recorded(register: Database, admin: Connection) -> None:
    first = await recompute(register, CLI, as_of=DAY)
    second = await recompute(register, CLI, as_of=DAY)
    assert (first.changed, second.changed) == (2, 0)
    assert await admin.fetchval("SELECT count(*) FROM register.rating_history") == 0
    digests = await admin.fetch("SELECT input_digest, output_digest FROM register.rating_run_policy ORDER BY run_id")
    assert digests[0]["output_digest"] == digests[1]["output_digest"]
    assert second.position == (first.position or 0) + 1


async def test_a_corrected_assessment_supersedes_one_rating_and_keeps_the_old(
    register: Database, admin: Connection, tmp_path: Path
) -> None:
    first = await recompute(register, CLI, as_of=DAY)
    await _import(register, "assessments", tmp_path, ASSESSMENTS.replace("4,100,110,125,500", "2,60,70,75,300"))
    second = await recompute(register, CLI, as_of=DAY)
    assert second.changed == 1
    said = await admin.fetch(
        """SELECT run_id, recorded_from, recorded_to FROM disclosure.rating_version
            WHERE code = 'FAC:A' ORDER BY recorded_from"""
    )
    assert [row["run_id"] for row in said] == [first.id, second.id]
    assert said[0]["recorded_to"] == said[1]["recorded_from"] == second.position


async def test_a_closed_institution_loses_its_rating_with_an_ended_entry_in_the_feed(
    register: Database, admin: Connection, tmp_path: Path
) -> None:
    await recompute(register, CLI, as_of=DAY)
    await _import(register, "institutions", tmp_path, INSTITUTIONS.replace("ACTIVE,50", "CLOSED,50"))
    await recompute(register, CLI, as_of=DAY)
    assert [row[0] for row in await _ratings(admin)] == ["FAC:A"]
    ended = await admin.fetch("SELECT code, ordinal FROM disclosure.change WHERE kind = 'RATING' AND action = 'ENDED'")
    assert [tuple(row) for row in ended] == [("FAC:B", 1)]


async def test_two_runs_at_once_publish_once_and_refuse_the_other(register: Database, admin: Connection) -> None:
    results = await asyncio.gather(*(recompute(register, CLI, as_of=DAY) for _ in range(2)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, Conflict)]
    assert [error.rule for error in refused] == ["run.under-way"]
    assert await admin.fetchval("SELECT count(*) FROM register.rating_run") == 1


async def test_a_retry_is_answered_without_a_second_run(register: Database, admin: Connection) -> None:
    first = await recompute(register, CLI, as_of=DAY, idempotency_key="nightly")
    again = await recompute(register, CLI, as_of=DAY, idempotency_key="nightly")
    assert again == first
    assert await admin.fetchval("SELECT count(*) FROM register.rating_run") == 1


async def test_weights_stand_within_the_calendar_month_and_are_recomputed_after_it(
    register: Database, admin: Connection
) -> None:
    days = (date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1))
    runs = [await recompute(register, CLI, as_of=day) for day in days]
    used = await admin.fetch(
        "SELECT weights_run_id, weights IS NOT NULL AS own FROM register.rating_run_policy ORDER BY 1, 2 DESC"
    )
    assert [row["weights_run_id"] for row in used] == [runs[0].id, runs[0].id, runs[2].id]
    assert [row["own"] for row in used] == [True, False, True]


async def test_ranks_are_kept_in_blocks_by_institution_id(register: Database, admin: Connection) -> None:
    run = await recompute(register, CLI, as_of=DAY)
    found = await admin.fetch(
        """SELECT r.stars, b.nation[array_position(b.members, (r.institution_id % 1000)::integer)] AS rank
             FROM register.rating AS r
             JOIN register.rating_rank_block AS b
               ON b.run_id = $1 AND b.policy_id = r.policy_id AND b.block = r.institution_id / 1000""",
        run.id,
    )
    assert len(found) == 2
    assert sorted((row["stars"] is not None, row["rank"]) for row in found) == [(False, None), (True, 1)]


AMENDED = "UPDATE register.rating SET run_id = $1, change_id = register.current_change()"
ADDED = """INSERT INTO register.rating (institution_id, policy_id, run_id, weights_run_id, as_of, reason,
                                        indicator_values, points, contributions, domain_points, domain_grades, ordinal)
           SELECT i.id, p.id, $1, $1, now(), 'X', '{}', '{}', '{}', '{}', '{}', 9
             FROM register.institution AS i, register.rating_policy AS p WHERE i.code = 'FAC:C'"""


@pytest.mark.parametrize("statement", [AMENDED, ADDED])
async def test_a_rating_of_a_run_that_is_not_there_is_refused(
    register: Database, admin: Connection, statement: str
) -> None:
    run = await recompute(register, CLI, as_of=DAY)
    await admin.execute("SELECT set_config('registry.change_id', '1000000', false)")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match=f"name run {run.id + 1}"):
        await admin.execute(statement, run.id + 1)


async def test_a_run_tells_how_long_it_wrote_and_is_amended_no_more(register: Database, admin: Connection) -> None:
    run = await recompute(register, CLI, as_of=DAY)
    kept = await admin.fetchrow("SELECT durations_ms, finished_at > started_at AS later FROM register.rating_run")
    assert kept is not None
    assert kept["later"]
    assert set(json.loads(kept["durations_ms"])) == {"read", "score", "write"}
    async with register.staff.acquire() as connection:
        assert await execute(connection, "run/finish_run", run.id, datetime.now(UTC), "{}") == 0


async def test_a_failing_run_leaves_nothing(register: Database, admin: Connection) -> None:
    await admin.execute(
        "ALTER TABLE register.rating ADD CONSTRAINT refuse_all CHECK (stars IS NULL AND reason IS NULL)"
    )
    before = await admin.fetchval("SELECT position FROM register.register_head")
    with pytest.raises(Exception, match="refuse_all"):
        await recompute(register, CLI, as_of=DAY)
    assert await admin.fetchval("SELECT count(*) FROM register.rating_run") == 0
    assert await admin.fetchval("SELECT position FROM register.register_head") == before


async def test_runs_are_refused_with_reasons(register: Database) -> None:
    with pytest.raises(InputError) as future:
        await recompute(register, CLI, as_of=datetime.now(UTC).date() + timedelta(days=3))
    assert future.value.rule == "as-of.future"
    with pytest.raises(NotFound) as unknown:
        await recompute(register, CLI, policy="nothing", as_of=DAY)
    assert unknown.value.rule == "policy.not-in-force"
    with pytest.raises(Unauthenticated):
        await recompute(register, ANONYMOUS, as_of=DAY)


async def test_without_a_policy_a_run_says_how_to_add_one(database: Database) -> None:
    with pytest.raises(NotFound) as refused:
        await recompute(database, CLI, as_of=DAY)
    assert "registry policy add" in refused.value.message.en


async def test_an_empty_register_can_be_rated(database: Database) -> None:
    await seed(database, CLI)
    await add_policy(database, CLI, shipped_documents()["cn-national"])
    summary = await recompute(database, CLI, as_of=DAY)
    assert (summary.institutions, summary.changed) == (0, 0)


async def test_the_most_specific_region_governs(register: Database, admin: Connection) -> None:
    national = shipped_documents()["cn-national"]
    local = national.replace('code = "cn-national"', 'code = "fuzhou"', 1).replace(
        'region = "CN"', 'region = "350100"', 1
    )
    await add_policy(register, CLI, local)
    summary = await recompute(register, CLI, as_of=DAY)
    assert set(summary.counts_by_stars) == {"fuzhou"}
    await recompute(register, CLI, policy="cn-national", as_of=DAY)
    codes = await admin.fetch(
        "SELECT DISTINCT p.code FROM disclosure.rating AS r JOIN disclosure.rating_policy AS p ON p.id = r.policy_id"
    )
    assert [row[0] for row in codes] == ["fuzhou"]


async def test_a_run_reads_one_instant_and_names_its_position(register: Database, admin: Connection) -> None:
    head = await admin.fetchval("SELECT position FROM register.register_head")
    run = await recompute(register, CLI, as_of=DAY)
    assert await admin.fetchval("SELECT read_position FROM register.rating_run WHERE id = $1", run.id) == head


async def test_a_run_for_a_region_only_administrator_would_still_see_everybody(
    register: Database, admin: Connection
) -> None:
    everywhere = await recompute(register, CLI, as_of=DAY)
    confined = Actor("key:9", Role.ADMIN, scope="CN/210000")
    again = await recompute(register, confined, as_of=DAY)
    assert (again.changed, again.counts_by_stars) == (0, everywhere.counts_by_stars)


async def test_many_retries_at_once_leave_the_pool_alive(register: Database, admin: Connection) -> None:
    tries = (recompute(register, CLI, as_of=DAY, idempotency_key="one") for _ in range(12))
    results = await asyncio.wait_for(asyncio.gather(*tries, return_exceptions=True), timeout=60)
    assert {error.rule for error in results if isinstance(error, Conflict)} <= {"idempotency.under-way"}
    assert any(isinstance(result, RunSummary) for result in results)
    assert await admin.fetchval("SELECT count(*) FROM register.rating_run") == 1


async def test_a_run_without_a_day_is_the_same_request_after_midnight(register: Database, admin: Connection) -> None:
    first = await recompute(register, CLI, idempotency_key="nightly")
    await admin.execute("UPDATE register.idempotent_answer SET created_at = created_at - interval '1 day'")
    stored = await admin.fetchval("SELECT answer FROM register.idempotent_answer")
    assert str(first.as_of) in stored
    assert (await recompute(register, CLI, idempotency_key="nightly")).id == first.id


async def test_the_run_record_holds_every_stage(register: Database, admin: Connection) -> None:
    await recompute(register, CLI, as_of=DAY)
    stages = await admin.fetch("SELECT jsonb_object_keys(durations_ms) FROM register.rating_run")
    assert {row[0] for row in stages} == {"read", "score", "write"}


@pytest.mark.parametrize(
    ("tampering", "rule"),
    [
        ("UPDATE register.rating_run_policy SET output_digest = sha256('x')", "run.output"),
        ("UPDATE register.rating_policy SET document = replace(document, '1000', '1001')", "policy.digest"),
        ("UPDATE register.rating_policy SET document = 'x'", "policy.digest"),
        ("UPDATE register.rating_policy SET canonical = '{}'", "policy.digest"),
    ],
)
async def test_verification_finds_a_changed_policy_or_result(
    register: Database, admin: Connection, tampering: str, rule: str
) -> None:
    await recompute(register, CLI, as_of=DAY)
    assert (await verify(register)).violations == []
    await admin.execute(f"SET session_replication_role = replica; {tampering}")
    assert rule in {violation.rule for violation in (await verify(register)).violations}


EVALUATOR = """evaluator_code,name,evaluator_type,region_code,accredited_from,accredited_to,withdrawn_from
E1,某评价中心,SOCIAL,350100,2020-01-01,{until},{withdrawn}
"""


@pytest.mark.parametrize(
    ("certificate", "evaluator", "counts"),
    [
        ("2023-05-01,,VALID,,", None, True),
        ("2023-05-01,2026-11-21,VALID,,", None, False),
        ("2023-05-01,2026-11-22,VALID,,", None, True),
        ("2026-11-23,,VALID,,", None, False),
        ("2023-05-01,,SUSPENDED,2026-11-22,", None, False),
        ("2023-05-01,,SUSPENDED,2026-11-23,", None, True),
        ("2023-05-01,,REVOKED,2024-01-01,", None, False),
        ("2023-05-01,,VALID,,E1", ("", ""), True),
        ("2023-05-01,,VALID,,E1", ("2023-04-30", ""), False),
        ("2023-05-01,,VALID,,E1", ("", "2023-05-01"), False),
        ("2023-05-01,,VALID,,E1", ("", "2023-05-02"), True),
    ],
)
async def test_a_certificate_counts_on_the_day_only_while_it_and_its_issuer_stand(
    register: Database,
    admin: Connection,
    tmp_path: Path,
    certificate: str,
    evaluator: tuple[str, str] | None,
    counts: bool,
) -> None:
    if evaluator is not None:
        await _import(
            register, "evaluation-organisations", tmp_path, EVALUATOR.format(until=evaluator[0], withdrawn=evaluator[1])
        )
    _, row = CERTIFICATES.splitlines()
    who = ",".join(row.split(",")[:5])
    header = (
        "certificate_number,citizen_id,kind,occupation,level,issued_on,expires_on,status,status_from,evaluator_code"
    )
    await _import(register, "certificates", tmp_path, f"{header}\n{who},{certificate}\n")
    await recompute(register, CLI, as_of=DAY)
    ratio = await admin.fetchval(
        """SELECT r.indicator_values[array_position(p.indicators, 'certified_ratio')] FROM register.rating AS r
             JOIN register.rating_policy AS p ON p.id = r.policy_id
             JOIN register.institution AS i ON i.id = r.institution_id WHERE i.code = 'FAC:A'"""
    )
    assert ratio == (5000 if counts else 0)


async def test_policies_never_change(register: Database) -> None:
    with pytest.raises(Conflict) as same:
        await add_policy(register, CLI, shipped_documents()["cn-national"])
    assert same.value.rule in {"policy.version-exists", "policy.same-content"}
    async with register.staff.acquire() as connection:
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute("UPDATE register.rating_policy SET document = ''")
