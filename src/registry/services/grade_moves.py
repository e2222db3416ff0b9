"""Who moved between grades: what stood after the full run before, against what a full run says now."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from registry.db.columns import read_columns
from registry.db.pool import Connection, fetch_row
from scoring import moves

Ids = npt.NDArray[np.int64]
Grades = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class GradeMoves:
    """Institutions by (grade after the run `since_run_id`, grade now, count), 0 for none; nobody is left out."""

    since_run_id: int
    counts: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The ratings that stand: `ids` ascending, `digests` of their content, `stars` with 0 for none."""

    ids: Ids
    digests: Ids
    stars: npt.NDArray[np.int16]

    def differs(self, ids: Ids, digests: Ids) -> npt.NDArray[np.bool_]:
        """Tell which of new ratings say something else than what stands, or are new."""
        slots, known = _slots(self.ids, ids)
        return ~known if not self.ids.size else ~known | (self.digests[slots] != digests)

    def without(self, kept: Ids) -> Ids:
        """Tell whose ratings stand and are not among those kept, ascending."""
        return self.ids[~_slots(np.sort(kept), self.ids)[1]]


def _slots(ids: Ids, wanted: Ids) -> tuple[Ids, npt.NDArray[np.bool_]]:
    """Where each wanted id stands among ascending ids, and whether it stands there at all."""
    slots = np.minimum(np.searchsorted(ids, wanted), max(ids.shape[0] - 1, 0)).astype(np.int64)
    return slots, ids[slots] == wanted if ids.size else np.zeros(wanted.shape, np.bool_)


async def read_standing(connection: Connection, only: list[int] | None) -> Standing:
    """Read the ratings that stand, of the institutions `only` or of all."""
    types = {"id": "int8", "digest": "int8", "stars": "int2"}
    found = await read_columns(connection, "run/read_ratings", types, only)
    return Standing(found["id"], found["digest"], found["stars"])


class MovesFinder:
    """Finds moves under each policy of a full run, before the run writes; what stood is read once a run before."""

    def __init__(self, connection: Connection, standing: Standing) -> None:
        self._connection, self._standing = connection, standing
        self._then: dict[int, tuple[Ids, npt.NDArray[np.int16]]] = {}

    async def find(self, policy_code: str, ids: Ids, stars: Grades) -> GradeMoves | None:
        """Return the moves of the given institutions to their new grades; None where no full run came before."""
        run = await fetch_row(self._connection, "run/full_run_before", policy_code)
        if run is None:
            return None
        before = await self._before(run["position"], ids)
        table = moves(before, stars, int(max(before.max(initial=0), stars.max(initial=0))))
        counts = [(old, new, n) for old, line in enumerate(table) for new, n in enumerate(line) if n]
        return GradeMoves(run["id"], tuple(counts))

    async def _before(self, position: int, ids: Ids) -> Grades:
        """The grades that stood at a position: those of now, but for ratings that changed since."""
        if position not in self._then:
            types = {"id": "int8", "stood": "int2", "stars": "int2"}
            found = await read_columns(self._connection, "run/read_grades_moved", types, position)
            self._then[position] = found["id"], found["stars"]
        grades = np.zeros(ids.shape, np.int8)
        for known, stars in ((self._standing.ids, self._standing.stars), self._then[position]):
            slots, there = _slots(ids, known)
            grades[slots[there]] = stars[there]
        return grades
