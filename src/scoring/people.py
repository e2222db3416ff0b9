"""How many people the figures of one institution tell of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring import staff
from scoring.policy.policy import Policy
from scoring.roster import Roster
from scoring.vocabulary import ABILITY_CLASSES
from scoring.workforce import count_work, staff_work

_OF_CARERS = ("certified_ratio", "skill_configuration", "senior_skill_ratio", "first_aid_ratio", "carer_turnover_12m")
_DEMENTIA = ABILITY_CLASSES.index("DEMENTIA")


@dataclass(frozen=True, slots=True)
class Behind:
    """How many people figures of one institution tell of: `carers` on post, and people by code of roster measure."""

    carers: int
    by_measure: Mapping[str, int]


def people_behind(policy: Policy, roster: Roster, place: int, as_of_day: int) -> Behind:
    """How many people the figures of an institution tell of; staff per bed tell of nobody alone and are left out.

    Carers for shares of carers, certified carers for those whose certificates end, residents for what residents need.
    """
    if policy.workforce is None or not policy.needs_roster:
        return Behind(0, {})
    counts = count_work(staff_work(policy.workforce, roster, as_of_day), np.array([place], dtype=np.int64))[0]
    groups = {
        **dict.fromkeys(_OF_CARERS, int(counts[staff.CARER_HEADS])),
        "certificates_expiring_90d": int(counts[staff.CERTIFIED_HEADS]),
        "care_adequacy": int(roster.residents[place].sum()),
        "dementia_care_adequacy": int(roster.residents[place, _DEMENTIA]),
    }
    told = {measure.code: measure.roster.function for measure in policy.measures if measure.roster is not None}
    by_measure = {code: groups[function] for code, function in told.items() if function in groups}
    return Behind(int(counts[staff.CARER_HEADS]), by_measure)
