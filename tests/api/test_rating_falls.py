"""The rule on ratings that fell: two stars fewer than the best of a year, under the same policy, once a fall."""

import json
from datetime import UTC, date, datetime

import pytest
from apikit.builder import change_set
from apikit.sample import Sample

from registry.db.pool import Connection, Database
from registry.domain.actors import operator
from registry.domain.lawdays import law_day
from registry.services.flags.raising import raise_flags

RULE = """INSERT INTO register.flag_rule (code, severity, parameters, effective, legal_basis, confirmed)
VALUES ('RATING_FELL', 'WARNING', '{"stars": 2, "days": 365}', '[2020-01-01,)', 'test', false)"""
TODAY = law_day(datetime.now(UTC))
FALLEN = "SELECT institution_id, evidence FROM register.flag WHERE rule = 'RATING_FELL' ORDER BY id"


async def rate(database: Database, sample: Sample, stars: int | None) -> None:
    """Let the institution, which has 5 stars and had 4, have so many."""
    async with change_set(database) as writer:
        run = await writer.run(as_of=date(2026, 11, 2))
        row = await writer.change.connection.fetchval(
            "SELECT id FROM register.rating WHERE institution_id = $1", sample.institutions["single"]
        )
        reason = None if stars else "NO_ASSESSMENT"
        score = {"score_scaled": None, "score": None} if stars is None else {}
        await writer.amend("rating", row, stars=stars, run_id=run, as_of=date(2026, 11, 2), reason=reason, **score)


@pytest.mark.parametrize(("stars", "fell"), [(4, False), (3, True), (1, True), (None, False)])
async def test_two_stars_fewer_than_the_best_are_a_fall(
    database: Database, sample: Sample, admin: Connection, stars: int | None, fell: bool
) -> None:
    await admin.execute(RULE)
    await raise_flags(database, operator("test"), TODAY)
    assert await admin.fetch(FALLEN) == []
    await rate(database, sample, stars)
    for _ in range(2):
        await raise_flags(database, operator("test"), TODAY)
    rows = await admin.fetch(FALLEN)
    told = [(row["institution_id"], json.loads(row["evidence"])) for row in rows]
    evidence = {"day": str(TODAY), "stars": stars, "before": 5, "asOf": "2026-11-02", "asOfBefore": "2026-11-01"}
    assert told == ([(sample.institutions["single"], evidence)] if fell else [])


async def test_the_best_of_more_than_a_year_ago_is_forgotten(
    database: Database, sample: Sample, admin: Connection
) -> None:
    await admin.execute(RULE.replace("365", "0"))
    await rate(database, sample, 1)
    await admin.execute("UPDATE register.change_set SET recorded_at = recorded_at - interval '2 days'")
    await raise_flags(database, operator("test"), TODAY)
    assert await admin.fetch(FALLEN) == []
