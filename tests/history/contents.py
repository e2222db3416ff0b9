"""What the database holds, in the words of the change feed: one text a row, sorted."""

import json
from typing import Any

import asyncpg
from tests.history.plain import Standing

Contents = dict[str, list[str]]

VIEWS = {
    "REGION": "disclosure.region_version",
    "ORGANISATION": "register.organisation_version",
    "INSTITUTION": "disclosure.institution_version",
    "EVALUATION_ORGANISATION": "disclosure.evaluation_organisation_version",
    "ACCREDITATION": "disclosure.accreditation_version",
    "PERSON": "register.person_version",
    "EMPLOYMENT": "register.employment_version",
    "CERTIFICATE": "register.certificate_version",
    "CERTIFICATE_STATUS": "register.certificate_status_version",
    "RESIDENT_COUNT": "register.resident_count_version",
    "ASSESSMENT": "disclosure.assessment_version",
    "MEASURE": "register.measure_value_version",
    "TRAINING": "register.training_record_version",
    "AWARD": "register.skill_award_version",
    "EQUIVALENCE": "disclosure.equivalence_version",
    "POPULATION": "disclosure.elderly_population_version",
    "WAGE_BAND": "register.wage_band_version",
}


def written(content: Any) -> str:
    """Return a content as a text that is the same for equal contents."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def stated(standing: Standing) -> Contents:
    """Return what a model holds."""
    return {kind: sorted(written(content) for content in rows.values()) for kind, rows in standing.items()}


async def held(connection: "asyncpg.Connection[asyncpg.Record]", position: int | None = None) -> Contents:
    """Return what the register holds, now or at a position."""
    stood = "ended_by IS NULL" if position is None else _stood(position)
    found = {}
    for kind, view in VIEWS.items():
        rows = await connection.fetch(f"SELECT content FROM {view} WHERE {stood}")
        found[kind] = sorted(written(json.loads(row["content"])) for row in rows)
    return found


def _stood(position: int) -> str:
    return f"recorded_from <= {position} AND (recorded_to IS NULL OR recorded_to > {position})"
