"""The procedure of a case: which step may follow, taken by whom, and when.

Legal source: Administrative Penalty Law (行政处罚法) art. 44 and 45 (notice, statement and defence), 57 (review);
SAMR order 44 (consent of the next higher authority). The database holds the same rules, for whoever writes to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from registry.domain.credit.vocabulary import CaseState, CaseStepKind
from registry.domain.errors import Bilingual, Forbidden, InputError

_OPEN, _NOTIFIED, _DEFENDED = CaseState.OPEN, CaseState.NOTIFIED, CaseState.DEFENDED
_REVIEWED, _CONSENTED, _REFUSED = CaseState.REVIEWED, CaseState.CONSENTED, CaseState.CONSENT_REFUSED

UNDECIDED = (_OPEN, _NOTIFIED, _DEFENDED, _REVIEWED, _CONSENTED, _REFUSED)
"""States in which a case is open; it can be dismissed in each of them."""

TRANSITIONS: Mapping[tuple[CaseStepKind, CaseState | None], CaseState] = {
    (CaseStepKind.OPENED, None): _OPEN,
    (CaseStepKind.NOTICE_SERVED, _OPEN): _NOTIFIED,
    (CaseStepKind.NOTICE_SERVED, _NOTIFIED): _NOTIFIED,
    (CaseStepKind.DEFENCE_RECORDED, _NOTIFIED): _DEFENDED,
    (CaseStepKind.DEFENCE_RECORDED, _DEFENDED): _DEFENDED,
    (CaseStepKind.REVIEWED, _NOTIFIED): _REVIEWED,
    (CaseStepKind.REVIEWED, _DEFENDED): _REVIEWED,
    (CaseStepKind.REVIEWED, _REFUSED): _REVIEWED,
    (CaseStepKind.CONSENT_GIVEN, _REVIEWED): _CONSENTED,
    (CaseStepKind.CONSENT_REFUSED, _REVIEWED): _REFUSED,
    (CaseStepKind.LISTED, _REVIEWED): CaseState.LISTED,
    (CaseStepKind.LISTED, _CONSENTED): CaseState.LISTED,
    **{(CaseStepKind.DISMISSED, state): CaseState.DISMISSED for state in UNDECIDED},
}
"""The state that a step leads to from another, None being a case without steps; what is not here does not follow."""

CONSENTING = frozenset({CaseStepKind.CONSENT_GIVEN, CaseStepKind.CONSENT_REFUSED})
BY_ANOTHER = CONSENTING | {CaseStepKind.REVIEWED, CaseStepKind.LISTED, CaseStepKind.DISMISSED}
"""Steps that whoever opened the case does not take."""


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """A case after its newest step, `number` (0 without any).

    `region_path` is of the authority that answers for it; `respond_by` the last day to state and defend after the
    newest notice; `consenter` who consented, if anybody did.
    """

    state: CaseState | None
    number: int
    region_path: str
    needs_consent: bool
    opener: str | None = None
    respond_by: date | None = None
    consenter: str | None = None


@dataclass(frozen=True, slots=True)
class Acting:
    """Who takes a step: the identity, the path of the region acted for (empty for none), and the law day."""

    actor: str
    path: str
    day: date


def lies_next_above(higher: str, lower: str) -> bool:
    """True where the region of one path is directly above that of another: prefecture and county, nation and province.

    A county that belongs to a province or municipality directly has that above it; of a nation nothing is above.
    """
    return bool(higher) and lower.rpartition("/")[0] == higher


def follow(standing: CaseStanding, kind: CaseStepKind, acting: Acting) -> CaseState:
    """The state after a step.

    Rules: `case.transition` for what does not follow, `case.opener` for a review, consent or decision by the opener,
    `case.window` for a review before the subject's days have passed, `case.higher` for consent that does not come from
    the next higher authority (上一级机关) or a decision by whoever consented, `case.consent` for a listing without it.
    """
    state = TRANSITIONS.get((kind, standing.state))
    if state is None:
        raise _out_of_order(standing.state, kind)
    _require_another(standing, kind, acting)
    _require_lapsed(standing, kind, acting.day)
    _require_consent(standing, kind, acting)
    return state


def _out_of_order(state: CaseState | None, kind: CaseStepKind) -> InputError:
    now_zh, now_en = (state.zh, state.value) if state else ("未立案", "without steps")
    zh, en = f"案件处于“{now_zh}”，不能进行“{kind.zh}”", f"{kind.value} does not follow where a case is {now_en}"
    return InputError(Bilingual(zh, en), rule="case.transition")


def _require_another(standing: CaseStanding, kind: CaseStepKind, acting: Acting) -> None:
    if kind in BY_ANOTHER and acting.actor == standing.opener:
        zh, en = "审核、同意与决定不得由立案人进行", "Whoever opened a case does not review, consent to or decide it"
        raise Forbidden(Bilingual(zh, en), rule="case.opener")


def _require_lapsed(standing: CaseStanding, kind: CaseStepKind, day: date) -> None:
    if kind is not CaseStepKind.REVIEWED or standing.state is not _NOTIFIED:
        return
    if standing.respond_by is None or day <= standing.respond_by:
        zh = f"当事人可陈述申辩至 {standing.respond_by}，次日起方可审核"
        en = f"The subject may state and defend until {standing.respond_by}; a review follows from the next day"
        raise InputError(Bilingual(zh, en), rule="case.window")


def _require_consent(standing: CaseStanding, kind: CaseStepKind, acting: Acting) -> None:
    if kind in CONSENTING and not lies_next_above(acting.path, standing.region_path):
        zh, en = "须由上一级机关同意", "Consent is given by the next higher authority"
        raise Forbidden(Bilingual(zh, en), rule="case.higher")
    if kind is CaseStepKind.LISTED and acting.actor == standing.consenter:
        zh, en = "同意人不得作出列入决定", "Whoever consented does not decide"
        raise Forbidden(Bilingual(zh, en), rule="case.higher")
    if kind is CaseStepKind.LISTED and standing.needs_consent and standing.state is not _CONSENTED:
        zh, en = "列入该名单须经上一级机关同意", "This list needs the consent of the next higher authority"
        raise InputError(Bilingual(zh, en), rule="case.consent")
