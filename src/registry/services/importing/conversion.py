"""Typed rows of a file to staged rows: personal numbers sealed, names in pinyin, levels as ordinals."""

from collections.abc import Callable
from decimal import Decimal

from registry.domain.identifiers import CitizenId, mask_citizen_id
from registry.domain.personal import PersonalKeys
from registry.domain.workforce import SkillLevel
from registry.services.importing.pinyin import latin_name
from registry.transfer import ParsedRow

StagedRow = tuple[object, ...]
Convert = Callable[[ParsedRow], StagedRow]
MakeConvert = Callable[[PersonalKeys], Convert]

_ORDINALS: dict[object, int] = {level.value: level.ordinal for level in SkillLevel} | {None: 0}


def as_it_is(row: ParsedRow) -> StagedRow:
    """The row's number and its values."""
    return (row.number, *row.values)


def with_pinyin(row: ParsedRow) -> StagedRow:
    """An institution with its name in pinyin behind it."""
    return (row.number, *row.values, *latin_name(str(row.values[2])))


def _thousandths(fte: object) -> int:
    return int(Decimal(str(fte)) * 1000)


def people(keys: PersonalKeys) -> Convert:
    """A person: the number hashed, sealed and masked."""

    def convert(row: ParsedRow) -> StagedRow:
        number = CitizenId(str(row.values[0]))
        number_hash = keys.number_hash(number)
        sealed = keys.seal(number, number_hash)
        found = number_hash, keys.other_hash(number)
        return (row.number, *found, sealed, mask_citizen_id(number), *row.values[1:])

    return convert


def employments(keys: PersonalKeys) -> Convert:
    """An employment: the number hashed and masked, full-time equivalents in thousandths, the level's ordinal."""

    def convert(row: ParsedRow) -> StagedRow:
        citizen, institution, occupation, started, ended, fte, dispatcher, level, title = row.values
        number = CitizenId(str(citizen))
        found = keys.number_hash(number), keys.other_hash(number), mask_citizen_id(number)
        post = (institution, occupation, started, ended, _thousandths(fte), dispatcher, _ORDINALS[level], title)
        return (row.number, *found, *post)

    return convert


def certificates(keys: PersonalKeys) -> Convert:
    """A certificate: the holder's number hashed and masked, the level's ordinal (0 for none)."""

    def convert(row: ParsedRow) -> StagedRow:
        certificate, citizen, kind, occupation, level, *rest = row.values
        number = CitizenId(str(citizen))
        found = keys.number_hash(number), keys.other_hash(number), mask_citizen_id(number)
        return (row.number, certificate, *found, kind, occupation, _ORDINALS[level], *rest)

    return convert
