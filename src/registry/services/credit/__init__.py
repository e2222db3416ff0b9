"""Credit lists with due process: each function is one act, in one change set, with one audit event."""

from registry.services.credit.acts import Document, Paper, StepTaken
from registry.services.credit.cases import (
    NewCase,
    Notice,
    Step,
    consent_to_case,
    decide_case,
    open_case,
    record_defence,
    review_case,
    serve_notice,
)
from registry.services.credit.decisions import Dismissal, Listing
from registry.services.credit.disputes import (
    Annulled,
    Corrected,
    Rejected,
    RepairApplication,
    apply_for_repair,
    decide_repair,
    raise_objection,
    resolve_objection,
)
from registry.services.credit.entries import Adoption, EntryStep, adopt_entry, publish_entry, withdraw_entry

__all__ = [
    "Adoption",
    "Annulled",
    "Corrected",
    "Dismissal",
    "Document",
    "EntryStep",
    "Listing",
    "NewCase",
    "Notice",
    "Paper",
    "Rejected",
    "RepairApplication",
    "Step",
    "StepTaken",
    "adopt_entry",
    "apply_for_repair",
    "consent_to_case",
    "decide_case",
    "decide_repair",
    "open_case",
    "publish_entry",
    "raise_objection",
    "record_defence",
    "resolve_objection",
    "review_case",
    "serve_notice",
    "withdraw_entry",
]
