"""What a decision on a case says."""

from dataclasses import dataclass
from datetime import date

from registry.domain.credit.vocabulary import RepairClass
from registry.domain.errors import Bilingual, InputError
from registry.domain.lawdays import add_months
from registry.services.credit.acts import require_text


@dataclass(frozen=True, slots=True)
class Listing:
    """A decision to list (列入决定书): its number, who decides, class, legal basis, time and way of remedy, evidence.

    `months` shortens the term of the class, counted from the day of the decision; None takes its maximum.
    """

    document_number: str
    authority: str
    repair_class: RepairClass
    legal_basis: str
    remedy: str
    evidence: str
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A decision not to list; the paper's reason says why."""

    document_number: str | None = None


def decision_details(decision: Listing | Dismissal, today: date) -> dict[str, object]:
    """Return a decision of today as its step is stored. Rules: `step.text`, `entry.term`."""
    if isinstance(decision, Dismissal):
        return {"document_number": decision.document_number}
    return {
        "document_number": require_text(decision.document_number, "documentNumber"),
        "authority": require_text(decision.authority, "authority"),
        "repair_class": decision.repair_class,
        "legal_basis": require_text(decision.legal_basis, "legalBasis"),
        "remedy": require_text(decision.remedy, "remedy"),
        "evidence": require_text(decision.evidence, "evidence"),
        "last_day": _last_day(decision.months, today),
    }


def _last_day(months: int | None, today: date) -> str | None:
    if months is None:
        return None
    if not 1 <= months <= 120:
        message = Bilingual("公示期以月计，至少一个月", "A term counts months, one at least")
        raise InputError(message, rule="entry.term", path=("input", "months"))
    return add_months(today, months).isoformat()
