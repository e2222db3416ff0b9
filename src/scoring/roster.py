"""The roster: who works where, with which certificates, on the as-of day; and what residents are there."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from scoring.division import compiled
from scoring.inputs import Indexes, Ints

People = NDArray[np.int64] | NDArray[np.int32]
"""Ids of persons; int32 from 0 on without great gaps is taken as it is, anything else is numbered anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificates:
    """Validity intervals of certificates: suspensions, revocations and withdrawn accreditation are already cut out.

    One row per interval, in any order. `person` ids as in the employments; `kind` int8 and `occupation` int16
    are indexes into the roster's code tables, -1 for a code that is not there; `level` int8 ordinal 1…8, 0 none; days
    are int32 since 1970-01-01, half-open (valid_from_day ≤ day < valid_to_day); `expires_day` is the first day after
    the certificate's own expiry; an open end is 2**31 - 1.
    """

    person: People
    kind: NDArray[np.int8]
    occupation: NDArray[np.int16]
    level: NDArray[np.int8]
    valid_from_day: Indexes
    valid_to_day: Indexes
    expires_day: Indexes


@dataclass(frozen=True, slots=True, eq=False)
class Employments:
    """Employments ordered by institution: rows offsets[i] … offsets[i + 1] are those of institution i, in any order.

    `offsets` int64[n + 1]; `person` any ids (small dense ones in int32 are fastest); `occupation` int16, an index into
    the roster's occupation_codes or -1; `fte_thousandths` int16, 1…1000; days int32 since 1970-01-01, half-open;
    `appointed_level` int8, 0 none. `standing` int8 carries resolved double posts on the as-of day: 0 by rule, 1 counts,
    -1 does not count; None is all 0. `recorded` orders double posts that started on one day (smaller counts as earlier;
    int32 is taken as it is); None leaves the order of institutions.
    """

    offsets: Ints
    person: People
    occupation: NDArray[np.int16]
    fte_thousandths: NDArray[np.int16]
    started_day: Indexes
    ended_day: Indexes
    appointed_level: NDArray[np.int8]
    standing: NDArray[np.int8] | None = None
    recorded: People | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """Everything built-in workforce measures need.

    `beds` int32[n]; `residents` int32[n, 4] in the order self-care, partly disabled, disabled, dementia. A partial
    roster must also hold the other institutions at which its people have posts, since a double post shows only there;
    institutions come in one stable order (by code).
    """

    beds: Indexes
    residents: Indexes
    employments: Employments
    certificates: Certificates
    occupation_codes: tuple[str, ...]
    certificate_kinds: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many institutions."""
        return int(self.beds.shape[0])

    def without_people(self) -> "Roster":
        """The same institutions with nobody employed and no certificates: what is left once people are counted."""
        posts, held = self.employments, self.certificates
        return replace(
            self,
            employments=Employments(
                offsets=np.zeros(self.n + 1, dtype=np.int64),
                person=posts.person[:0].copy(),
                occupation=posts.occupation[:0].copy(),
                fte_thousandths=posts.fte_thousandths[:0].copy(),
                started_day=posts.started_day[:0].copy(),
                ended_day=posts.ended_day[:0].copy(),
                appointed_level=posts.appointed_level[:0].copy(),
            ),
            certificates=Certificates(**{field.name: getattr(held, field.name)[:0].copy() for field in fields(held)}),
        )


@compiled
def _fill_order(slots: Indexes, offsets: Ints, order: Ints) -> None:
    """Turns the rows per slot behind a 0 into where each slot begins, and fills which row stands where."""
    for slot in range(1, offsets.shape[0]):
        offsets[slot] += offsets[slot - 1]
    following = offsets.copy()
    for row in range(slots.shape[0]):
        if slots[row] >= 0:
            order[following[slots[row]]] = row
            following[slots[row]] += 1


def by_institution(slots: Indexes, n: int) -> tuple[Ints, Ints]:
    """The offsets int64[n + 1] of employments put in the order of institutions, and the row that stands at each place.

    `slots` int32 is the institution of each row; rows of one institution keep their order, those of -1 are left out.
    """
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.add(offsets[1:], np.bincount(slots[slots >= 0], minlength=n), out=offsets[1:])
    order = np.empty(int(offsets.sum()), dtype=np.int64)
    _fill_order(slots, offsets, order)
    return offsets, order
