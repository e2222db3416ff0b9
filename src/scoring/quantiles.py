"""What stands at given places of values in ascending order, without sorting them."""

from collections.abc import Sequence

import numpy as np

from scoring.inputs import Ints

MOST_COUNTED = 2**20


def standing_at(values: Ints, places: Sequence[int]) -> tuple[int, ...]:
    """The values at places of the ascending order: counted where they lie within a narrow range, else partitioned."""
    least = int(values.min())
    width = int(values.max()) - least + 1
    if width > min(MOST_COUNTED, 4 * values.size):
        return tuple(np.partition(values, places)[list(places)].tolist())
    upto = np.cumsum(np.bincount(values - least if least else values, minlength=width))
    return tuple((np.searchsorted(upto, np.array(places), side="right") + least).tolist())
