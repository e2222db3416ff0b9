"""What every draw about one block of institutions needs."""

from dataclasses import dataclass

from registry.synthetic.draws import Bools, Draws, Ints
from registry.synthetic.evaluators import Evaluators
from registry.synthetic.facilities import ACTIVE, Institutions
from registry.synthetic.places import Places


@dataclass(slots=True)
class Scene:
    """The institutions of a block, where they lie, who evaluates, and the day on which the register stands."""

    draws: Draws
    places: Places
    evaluators: Evaluators
    homes: Institutions
    as_of: int

    @property
    def provinces(self) -> Ints:
        """The province of each institution."""
        return self.places.provinces[self.homes.place]

    @property
    def active(self) -> Bools:
        """Which institutions operate."""
        operating: Bools = self.homes.status == ACTIVE
        return operating
