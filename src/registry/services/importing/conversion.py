"""Typed columns of a file to staged columns: personal numbers sealed, names in pinyin, levels as ordinals."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import cast

from registry.domain.identifiers import CitizenId, mask_citizen_id
from registry.domain.ladders import TITLE_ORDINALS
from registry.domain.personal import PersonalKeys
from registry.domain.workforce import SkillLevel
from registry.services.importing.pinyin import latin_name
from registry.transfer import ParsedBatch, Value

StagedColumns = Sequence[Sequence[object]]
Convert = Callable[[ParsedBatch], StagedColumns]
MakeConvert = Callable[[PersonalKeys], Convert]

_LEVELS = [(level.value, level.ordinal) for level in SkillLevel]
_ORDINALS: dict[object, int] = dict([*_LEVELS, *TITLE_ORDINALS.items(), (None, 0)])


def as_it_is(batch: ParsedBatch) -> StagedColumns:
    """The rows' numbers and their values."""
    return (batch.numbers, *batch.columns)


def with_pinyin(batch: ParsedBatch) -> StagedColumns:
    """Institutions with their names in pinyin behind them."""
    latin = [latin_name(str(name)) for name in batch.columns[2]]
    return (batch.numbers, *batch.columns, [whole for whole, _ in latin], [initials for _, initials in latin])


def _thousandths(ftes: Sequence[Value]) -> list[int]:
    known = {fte: int(cast("Decimal", fte) * 1000) for fte in set(ftes)}
    return [known[fte] for fte in ftes]


def _ordinals(levels: Sequence[Value]) -> list[int]:
    return [_ORDINALS[level] for level in levels]


def _citizens(numbers: Sequence[Value]) -> list[CitizenId]:
    return [CitizenId(cast("str", number)) for number in numbers]


def _hashes(keys: PersonalKeys, citizens: Sequence[CitizenId]) -> StagedColumns:
    """The hashes under which people are found, and under which they may still be kept while the key is rotated."""
    return list(map(keys.number_hash, citizens)), list(map(keys.other_hash, citizens))


def people(keys: PersonalKeys) -> Convert:
    """People: the number hashed, sealed and masked."""

    def convert(batch: ParsedBatch) -> StagedColumns:
        numbers, *rest = batch.columns
        citizens = _citizens(numbers)
        hashes = _hashes(keys, citizens)
        sealed = list(map(keys.seal, citizens, cast("Sequence[bytes]", hashes[0])))
        return (batch.numbers, *hashes, sealed, list(map(mask_citizen_id, citizens)), *rest)

    return convert


def _people_named(keys: PersonalKeys, numbers: Sequence[Value]) -> StagedColumns:
    """The people that rows refer to: their hashes and masks."""
    citizens = _citizens(numbers)
    return (*_hashes(keys, citizens), list(map(mask_citizen_id, citizens)))


def employments(keys: PersonalKeys) -> Convert:
    """Employments: the number hashed and masked, full-time equivalents in thousandths, the level's ordinal."""

    def convert(batch: ParsedBatch) -> StagedColumns:
        numbers, institution, occupation, started, ended, fte, dispatcher, level, title = batch.columns
        post = (institution, occupation, started, ended, _thousandths(fte), dispatcher, _ordinals(level), title)
        return (batch.numbers, *_people_named(keys, numbers), *post)

    return convert


def certificates(keys: PersonalKeys) -> Convert:
    """Certificates: the holder's number hashed and masked, the level's ordinal (0 for none)."""

    def convert(batch: ParsedBatch) -> StagedColumns:
        certificate, numbers, kind, occupation, level, *rest = batch.columns
        return (batch.numbers, certificate, *_people_named(keys, numbers), kind, occupation, _ordinals(level), *rest)

    return convert


def training(keys: PersonalKeys) -> Convert:
    """Training records: the number hashed and masked, the level's ordinal (0 for none)."""

    def convert(batch: ParsedBatch) -> StagedColumns:
        numbers, occupation, programme, level, *rest = batch.columns
        return (batch.numbers, *_people_named(keys, numbers), occupation, programme, _ordinals(level), *rest)

    return convert


def with_ordinals(batch: ParsedBatch) -> StagedColumns:
    """Rows with a level in their third column: its ordinal in its place."""
    institution, occupation, level, *rest = batch.columns
    return (batch.numbers, institution, occupation, _ordinals(level), *rest)


def awards(keys: PersonalKeys) -> Convert:
    """Awards: the number hashed and masked, the level's ordinal."""

    def convert(batch: ParsedBatch) -> StagedColumns:
        numbers, level, *rest = batch.columns
        return (batch.numbers, *_people_named(keys, numbers), _ordinals(level), *rest)

    return convert


def credit_entries(keys: PersonalKeys) -> Convert:
    """Entries on credit lists: the number of a listed person hashed and masked, none of another subject."""

    def convert(batch: ParsedBatch) -> StagedColumns:
        document, listed, kind, code, numbers, *rest = batch.columns
        hashes, others, masks = _people_named(keys, [number for number in numbers if number is not None])
        named = [_spread(values, numbers) for values in (hashes, others, masks)]
        return (batch.numbers, document, listed, kind, code, *named, *rest)

    return convert


def _spread(values: Sequence[object], numbers: Sequence[Value]) -> list[object]:
    """A value at each number in turn, None where there is no number."""
    following = iter(values)
    return [None if number is None else next(following) for number in numbers]
