"""Legal entities that run no institution: dispatching agencies and training schools that evaluate."""

from dataclasses import dataclass

import numpy as np

from registry.synthetic.draws import Draws, Ints
from registry.synthetic.evaluators import AGENCIES_PER_PROVINCE, EVALUATORS_PER_PROVINCE, PROVINCES
from registry.synthetic.facilities import COMPANY, FORM_PREFIXES, Organisations
from registry.synthetic.names import addresses, brands, person_names
from registry.synthetic.numbers import social_credit_codes
from registry.synthetic.places import Places

PRIVATE_NON_ENTERPRISE = 0


@dataclass(frozen=True, slots=True)
class _Sort:
    per_province: int
    form: int
    suffix: str


_AGENCY = _Sort(AGENCIES_PER_PROVINCE, COMPANY, "人力资源有限公司")
_SCHOOL = _Sort(EVALUATORS_PER_PROVINCE, PRIVATE_NON_ENTERPRISE, "职业技能培训学校")


def make_agencies(draws: Draws, places: Places, first_index: int, as_of: int) -> Organisations:
    """Two dispatching agencies (劳务派遣) a province, in its first counties."""
    return _entities(draws, places, _AGENCY, first_index, as_of)


def make_schools(draws: Draws, places: Places, first_index: int, as_of: int) -> Organisations:
    """The legal entities of the evaluation organisations, in their order."""
    return _entities(draws, places, _SCHOOL, first_index, as_of)


def _entities(draws: Draws, places: Places, sort: _Sort, first_index: int, as_of: int) -> Organisations:
    rows: Ints = np.array(
        [places.first_of_province[code] + number for code in PROVINCES for number in range(sort.per_province)], np.int64
    )
    count = rows.shape[0]
    codes = social_credit_codes(
        np.arange(first_index, first_index + count),
        [FORM_PREFIXES[sort.form]] * count,
        [places.codes[row] for row in rows.tolist()],
    )
    labels = brands(draws, count)
    return Organisations(
        codes=codes,
        names=[places.cities[row] + label + sort.suffix for row, label in zip(rows.tolist(), labels, strict=True)],
        forms=np.full(count, sort.form),
        place=rows,
        registered=draws.between(as_of - 20 * 365, as_of - 8 * 365, count),
        addresses=addresses(draws, [places.cities[row] for row in rows.tolist()], count),
        representatives=person_names(draws, draws.chance(0.5, count)),
        brands=labels,
    )
