"""What earlier runs said, for policies that look back: held places in a distribution, the upgrade limit of a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from registry.db.columns import Columns
from registry.db.pool import Connection
from registry.services.roster_inputs import columns_reader
from scoring import Policy, Previous


@dataclass(frozen=True, slots=True, eq=False)
class EarlierRatings:
    """Columns of what stands under a policy: per indicator that had a value, per rating, and the grades a year ago."""

    indicators: Columns
    ratings: Columns
    year_ago: Columns

    def of(self, policy: Policy, ids: npt.NDArray[np.int64]) -> Previous:
        """Return what was said of institutions, `ids` int64[n] ascending; zeros and false where nothing was."""
        n, m = ids.shape[0], len(policy.indicators)
        values, points = np.zeros((n, m), np.int64), np.zeros((n, m), np.int64)
        present = np.zeros((n, m), np.bool_)
        rows, known = _rows(ids, self.indicators["institution"])
        places = rows[known], self.indicators["indicator"][known]
        values[places], points[places] = self.indicators["value"][known], self.indicators["points"][known]
        present[places] = True
        return Previous(
            values=values,
            points=points,
            present=present,
            stars_before=_spread(ids, self.year_ago, "stars").astype(np.int8),
            score=_spread(ids, self.ratings, "score"),
            base=_spread(ids, self.ratings, "base").astype(np.int8),
        )


def _rows(
    ids: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Where each wanted id stands in `ids`, and whether it stands there at all."""
    rows = np.minimum(np.searchsorted(ids, wanted), max(ids.shape[0] - 1, 0)).astype(np.int64)
    return rows, ids[rows] == wanted if ids.size else np.zeros(wanted.shape, np.bool_)


def _spread(ids: npt.NDArray[np.int64], found: Columns, name: str) -> npt.NDArray[np.int64]:
    dense = np.zeros(ids.shape, np.int64)
    rows, known = _rows(ids, found["institution"])
    dense[rows[known]] = found[name][known]
    return dense


def _year_before(day: date) -> date:
    """The same civil day a year earlier; 29 February becomes the 28th."""
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year - 1)


async def read_earlier_ratings(
    connection: Connection, policy: Policy, policy_id: int, as_of: date, only: Sequence[int] | None = None
) -> EarlierRatings | None:
    """Read what a policy looks back to, before a run of the law day `as_of`; None for a policy that does not.

    `only` are the ids of the institutions asked for; None asks for all.
    """
    if not policy.looks_back:
        return None
    asked, read = None if only is None else list(only), columns_reader(only)
    of_indicators = {"institution": "int8", "indicator": "int4", "value": "int8", "points": "int8"}
    of_ratings = {"institution": "int8", "score": "int8", "base": "int2"}
    of_stars = {"institution": "int8", "stars": "int2"}
    return EarlierRatings(
        await read(connection, "run/read_earlier_indicators", of_indicators, policy_id, asked),
        await read(connection, "run/read_earlier_ratings", of_ratings, policy_id, asked),
        await read(connection, "run/read_stars_on", of_stars, _year_before(as_of), asked),
    )
