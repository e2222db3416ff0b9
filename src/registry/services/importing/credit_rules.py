"""The checks of entries on credit lists: known subjects, and the rules of the decision day."""

from registry.domain.errors import Bilingual
from registry.services.importing import rules
from registry.services.importing.checks import Check

UNKNOWN_LISTED_ORGANISATION = Check(
    "credit_entries/unknown_organisation", "subject_code", "organisation.unknown", rules.UNKNOWN_ORGANISATION.reason
)
UNKNOWN_LISTED_INSTITUTION = Check(
    "credit_entries/unknown_institution", "subject_code", "institution.unknown", rules.UNKNOWN_INSTITUTION.reason
)
UNKNOWN_LISTED_PERSON = Check(
    "credit_entries/unknown_person", "citizen_id", "person.unknown", rules.UNKNOWN_PERSON.reason
)
FUTURE_DECISION = Check(
    "credit_entries/future",
    "decided_on",
    "credit-entry.future",
    Bilingual("决定日期晚于今天（{detail}）", "the day of the decision is after today, {detail}"),
)
LIST_NOT_KEPT = Check(
    "credit_entries/list_not_kept",
    "list_code",
    "credit-entry.list",
    Bilingual("决定当日没有该名单", "no such list was kept on the day of the decision"),
)
NO_GROUND = Check(
    "credit_entries/no_ground",
    "ground_code",
    "credit-entry.ground",
    Bilingual("决定当日该事由不属于 {detail} 名单", "this was no ground of a {detail} list on the day of the decision"),
)
WRONG_CLASS = Check(
    "credit_entries/wrong_class",
    "repair_class",
    "credit-entry.class",
    Bilingual(
        "决定当日 {detail} 名单没有该失信程度",
        "a {detail} list had no entries of this class on the day of the decision",
    ),
)
BEYOND_TERM = Check(
    "credit_entries/beyond_term",
    "last_day",
    "credit-entry.term",
    Bilingual("公布截止日晚于最长期限的最后一日 {detail}", "it is published until {detail} at most"),
)
BEFORE_ORIGINAL = Check(
    "credit_entries/before_original",
    "decided_on",
    "credit-entry.adopted",
    Bilingual("互认决定早于原记录的决定日期 {detail}", "it adopts what was decided later, on {detail}"),
)
LOCAL_ENTRY = Check(
    "credit_entries/local_entry",
    "document_number",
    "credit-entry.local",
    Bilingual(
        "该文书号的记录由本系统认定，只随其程序变更",
        "the entry of this document was decided here and changes by its procedure alone",
    ),
)
