"""Compiled statements, kept by the shape of their question: what of it must be the same, and what is bound anew.

Everything that a plan reads of a variable is either guarded (the statement holds for this value alone) or free (it
becomes a parameter, made of each request's value by the same function). Reading guards unless a plan says otherwise.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import Node
from graphql.execution import Executor

from registry.api.planner.sql import Moment, Parameters, storable
from registry.domain.actors import Actor
from registry.domain.errors import RegisterError

Variables = Mapping[str, Any]
"""Coerced values of variables by name; one that is not given and has no default is absent."""

Reading = Callable[[Variables], object]
"""Makes something of the variables; pure, and may refuse them with a RegisterError."""

MOST_SHAPES = 8
"""Statements kept of one root field of one document, a role and a time."""
MOST_OF_DOCUMENT = 16
LARGEST_TEXT, LARGEST_GUARDS = 16_000, 2_000
"""Characters of a statement, and of what guards it, that are kept at most: whoever asks must not fill the memory."""

Promise = Callable[[Executor[Any], Moment, Variables], Awaitable[object]]
"""Works out a parameter before the statement is asked, for an operation, its moment and its variables."""

_ABSENT = object()


@dataclass(slots=True)
class Guards:
    """What must be the same for a statement to hold."""

    values: dict[str, object] = field(default_factory=dict)
    readings: list[tuple[Reading, object]] = field(default_factory=list)

    def hold(self, variables: Variables) -> bool:
        """Whether variables are like those that the statement was made for."""
        if self.values and any(variables.get(name, _ABSENT) != value for name, value in self.values.items()):
            return False
        try:
            return all(read(variables) == found for read, found in self.readings)
        except RegisterError:
            return False  # what is wrong with them is said where the statement is made

    def size(self) -> int:
        """How many characters the values take."""
        return sum(len(repr(value)) for value in self.values.values())

    def fix(self, name: str, variables: Variables) -> None:
        """Let the statement hold for this value of a variable alone."""
        self.values[name] = variables.get(name, _ABSENT)


@dataclass(frozen=True, slots=True)
class Shape:
    """A compiled statement with the values it was made for; `free` are those that are bound anew.

    `promised` are worked out anew, by their places.
    """

    text: str
    as_staff: bool
    guards: Guards
    values: tuple[object, ...]
    free: tuple[tuple[int, Reading], ...]
    day_at: int | None
    position_at: int | None
    promised: Mapping[int, Promise]

    @classmethod
    def of(
        cls, text: str, parameters: Parameters, guards: Guards, promised: Mapping[int, Promise], *, as_staff: bool
    ) -> "Shape":
        """Return the shape of a statement that was just compiled."""
        places = {name: int(mark[1 : mark.index(":")]) - 1 for name, mark in parameters.shared.items()}
        free = tuple(parameters.free.items())
        day_at, position_at = places.get("day"), places.get("position")
        return cls(text, as_staff, guards, tuple(parameters.values), free, day_at, position_at, promised)

    def bind(self, variables: Variables, moment: Moment) -> list[object]:
        """Return the parameters' values for these variables, in order; raises what compiling would."""
        values = list(self.values)
        for place, read in self.free:
            values[place] = storable(read(variables))
        if self.day_at is not None:
            values[self.day_at] = moment.law_day
        if self.position_at is not None:
            values[self.position_at] = moment.position
        return values


Key = tuple[Hashable, ...]


def shape_key(nodes: Iterable[Node], actor: Actor, moment: Moment) -> Key:
    """Return what parts shapes of one document: the nodes of the field, all that a plan may ask of an actor, and
    whether the past is asked about, and as it is known later.
    """
    who = actor.role, actor.scope, actor.region_code, actor.institution_code
    return *who, moment.position is None, moment.reviewed, *map(id, nodes)


@dataclass(slots=True)
class Shapes:
    """The shapes of one document, which end with it; `switches` are its variables that decide what is selected."""

    switches: frozenset[str] = frozenset()
    kept: dict[Key, list[Shape]] = field(default_factory=dict)

    def find(self, key: Key, variables: Variables) -> Shape | None:
        """Return a shape that holds for the variables, or None."""
        for shape in self.kept.get(key, ()):
            if shape.guards.hold(variables):
                return shape
        return None

    def keep(self, key: Key, shape: Shape) -> None:
        """Keep a shape that is not too large; the oldest goes where there are too many."""
        if len(shape.text) > LARGEST_TEXT or shape.guards.size() > LARGEST_GUARDS:
            return
        if sum(map(len, self.kept.values())) >= MOST_OF_DOCUMENT:
            self.kept.clear()
        shapes = self.kept.setdefault(key, [])
        if len(shapes) >= MOST_SHAPES:
            shapes.pop(0)
        shapes.append(shape)
