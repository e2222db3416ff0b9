"""The register as the scoring core wants it: columns of one instant, institutions in the order of their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.db.columns import Columns, read_columns
from registry.db.pool import Connection, execute, fetch, fetch_row, fetch_value
from registry.domain.certificates import CertificateKind
from registry.domain.institutions import AbilityClass
from registry.domain.ladders import RUNGS, Ladder
from scoring import Certificates, Column, Employments, Grouping, Roster

LEVELS = ("NATION", "PROVINCE", "PREFECTURE", "COUNTY")
ASSESSMENT_PARTS = ("environment", "facilities", "operations", "service")
MEASURE_DECIMALS = 6
CERTIFICATE_KINDS = (*(kind.value for kind in CertificateKind), "EDUCATION")
"""What certifies people: the kinds of certificates, and education where the register says which level it equals."""
SKILL_RUNGS, TITLE_RUNGS = ([rung.value for rung in RUNGS[ladder]] for ladder in (Ladder.SKILL, Ladder.TITLE))
_NOT_SUBMITTED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Everything a run reads, as of one register position and one law day; n institutions in ascending id.

    `asked` bool[n] tells the institutions that were asked for; the others are there for the posts that people share,
    are not read whole and cannot be rated. `ids` int64[n]; `paths` holds each institution's region codes from the
    nation down; `measures` and `flags` are what was reported (assessment parts included, `assessment_<part>` in
    hundredths); `roster` feeds the built-in measures.
    """

    position: int
    as_of: date
    ids: npt.NDArray[np.int64]
    asked: npt.NDArray[np.bool_]
    paths: tuple[tuple[str, ...], ...]
    kinds: npt.NDArray[np.int32]
    kind_codes: tuple[str, ...]
    schemes: npt.NDArray[np.int32]
    scheme_codes: tuple[str, ...]
    groups: Mapping[str, Grouping]
    roster: Roster
    measures: Mapping[str, Column]
    flags: Mapping[str, npt.NDArray[np.bool_]]

    @property
    def n(self) -> int:
        """How many institutions there are."""
        return int(self.ids.shape[0])


@dataclass(frozen=True, slots=True)
class _Circle:
    """Whom a reading takes in; None stands for everybody.

    `asked` the institutions asked for, `people` who works or worked there within the year, `known` every institution
    at which these do, since a double post shows only there.
    """

    asked: list[int] | None = None
    people: list[int] | None = None
    known: list[int] | None = None


async def _circle(connection: Connection, as_of: date, only: Sequence[int] | None) -> _Circle:
    if only is None:
        return _Circle()
    await execute(connection, "session/plan_for_values")
    found = await read_columns(connection, "run/read_circle", {"person": "int8", "at": "int8"}, list(only), as_of)
    known = np.union1d(found["at"], np.array(only, np.int64))
    return _Circle(list(only), np.unique(found["person"]).tolist(), known.tolist())


@dataclass(frozen=True, slots=True)
class _Region:
    path: tuple[str, ...]
    by_level: Mapping[str, str]


async def _regions(connection: Connection, as_of: date, known: list[int] | None) -> dict[int, _Region]:
    rows = await fetch(connection, "run/read_regions", as_of, known)
    levels = {row["code"]: row["level"] for row in rows}
    regions = {}
    for row in rows:
        path = tuple(row["path"].split("/"))
        regions[row["id"]] = _Region(path, {levels[code]: code for code in path if code in levels})
    return regions


def _grouping(codes_by_row: Sequence[str | None]) -> Grouping:
    codes = sorted({code for code in codes_by_row if code is not None})
    index = {code: number for number, code in enumerate(codes)}
    return Grouping(np.array([-1 if code is None else index[code] for code in codes_by_row], np.int32), tuple(codes))


def _region_groups(regions: Sequence[_Region], rows: npt.NDArray[np.int64]) -> dict[str, Grouping]:
    groups = {}
    for level in LEVELS:
        by_region = _grouping([region.by_level.get(level) for region in regions])
        groups[level.lower()] = by_region.take(rows)
    return groups


