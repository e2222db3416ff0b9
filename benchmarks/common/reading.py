"""The statements that a run reads the register with, as psql can run them; and what they give as plain rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from common.psql import SEARCH_PATH, text_array, with_values
from common.register import AS_OF
from registry.db.pool import fetch_row, fetch_value
from registry.db.statements import statement
from registry.domain.institutions import AbilityClass
from registry.services.roster_inputs import CERTIFICATE_KINDS, SKILL_RUNGS, TITLE_RUNGS

_STORED = {
    "institution": "id, region_code, kind, scheme, beds",
    "employment": "institution_id, person_id, occupation, fte_thousandths, worked, appointed_level, id",
    "certificate": "person_id, kind, occupation, level, issued_on, expires_on, evaluation_organisation_id",
    "certificate_status": "certificate_id, status, effective_from",
    "resident_count": "institution_id, ability_class, day_from, headcount",
    "assessment": "institution_id, decided_on, valid, grade, environment, facilities, operations, service",
    "measure_value": "institution_id, measure_code, day, value, flag",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The code lists of a register, by which statements number what they give."""

    kinds: list[str]
    schemes: list[str]
    occupations: list[str]
    measures: list[str]
    flags: list[str]


async def read_vocabulary(address: str) -> Vocabulary:
    """Read the code lists."""
    connection = await asyncpg.connect(address, server_settings={"search_path": SEARCH_PATH})
    try:
        codes = await fetch_row(connection, "run/read_vocabulary", None)
        occupations = await fetch_value(connection, "run/read_occupations")
        reported = await fetch_row(connection, "run/read_measure_vocabulary", None)
    finally:
        await connection.close()
    assert codes is not None
    assert reported is not None
    return Vocabulary(codes["kinds"], codes["schemes"], occupations, reported["measures"], reported["flags"])


def queries(vocabulary: Vocabulary) -> Mapping[str, str]:
    """Return every query of a run's snapshot by name, its parameters filled in."""
    day = f"'{AS_OF}'"
    kinds = text_array(list(CERTIFICATE_KINDS))
    rungs = (text_array(SKILL_RUNGS), text_array(TITLE_RUNGS))
    classes = text_array([ability.value for ability in AbilityClass])
    occupations = text_array(vocabulary.occupations)
    every = "NULL"
    values: dict[str, tuple[str, ...]] = {
        "institutions": (text_array(vocabulary.kinds), text_array(vocabulary.schemes), day, every),
        "employments": (occupations, day, every),
        "certificates": (kinds, occupations, day, *rungs, every),
        "residents": (classes, day, every),
        "assessments": (day, every),
        "measures": (text_array(vocabulary.measures), text_array(vocabulary.flags), day, every),
    }
    return {name: with_values(statement(f"run/read_{name}"), *constants) for name, constants in values.items()}


def stored() -> list[str]:
    """Return queries of the same facts as they are stored: no condition, no conversion, no order."""
    return [f"SELECT {columns} FROM register.{table}" for table, columns in _STORED.items()]


def copy_binary(query: str) -> str:
    """Return the statement that sends a query's rows to the client as binary COPY."""
    return f"COPY ({query}) TO STDOUT (FORMAT binary)"
