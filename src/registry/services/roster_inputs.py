"""Who works where with which certificates, and how many residents there are: the columns that a run reads most of."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.db.columns import Columns, read_columns, read_few_columns
from registry.db.pool import Connection, execute
from registry.domain.certificates import CertificateKind
from registry.domain.institutions import AbilityClass
from registry.domain.ladders import RUNGS, Ladder
from scoring import Certificates, Employments, by_institution

CERTIFICATE_KINDS = (*(kind.value for kind in CertificateKind), "EDUCATION")
"""What certifies people: the kinds of certificates, and education where the register says which level it equals."""
SKILL_RUNGS, TITLE_RUNGS = ([rung.value for rung in RUNGS[ladder]] for ladder in (Ladder.SKILL, Ladder.TITLE))
_NEVER = np.int32(np.iinfo(np.int32).min)


@dataclass(frozen=True, slots=True)
class Circle:
    """Whom a reading takes in; None stands for everybody.

    `asked` the institutions asked for, `people` who works or worked there within the year, `known` every institution
    at which these do, since a double post shows only there.
    """

    asked: list[int] | None = None
    people: list[int] | None = None
    known: list[int] | None = None

    @property
    def of_one(self) -> bool:
        """Whether one institution is asked for."""
        return self.asked is not None and len(self.asked) == 1


def columns_reader(asked: Sequence[int] | None) -> Callable[..., Awaitable[Columns]]:
    """Return what reads columns of the institutions asked for: those of one are few rows."""
    return read_few_columns if asked is not None and len(asked) == 1 else read_columns


async def read_circle(connection: Connection, as_of: date, only: Sequence[int] | None) -> Circle:
    """Return whom a reading for the institutions `only` takes in."""
    if only is None:
        return Circle()
    await execute(connection, "session/plan_for_any" if len(only) == 1 else "session/plan_for_values")
    types = {"person": "int8", "at": "int8"}
    found = await columns_reader(only)(connection, "run/read_circle", types, list(only), as_of)
    known = np.union1d(found["at"], np.array(only, np.int64))
    return Circle(list(only), np.unique(found["person"]).tolist(), known.tolist())


def slots_of(ids: npt.NDArray[np.int64], wanted: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Return where each wanted id stands in the rising `ids`; -1 for one that is not there."""
    if ids.shape[0] == 0 or wanted.shape[0] == 0:
        return np.full(wanted.shape, -1, np.int32)
    highest = int(ids[-1])
    if highest > 8 * (ids.shape[0] + wanted.shape[0]):
        slots = np.minimum(np.searchsorted(ids, wanted), ids.shape[0] - 1)
        return np.where(ids[slots] == wanted, slots, -1).astype(np.int32)
    table = np.full(highest + 2, -1, np.int32)
    table[ids] = np.arange(ids.shape[0], dtype=np.int32)
    found: npt.NDArray[np.int32] = table[np.minimum(wanted, highest + 1)]
    return found


async def read_employments(
    connection: Connection,
    ids: npt.NDArray[np.int64],
    occupations: Sequence[str],
    as_of: date,
    circle: Circle,
) -> Employments:
    """Read who works, or worked within the year, at the institutions `ids`, of the people of the circle."""
    types = {"institution": "int4", "person": "int4", "occupation": "int2", "fte": "int2"}
    types |= {"started": "int4", "ended": "int4", "appointed": "int2", "recorded": "int4"}
    read = columns_reader(circle.asked)
    found = await read(connection, "run/read_employments", types, list(occupations), as_of, circle.people)
    return await asyncio.to_thread(_ordered, found, ids)


def _ordered(found: Columns, ids: npt.NDArray[np.int64]) -> Employments:
    """Put employments in the order of institutions, column by column, so that one column at a time is held twice."""
    offsets, order = by_institution(slots_of(ids, found.pop("institution")), ids.shape[0])
    return Employments(
        offsets=offsets,
        person=found.pop("person")[order],
        occupation=found.pop("occupation")[order] - np.int16(1),
        fte_thousandths=found.pop("fte")[order],
        started_day=found.pop("started")[order],
        ended_day=found.pop("ended")[order],
        appointed_level=found.pop("appointed")[order].astype(np.int8),
        recorded=found.pop("recorded")[order],
    )


async def read_certificates(
    connection: Connection, occupations: Sequence[str], as_of: date, circle: Circle
) -> Certificates:
    """Read the certificates that count on the day, of the people of the circle."""
    types = {"person": "int4", "kind": "int2", "occupation": "int2", "level": "int2", "since": "int4", "until": "int4"}
    asked = (list(CERTIFICATE_KINDS), list(occupations), as_of, SKILL_RUNGS, TITLE_RUNGS, circle.people)
    found = await columns_reader(circle.asked)(connection, "run/read_certificates", types, *asked)
    return Certificates(
        person=found["person"],
        kind=found.pop("kind").astype(np.int8) - np.int8(1),
        occupation=found.pop("occupation") - np.int16(1),
        level=found.pop("level").astype(np.int8),
        valid_from_day=found["since"],
        valid_to_day=found["until"],
        expires_day=found["until"],
    )


async def read_residents(
    connection: Connection, ids: npt.NDArray[np.int64], as_of: date, circle: Circle
) -> npt.NDArray[np.int32]:
    """Read how many residents of each ability class stand on the day, int32[n, class]."""
    classes = [ability.value for ability in AbilityClass]
    types = {"institution": "int4", "ability": "int2", "day": "int4", "headcount": "int4"}
    read = columns_reader(circle.asked)
    found = await read(connection, "run/read_residents", types, classes, as_of, circle.asked)
    slots = slots_of(ids, found["institution"])
    cells = (slots * np.int32(len(classes)) + found["ability"] - 1)[slots >= 0]
    days, counts = found["day"][slots >= 0], found["headcount"][slots >= 0]
    table, newest = np.zeros((ids.shape[0], len(classes)), np.int32), np.full(ids.shape[0] * len(classes), _NEVER)
    np.maximum.at(newest, cells, days)
    stands = days == newest[cells]
    table.reshape(-1)[cells[stands]] = counts[stands]
    return table