def _slots(ids: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where each wanted id stands in `ids`; -1 for one that is not there."""
    if ids.shape[0] == 0:
        return np.full(wanted.shape, -1, np.int64)
    slots = np.minimum(np.searchsorted(ids, wanted), ids.shape[0] - 1)
    return np.where(ids[slots] == wanted, slots, -1).astype(np.int64)


async def _employments(
    connection: Connection,
    ids: npt.NDArray[np.int64],
    occupations: Sequence[str],
    as_of: date,
    people: list[int] | None,
) -> Employments:
    types = {"institution": "int8", "person": "int8", "occupation": "int2", "fte": "int2"}
    types |= {"started": "int4", "ended": "int4", "appointed": "int2", "recorded": "int8"}
    found = await read_columns(connection, "run/read_employments", types, list(occupations), as_of, people)
    slots = _slots(ids, found["institution"])
    rows = np.argsort(slots, kind="stable")
    rows = rows[np.searchsorted(slots[rows], 0) :]
    counts = np.bincount(slots[rows], minlength=ids.shape[0])
    return Employments(
        offsets=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        person=found["person"][rows],
        occupation=(found["occupation"][rows] - 1).astype(np.int16),
        fte_thousandths=found["fte"][rows],
        started_day=found["started"][rows],
        ended_day=found["ended"][rows],
        appointed_level=found["appointed"][rows].astype(np.int8),
        recorded=found["recorded"][rows],
    )


async def _certificates(
    connection: Connection, occupations: Sequence[str], as_of: date, people: list[int] | None
) -> Certificates:
    types = {"person": "int8", "kind": "int2", "occupation": "int2", "level": "int2", "since": "int4", "until": "int4"}
    asked = (list(CERTIFICATE_KINDS), list(occupations), as_of, SKILL_RUNGS, TITLE_RUNGS, people)
    found = await read_columns(connection, "run/read_certificates", types, *asked)
    return Certificates(
        person=found["person"],
        kind=(found["kind"] - 1).astype(np.int8),
        occupation=(found["occupation"] - 1).astype(np.int16),
        level=found["level"].astype(np.int8),
        valid_from_day=found["since"],
        valid_to_day=found["until"],
        expires_day=found["until"],
    )


async def _residents(
    connection: Connection, ids: npt.NDArray[np.int64], as_of: date, asked: list[int] | None
) -> npt.NDArray[np.int32]:
    classes = [ability.value for ability in AbilityClass]
    types = {"institution": "int8", "ability": "int2", "headcount": "int4"}
    found = await read_columns(connection, "run/read_residents", types, classes, as_of, asked)
    table = np.zeros((ids.shape[0], len(classes)), np.int32)
    slots = _slots(ids, found["institution"])
    known = slots >= 0
    table[slots[known], found["ability"][known] - 1] = found["headcount"][known]
    return table


def _spread(n: int, slots: npt.NDArray[np.int64], values: npt.NDArray[Any], decimals: int) -> Column:
    dense, present = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    dense[slots], present[slots] = values, True
    return Column.of_decimals(dense, decimals, present)


async def _assessments(
    connection: Connection, ids: npt.NDArray[np.int64], as_of: date, asked: list[int] | None
) -> dict[str, Column]:
    types = {"institution": "int8", "grade": "int2"} | dict.fromkeys(ASSESSMENT_PARTS, "int8")
    found = await read_columns(connection, "run/read_assessments", types, as_of, asked)
    slots = _slots(ids, found["institution"])
    known = slots >= 0
    parts = {
        f"assessment_{part}": _spread(ids.shape[0], slots[known], found[part][known], 2) for part in ASSESSMENT_PARTS
    }
    return parts | {"assessment_grade": _spread(ids.shape[0], slots[known], found["grade"][known], 0)}


def _reported(found: Columns, slots: npt.NDArray[np.int64], codes: Sequence[str], n: int) -> dict[str, Column]:
    columns = {}
    for number, code in enumerate(codes, 1):
        rows = (found["measure"] == number) & (slots >= 0) & (found["value"] != _NOT_SUBMITTED)
        columns[code] = _spread(n, slots[rows], found["value"][rows], MEASURE_DECIMALS)
    return columns


def _raised(
    found: Columns, slots: npt.NDArray[np.int64], codes: Sequence[str], n: int
) -> dict[str, npt.NDArray[np.bool_]]:
    flags = {}
    for number, code in enumerate(codes, 1):
        raised = np.zeros(n, np.bool_)
        raised[slots[(found["flag"] == number) & (slots >= 0)]] = True
        flags[code] = raised
    return flags


async def _measures(
    connection: Connection, ids: npt.NDArray[np.int64], as_of: date, asked: list[int] | None
) -> tuple[dict[str, Column], dict[str, npt.NDArray[np.bool_]]]:
    vocabulary = await fetch_row(connection, "run/read_measure_vocabulary", asked)
    assert vocabulary is not None  # noqa: S101 - an aggregate without GROUP BY returns one row
    codes, flags = vocabulary["measures"], vocabulary["flags"]
    types = {"institution": "int8", "measure": "int2", "value": "int8", "flag": "int2"}
    found = await read_columns(connection, "run/read_measures", types, codes, flags, as_of, asked)
    slots = _slots(ids, found["institution"])
    return _reported(found, slots, codes, ids.shape[0]), _raised(found, slots, flags, ids.shape[0])


async def _roster(
    connection: Connection, found: Columns, occupations: Sequence[str], as_of: date, circle: _Circle
) -> Roster:
    return Roster(
        beds=found["beds"],
        residents=await _residents(connection, found["id"], as_of, circle.asked),
        employments=await _employments(connection, found["id"], occupations, as_of, circle.people),
        certificates=await _certificates(connection, occupations, as_of, circle.people),
        occupation_codes=tuple(occupations),
        certificate_kinds=CERTIFICATE_KINDS,
    )


async def read_snapshot(connection: Connection, as_of: date, only: Sequence[int] | None = None) -> Snapshot:
    """Read the register within a REPEATABLE READ transaction, as it stands and for the law day `as_of`.

    `only` are the ids of the institutions asked for, found by index; None asks for all, in one pass over each table.
    """
    position = await fetch_value(connection, "change/position")
    circle = await _circle(connection, as_of, only)
    vocabulary = await fetch_row(connection, "run/read_vocabulary", circle.known)
    assert vocabulary is not None  # noqa: S101 - an aggregate without GROUP BY returns one row
    kinds, schemes = vocabulary["kinds"] or [], vocabulary["schemes"] or []
    types = {"id": "int8", "region": "int8", "kind": "int2", "scheme": "int2", "beds": "int4"}
    found = await read_columns(connection, "run/read_institutions", types, kinds, schemes, as_of, circle.known)
    regions = await _regions(connection, as_of, circle.known)
    order = {number: row for row, number in enumerate(regions)}
    rows = np.array([order[number] for number in found["region"].tolist()], np.int64)
    listed = list(regions.values())
    occupations = await fetch_value(connection, "run/read_occupations")
    ids = found["id"]
    reported, flags = await _measures(connection, ids, as_of, circle.asked)
    kind_index = (found["kind"] - 1).astype(np.int32)
    return Snapshot(
        position=position,
        as_of=as_of,
        ids=ids,
        asked=np.ones(ids.shape, np.bool_) if only is None else np.isin(ids, list(only)),
        paths=tuple(listed[row].path for row in rows.tolist()),
        kinds=kind_index,
        kind_codes=tuple(kinds),
        schemes=(found["scheme"] - 1).astype(np.int32),
        scheme_codes=tuple(schemes),
        groups=_region_groups(listed, rows) | {"kind": Grouping(kind_index, tuple(kinds))},
        roster=await _roster(connection, found, occupations, as_of, circle),
        measures=reported | await _assessments(connection, ids, as_of, circle.asked),
        flags=flags,
    )
