"""Workforce rules of a policy: who is a carer, which certificates count, what a level is worth, how many are needed."""

from dataclasses import dataclass
from fractions import Fraction

from scoring.policy.measures import read_residents_per_carer
from scoring.policy.reader import Reader
from scoring.vocabulary import LEVEL_ORDINAL, SKILL_LEVELS

COEFFICIENT_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Equivalence:
    """A certificate that counts as a skill level though it is not one (职称比照认定).

    `level` 0 stands for any. `as_level` 0 leaves it to the roster: it counts as the level that the roster gives it,
    and not at all where the roster gives none.
    """

    kind: str
    occupation: str
    level: int
    as_level: int


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """Occupations that make a group of staff, and the certificate kinds one of which is demanded (none: no demand)."""

    occupations: tuple[str, ...]
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workforce:
    """Everything built-in measures need beyond the roster.

    `coefficients` of the skill configuration in ten-thousandths: index 0 an uncertified carer, 1…8 the levels,
    9 a certificate without a level.
    """

    carers: StaffGroup
    certificate_occupations: tuple[str, ...]
    coefficients: tuple[int, ...]
    equivalences: tuple[Equivalence, ...]
    senior_from: int
    residents_per_carer: tuple[Fraction, ...]
    social_workers: StaffGroup
    nurses: StaffGroup
    first_aid: tuple[str, ...]
    dementia_care: tuple[str, ...]
    full_time_from: int


def read_workforce(document: Reader, needed: bool) -> Workforce | None:
    """Reads `[workforce]`, which measures from the roster need."""
    document.seen.add("workforce")
    if not document.has("workforce"):
        if needed:
            document.note("workforce", "workforce-required")
        return None
    reader = document.child("workforce")
    certified = reader.child("certified", required=True)
    workforce = Workforce(
        carers=StaffGroup(reader.texts("carers", required=True), certified.texts("kinds", required=True)),
        certificate_occupations=certified.texts("occupations"),
        coefficients=_coefficients(reader),
        equivalences=tuple(_equivalence(inner) for inner in reader.children("equivalences")),
        senior_from=LEVEL_ORDINAL[reader.choice("senior_from", SKILL_LEVELS, "TECHNICIAN")],
        residents_per_carer=read_residents_per_carer(reader),
        social_workers=_group(reader, "social_workers"),
        nurses=_group(reader, "nurses"),
        first_aid=reader.texts("first_aid"),
        dementia_care=reader.texts("dementia_care"),
        full_time_from=reader.scaled("full_time_from", 3, 1000),
    )
    certified.finish()
    reader.text("note")
    reader.finish()
    return workforce


def _coefficients(reader: Reader) -> tuple[int, ...]:
    inner = reader.child("level_coefficients")
    keys = ("UNCERTIFIED", *SKILL_LEVELS, "WITHOUT_LEVEL")
    coefficients = tuple(inner.scaled(key, COEFFICIENT_DECIMALS) for key in keys)
    for key, coefficient in zip(keys, coefficients, strict=True):
        if not 0 <= coefficient <= 100 * 10**COEFFICIENT_DECIMALS:
            inner.note(key, "range", found=Fraction(coefficient, 10**COEFFICIENT_DECIMALS), low=0, high=100)
    inner.finish()
    return coefficients


def _equivalence(reader: Reader) -> Equivalence:
    level = reader.choice("level", SKILL_LEVELS) if reader.has("level") else ""
    equivalence = Equivalence(
        kind=reader.text("kind", required=True),
        occupation=reader.text("occupation"),
        level=LEVEL_ORDINAL.get(level, 0),
        as_level=LEVEL_ORDINAL[reader.choice("as_level", SKILL_LEVELS)] if reader.has("as_level") else 0,
    )
    reader.text("legal_basis")
    reader.finish()
    return equivalence


def _group(reader: Reader, key: str) -> StaffGroup:
    inner = reader.child(key)
    group = StaffGroup(inner.texts("occupations"), inner.texts("certificates"))
    inner.finish()
    return group
