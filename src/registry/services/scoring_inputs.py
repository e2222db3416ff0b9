"""The register as the scoring core wants it: columns of one instant, institutions in the order of their ids."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.db.columns import Columns
from registry.db.pool import Connection, Record, fetch, fetch_of_given, fetch_value
from registry.services.memory import give_back_at_once
from registry.services.roster_inputs import (
    CERTIFICATE_KINDS,
    Circle,
    columns_reader,
    read_certificates,
    read_circle,
    read_employments,
    read_residents,
    slots_of,
)
from scoring import Certificates, Column, Employments, Grouping, Roster

LEVELS = ("NATION", "PROVINCE", "PREFECTURE", "COUNTY")
ASSESSMENT_PARTS = ("environment", "facilities", "operations", "service")
MEASURE_DECIMALS = 6
_NOT_SUBMITTED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Everything a run reads, as of one register position and one law day; n institutions in ascending id.

    `asked` bool[n] tells the institutions that were asked for; the others are there for the posts that people share,
    are not read whole and cannot be rated. `ids` int64[n]; `regions` int64[n] is each institution's place in `paths`,
    which hold the codes of a region from the nation down; `measures` and `flags` are what was reported (assessment
    parts included, `assessment_<part>` in hundredths); `roster` feeds the built-in measures.
    """

    position: int
    as_of: date
    ids: npt.NDArray[np.int64]
    asked: npt.NDArray[np.bool_]
    paths: tuple[tuple[str, ...], ...]
    regions: npt.NDArray[np.int64]
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

    def counted(self) -> "Snapshot":
        """The same institutions without what populations have been made of: people, measures, flags and groups."""
        return replace(self, roster=self.roster.without_people(), measures={}, flags={}, groups={})


@dataclass(frozen=True, slots=True)
class _Region:
    path: tuple[str, ...]
    by_level: Mapping[str, str]


async def _rows(connection: Connection, circle: Circle, name: str, *arguments: object) -> list[Record]:
    return await (fetch_of_given if circle.of_one else fetch)(connection, name, *arguments)


async def _regions(connection: Connection, as_of: date, circle: Circle) -> dict[int, _Region]:
    rows = await _rows(connection, circle, "run/read_regions", as_of, circle.known)
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


def _spread(n: int, slots: npt.NDArray[np.int32], values: npt.NDArray[Any], decimals: int) -> Column:
    dense, present = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    dense[slots], present[slots] = values, True
    return Column.of_decimals(dense, decimals, present)


async def _assessments(
    connection: Connection, ids: npt.NDArray[np.int64], as_of: date, circle: Circle
) -> dict[str, Column]:
    types = {"institution": "int8", "grade": "int2"} | dict.fromkeys(ASSESSMENT_PARTS, "int8")
    read = columns_reader(circle.asked)
    found = await read(connection, "run/read_assessments", types, as_of, circle.asked)
    slots = slots_of(ids, found["institution"])
    known = slots >= 0
    parts = {
        f"assessment_{part}": _spread(ids.shape[0], slots[known], found[part][known], 2) for part in ASSESSMENT_PARTS
    }
    return parts | {"assessment_grade": _spread(ids.shape[0], slots[known], found["grade"][known], 0)}


def _reported(found: Columns, slots: npt.NDArray[np.int32], codes: Sequence[str], n: int) -> dict[str, Column]:
    columns = {}
    for number, code in enumerate(codes, 1):
        rows = (found["measure"] == number) & (slots >= 0) & (found["value"] != _NOT_SUBMITTED)
        columns[code] = _spread(n, slots[rows], found["value"][rows], MEASURE_DECIMALS)
    return columns


def _raised(
    found: Columns, slots: npt.NDArray[np.int32], codes: Sequence[str], n: int
) -> dict[str, npt.NDArray[np.bool_]]:
    flags = {}
    for number, code in enumerate(codes, 1):
        raised = np.zeros(n, np.bool_)
        raised[slots[(found["flag"] == number) & (slots >= 0)]] = True
        flags[code] = raised
    return flags


