"""The measures of a policy in order: as given or derived from those before them, withheld where a condition says so."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.exact import derive, rounded, told
from scoring.facts import holds
from scoring.figures import Rounded
from scoring.inputs import Bools, Column, Ints, Population
from scoring.policy.measures import Measure
from scoring.sharing import side_by_side, threads_for


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What is known while measures are worked out: `columns` exact, `rounded` what conditions and cuts look at."""

    population: Population
    columns: list[Column]
    rounded: Rounded

    @property
    def n(self) -> int:
        return self.population.n

    def figure(self, subject: str, index: int) -> tuple[Any, Bools]:
        """The rounded values of a measure and where they exist; no other subject exists yet."""
        assert subject == "measure"  # noqa: S101 - validation lets a measure's condition ask for nothing else
        return self.rounded.values[index], self.rounded.present[index]


def measure_all(measures: tuple[Measure, ...], population: Population) -> Measured:
    """One column per measure of the policy, exact and rounded half up to its decimals; absent ones are missing."""
    known = Measured(population, [], Rounded([], []))
    ready = _plain(measures, population)
    for index, measure in enumerate(measures):
        column, values = ready.get(index) or _worked_out(measure, measures, known)
        known.columns.append(column)
        known.rounded.values.append(values)
        known.rounded.present.append(column.present)
    return known


def _plain(measures: tuple[Measure, ...], population: Population) -> dict[int, tuple[Column, Ints]]:
    """The measures that need no other, side by side: exact and rounded, by index."""
    alone = [index for index, measure in enumerate(measures) if measure.derived is None and measure.when is None]
    nothing = Measured(population, [], Rounded([], []))
    found = side_by_side(
        lambda index: _worked_out(measures[index], measures, nothing), alone, threads_for(population.n)
    )
    return dict(zip(alone, found, strict=True))


def _worked_out(measure: Measure, measures: tuple[Measure, ...], known: Measured) -> tuple[Column, Ints]:
    column = _allowed(measure, _column(measure, measures, known), known)
    return column, rounded(measure, column)


def _column(measure: Measure, measures: tuple[Measure, ...], known: Measured) -> Column:
    if (rule := measure.derived) is not None:
        figures = {
            index: told(measures[index], known.columns[index], known.rounded.values[index], rule.rounded)
            for index in rule.measures
        }
        return derive(measure.code, rule, figures, known.n)
    return known.population.measures.get(measure.code) or Column.missing(known.n)


def _allowed(measure: Measure, column: Column, known: Measured) -> Column:
    """The column where its condition holds, else missing."""
    if measure.when is None:
        return column
    return Column(column.numerator, np.where(holds(measure.when, known), column.denominator, 0))
