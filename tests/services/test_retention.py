"""What is kept for a term goes when it is over, by the rule of the day, and nothing else does."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.errors import Forbidden, InputError
from registry.domain.lawdays import add_months, law_day
from registry.scheduler.jobs import ExportJobs, prune_all, scheduled_jobs
from registry.scheduler.schedules import Schedule
from registry.services.retention import Kept, RetentionRule, prune, set_rule

CLI = operator("cli")
TODAY = law_day(datetime.now(UTC))
RUNS = """
INSERT INTO register.job_run (job, scheduled_for, started_at, finished_at, outcome)
SELECT j.job, $1::date + d * interval '1 day', $1::date + d * interval '1 day', now(), 'DONE'
  FROM unnest(ARRAY['often', 'once']) AS j (job)
 CROSS JOIN generate_series(0, CASE j.job WHEN 'often' THEN 9 ELSE 0 END) AS d
"""
ANSWERS = """
INSERT INTO register.idempotent_answer (actor, idempotency_key, operation, input_digest, answer, created_at)
SELECT 'key:1', d::text, 'x', '', '{}', $1::date + d * interval '1 day' + interval '4 hours'
  FROM generate_series(0, 9) AS d
"""


def removed(answers: int, runs: int) -> dict[Kept, int]:
    return {Kept.COMPLAINT: 0, Kept.IDEMPOTENT_ANSWER: answers, Kept.JOB_RUN: runs}


async def test_what_is_past_its_term_goes_and_the_newest_runs_stay(database: Database, admin: Connection) -> None:
    first = date(2025, 1, 31)
    await admin.execute(RUNS, first)
    await admin.execute(ANSWERS, first)
    assert await prune(database, CLI, first + timedelta(days=30)) == removed(0, 0)
    assert await prune(database, CLI, first + timedelta(days=33)) == removed(3, 0)
    assert await prune(database, CLI, add_months(first, 13)) == removed(7, 0)
    assert await prune(database, CLI, date(2030, 1, 1)) == removed(0, 8)
    left = await admin.fetch("SELECT job, count(*) FROM register.job_run GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in left] == [("often", 2), ("once", 1)]
    told = await admin.fetchval("SELECT count(*) FROM register.audit_event WHERE action = 'prune'")
    assert told == 3


async def test_without_a_rule_nothing_goes(database: Database, admin: Connection) -> None:
    await admin.execute(ANSWERS, date(2010, 1, 1))
    assert (await prune(database, CLI, date(2015, 1, 1)))[Kept.IDEMPOTENT_ANSWER] == 0


async def test_a_rule_is_sound_or_refused(database: Database) -> None:
    for months, days, begins, basis, rule in (
        (0, 0, TODAY, "law", "retention.term"),
        (-1, 40, TODAY, "law", "retention.term"),
        (1, 0, TODAY - timedelta(days=1), "law", "retention.past"),
        (1, 0, TODAY, " ", "retention.legal-basis"),
    ):
        with pytest.raises(InputError) as refused:
            await set_rule(database, CLI, RetentionRule(Kept.JOB_RUN, months, days, begins, None, basis), TODAY)
        assert refused.value.rule == rule
    auditor = Actor(identity="key:1", role=Role.AUDITOR)
    with pytest.raises(Forbidden):
        await set_rule(database, auditor, RetentionRule(Kept.JOB_RUN, 1, 0, TODAY, None, "law"), TODAY)


async def test_the_jobs_keep_the_terms(database: Database, admin: Connection) -> None:
    await admin.execute(ANSWERS, date(2022, 1, 1))
    daily = Schedule("30 3 * * *", UTC)  # type: ignore[arg-type]
    told = {
        job.name: await job.call(database)
        for job in scheduled_jobs(daily, daily, prune_all, ExportJobs(Path("unused")))
        if job.name not in {"full-run", "checkpoint", "export", "renew-exports"}
    }
    assert told == {
        "erase-due": "0 of 0 people erased, 0 names of legal representatives",
        "prune": "0 of COMPLAINT, 10 of IDEMPOTENT_ANSWER, 0 of JOB_RUN, 0 callers removed",
    }