async def _measures(
    connection: Connection, ids: npt.NDArray[np.int64], as_of: date, circle: Circle
) -> tuple[dict[str, Column], dict[str, npt.NDArray[np.bool_]]]:
    asked, read = circle.asked, columns_reader(circle.asked)
    [vocabulary] = await _rows(connection, circle, "run/read_measure_vocabulary", asked)
    codes, flags = vocabulary["measures"], vocabulary["flags"]
    types = {"institution": "int8", "measure": "int2", "value": "int8", "flag": "int2"}
    found = await read(connection, "run/read_measures", types, codes, flags, as_of, asked)
    slots = slots_of(ids, found["institution"])
    return _reported(found, slots, codes, ids.shape[0]), _raised(found, slots, flags, ids.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """The institutions of a reading with their regions; `rows` int64[n] tells each one's place in `regions`."""

    found: Columns
    kinds: tuple[str, ...]
    schemes: tuple[str, ...]
    regions: list[_Region]
    rows: npt.NDArray[np.int64]

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """The institutions, ascending."""
        return self.found["id"]

    def index_of(self, name: str) -> npt.NDArray[np.int32]:
        """A column of numbers of codes, counted from 0."""
        return self.found[name].astype(np.int32) - np.int32(1)

    def groups(self) -> dict[str, Grouping]:
        """The groups that institutions are compared in."""
        return _region_groups(self.regions, self.rows) | {"kind": Grouping(self.index_of("kind"), self.kinds)}


async def _standing(connection: Connection, as_of: date, circle: Circle) -> _Standing:
    known, read = circle.known, columns_reader(circle.asked)
    [vocabulary] = await _rows(connection, circle, "run/read_vocabulary", known)
    kinds, schemes = vocabulary["kinds"] or [], vocabulary["schemes"] or []
    types = {"id": "int8", "region": "int8", "kind": "int2", "scheme": "int2", "beds": "int4"}
    found = await read(connection, "run/read_institutions", types, kinds, schemes, as_of, known)
    regions = await _regions(connection, as_of, circle)
    place = np.zeros(max(regions, default=0) + 1, np.int64)
    place[list(regions)] = np.arange(len(regions))
    return _Standing(found, tuple(kinds), tuple(schemes), list(regions.values()), place[found["region"]])


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """What a reading is for, and the two connections on which it goes on at once; they may be one."""

    connection: Connection
    beside: Connection
    as_of: date
    circle: Circle
    occupations: list[str]

    async def posts(self, standing: _Standing) -> Employments:
        """Read the employments at the institutions."""
        return await read_employments(self.connection, standing.ids, self.occupations, self.as_of, self.circle)

    async def papers(self) -> Certificates:
        """Read the certificates of the people."""
        return await read_certificates(self.beside, self.occupations, self.as_of, self.circle)

    async def residents(self, standing: _Standing) -> npt.NDArray[np.int32]:
        """Read the residents of the institutions."""
        return await read_residents(self.beside, standing.ids, self.as_of, self.circle)

    async def reported(self, standing: _Standing) -> tuple[dict[str, Column], dict[str, npt.NDArray[np.bool_]]]:
        """Read the measures and flags that were reported of the institutions."""
        asked = self.connection, standing.ids, self.as_of, self.circle
        measures, flags = await _measures(*asked)
        return measures | await _assessments(*asked), flags


Posts = tuple[_Standing, Employments, dict[str, Column], dict[str, npt.NDArray[np.bool_]]]


async def _read(reading: _Reading) -> tuple[Posts, Certificates, npt.NDArray[np.int32]]:
    """Read half of it on each connection; the longest two tables go side by side."""
    standing = asyncio.ensure_future(_standing(reading.connection, reading.as_of, reading.circle))

    async def first() -> Posts:
        found = await standing
        return found, await reading.posts(found), *(await reading.reported(found))

    async def second() -> tuple[Certificates, npt.NDArray[np.int32]]:
        return await reading.papers(), await reading.residents(await standing)

    if reading.beside is reading.connection:
        return await first(), *(await second())
    tasks = asyncio.create_task(first()), asyncio.create_task(second())
    try:
        posts, held = await asyncio.gather(*tasks)
    finally:
        for task in (standing, *tasks):
            task.cancel()
        await asyncio.wait((standing, *tasks))
    return posts, *held


async def read_snapshot(
    connection: Connection, as_of: date, only: Sequence[int] | None = None, beside: Connection | None = None
) -> Snapshot:
    """Read the register within a REPEATABLE READ transaction, as it stands and for the law day `as_of`.

    `only` are the ids of the institutions asked for, found by index; None asks for all, in one pass over each table.
    `beside` is a connection on which another transaction reads the same instant: half of the work goes there at once.
    """
    give_back_at_once()
    position = await fetch_value(connection, "change/position")
    circle = await read_circle(connection, as_of, only)
    occupations: list[str] = await fetch_value(connection, "run/read_occupations")
    posts, papers, residents = await _read(_Reading(connection, beside or connection, as_of, circle, occupations))
    standing, employments, measures, flags = posts
    return Snapshot(
        position=position,
        as_of=as_of,
        ids=standing.ids,
        asked=np.ones(standing.ids.shape, np.bool_) if only is None else np.isin(standing.ids, list(only)),
        paths=tuple(region.path for region in standing.regions),
        regions=standing.rows,
        kinds=standing.index_of("kind"),
        kind_codes=standing.kinds,
        schemes=standing.index_of("scheme"),
        scheme_codes=standing.schemes,
        groups=standing.groups(),
        roster=Roster(
            beds=standing.found["beds"],
            residents=residents,
            employments=employments,
            certificates=papers,
            occupation_codes=tuple(occupations),
            certificate_kinds=CERTIFICATE_KINDS,
        ),
        measures=measures,
        flags=flags,
    )
