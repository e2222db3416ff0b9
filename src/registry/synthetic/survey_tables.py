"""The files of surveys."""

from datetime import date

from registry.domain.workforce import Occupation
from registry.synthetic.draws import Draws
from registry.synthetic.facilities import Institutions
from registry.synthetic.files import CsvFile
from registry.synthetic.surveys import AGED_65, AGED_80, BANDS, Wages, draw_population

COUNTED_YEARS = 2


def write_population(table: CsvFile, draws: Draws, as_of: date) -> None:
    """The rows of elderly people: each province at the ends of the last years."""
    rows = list(draw_population(draws, COUNTED_YEARS))
    table.write(
        [f"{code}0000" for code, _, _ in rows],
        [date(as_of.year - 1 - before, 12, 31).isoformat() for _, before, _ in rows],
        [people for _, _, people in rows],
        [int(people * AGED_65) for _, _, people in rows],
        [int(people * AGED_80) for _, _, people in rows],
    )


def write_wages(table: CsvFile, found: Wages, homes: Institutions, surveyed_on: str) -> None:
    """The rows of wages of carers, of any level."""
    count, bands = found.people.shape[0], [BANDS[band] for band in found.band.tolist()]
    table.write(
        [homes.codes[row] for row in found.institution.tolist()],
        [Occupation.CARER.value] * count,
        [""] * count,
        [surveyed_on] * count,
        [least for least, _ in bands],
        [below or "" for _, below in bands],
        found.people.tolist(),
    )
