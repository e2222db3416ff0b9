"""How each kind is imported: what is staged, what is checked, in which order it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.domain.personal import PersonalKeys
from registry.services.importing import conversion, credit_rules, rules, skill_rules
from registry.services.importing.checks import Check
from registry.services.importing.conversion import Convert, MakeConvert, as_it_is, with_ordinals, with_pinyin
from registry.transfer import KINDS, ImportKind

AMEND_AND_ADD = ("amend", "add")
WITHHOLD = "import/sources/withhold"
END = ("end",)
_INSTITUTION_FACT = (rules.UNKNOWN_INSTITUTION,)
_LINE = ("line",)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The plan of one kind. `entity` is the kind of change that its natural key identifies; `columns` are those of the
    staging table in the order of the staged rows; `writes` are statements that each touch one table of the register, in
    the order of the change set; `ends` those that end what a snapshot does not name, none where a kind knows no
    snapshot; `withhold` is the statement that leaves rows unchanged whose source does not prevail."""

    kind: ImportKind
    entity: str
    columns: tuple[str, ...]
    checks: tuple[Check, ...]
    scope_checks: tuple[Check, ...]
    writes: tuple[str, ...] = AMEND_AND_ADD
    ends: tuple[str, ...] = ()
    withhold: str = WITHHOLD
    convert: Convert = as_it_is
    personal: MakeConvert | None = field(default=None)

    @property
    def composite(self) -> bool:
        """Whether one of its rows tells of more than one thing, of which one may stand and another not."""
        return self.withhold != WITHHOLD

    @property
    def folder(self) -> str:
        """Where its statements lie under `import/`."""
        return _folder(self.kind)

    def converter(self, keys: PersonalKeys | None) -> Convert:
        """What stages a batch of rows; `keys` are needed where `personal` is set."""
        return self.convert if self.personal is None or keys is None else self.personal(keys)

    def statement(self, name: str) -> str:
        """The name of one of its statements."""
        return f"import/{self.folder}/{name}"


def _folder(kind: ImportKind) -> str:
    return kind.name.replace("-", "_")


def _plan(
    name: str,
    entity: str,
    checks: tuple[Check, ...],
    scope_checks: tuple[Check, ...],
    *,
    columns: tuple[str, ...] | None = None,
    withholds: bool = False,
    **options: Any,
) -> ImportPlan:
    """A plan with the checks of every kind; `withholds` where the kind has a statement of its own for that."""
    kind = KINDS[name]
    checks = (rules.duplicate(_folder(kind), kind.key[0]), *checks)
    withhold = f"import/{_folder(kind)}/withhold" if withholds else WITHHOLD
    return ImportPlan(kind, entity, columns or _LINE + kind.names, checks, scope_checks, withhold=withhold, **options)


def _hashed(name: str, *, sealed: bool = False, **renamed: str) -> tuple[str, ...]:
    """The columns of a kind with the citizen number's hashes and mask in its place."""
    hashes, cipher_text = ("number_hash", "other_hash"), ("number_encrypted",) if sealed else ()
    number = (*hashes, *cipher_text, "number_mask")
    columns = [number if column == "citizen_id" else (renamed.get(column, column),) for column in KINDS[name].names]
    return _LINE + tuple(column for part in columns for column in part)


IMPORT_RULES = _plan("import-rules", "IMPORT_RULE", (rules.IMPORT_RULE_OVERLAP,), (rules.IMPORT_RULE_OUTSIDE,))
REGIONS = _plan(
    "regions",
    "REGION",
    (rules.UNKNOWN_PARENT, rules.PARENT_LEVEL, rules.REGION_OVERLAP),
    (rules.PLACE_OUTSIDE,),
)
ORGANISATIONS = _plan(
    "organisations",
    "ORGANISATION",
    (rules.UNKNOWN_REGION, rules.ENDED_REGION),
    (rules.REGION_OUTSIDE, rules.FORMER_REGION_OUTSIDE),
)
INSTITUTIONS = _plan(
    "institutions",
    "INSTITUTION",
    (rules.UNKNOWN_ORGANISATION, rules.UNKNOWN_REGION, rules.ENDED_REGION),
    (rules.REGION_OUTSIDE, rules.FORMER_REGION_OUTSIDE),
    columns=(*_LINE, *KINDS["institutions"].names, "name_pinyin", "name_initials"),
    convert=with_pinyin,
)
PEOPLE = _plan(
    "people",
    "PERSON",
    (),
    (rules.PERSON_OUTSIDE,),
    columns=_hashed("people", sealed=True),
    personal=conversion.people,
)
EVALUATION_ORGANISATIONS = _plan(
    "evaluation-organisations",
    "ACCREDITATION",
    (
        rules.EVALUATOR_CONTRADICTION,
        rules.UNKNOWN_ORGANISATION,
        rules.UNKNOWN_REGION,
        rules.ENDED_REGION,
        rules.ACCREDITATION_OVERLAP,
    ),
    (rules.REGION_OUTSIDE, rules.FORMER_REGION_OUTSIDE),
    writes=("amend_evaluator", "add_evaluator", "amend", "add"),
    ends=END,
    withholds=True,
)
EMPLOYMENTS = _plan(
    "employments",
    "EMPLOYMENT",
    (
        rules.UNKNOWN_PERSON,
        rules.UNKNOWN_INSTITUTION,
        rules.UNKNOWN_OCCUPATION,
        rules.UNKNOWN_DISPATCHER,
        skill_rules.DISPATCHED_TO_ITSELF,
        rules.EMPLOYMENT_OVERLAP,
    ),
    (rules.INSTITUTION_OUTSIDE,),
    columns=_hashed("employments", fte="fte_thousandths"),
    ends=END,
    personal=conversion.employments,
)
CERTIFICATES = _plan(
    "certificates",
    "CERTIFICATE",
    (rules.UNKNOWN_PERSON, rules.UNKNOWN_OCCUPATION, rules.UNKNOWN_EVALUATOR),
    (rules.PERSON_OUTSIDE,),
    columns=_hashed("certificates"),
    writes=("amend", "add", "end_statuses", "amend_status", "add_status"),
    ends=("end_with_statuses", *END),
    withholds=True,
    personal=conversion.certificates,
)
TRAINING = _plan(
    "training",
    "TRAINING",
    (rules.UNKNOWN_PERSON, rules.UNKNOWN_OCCUPATION, skill_rules.PAID_BEFORE, skill_rules.PAID_TWICE),
    (rules.PERSON_OUTSIDE,),
    columns=_hashed("training"),
    personal=conversion.training,
)
AWARDS = _plan(
    "awards",
    "AWARD",
    (
        rules.UNKNOWN_PERSON,
        rules.UNKNOWN_REGION,
        skill_rules.UNKNOWN_CERTIFICATE,
        skill_rules.OTHERS_CERTIFICATE,
        skill_rules.AWARDED_BEFORE,
        skill_rules.AWARDED_TWICE,
    ),
    (rules.PERSON_OUTSIDE, rules.REGION_OUTSIDE, rules.FORMER_REGION_OUTSIDE),
    columns=_hashed("awards"),
    personal=conversion.awards,
)
EQUIVALENCES = _plan(
    "equivalences", "EQUIVALENCE", (rules.UNKNOWN_REGION, skill_rules.EQUIVALENCE_OVERLAP), (rules.REGION_OUTSIDE,)
)
RESIDENTS = _plan("residents", "RESIDENT_COUNT", _INSTITUTION_FACT, (rules.INSTITUTION_OUTSIDE,), ends=END)
ASSESSMENTS = _plan("assessments", "ASSESSMENT", _INSTITUTION_FACT, (rules.INSTITUTION_OUTSIDE,), ends=END)
POPULATION = _plan("population", "POPULATION", (rules.UNKNOWN_REGION,), (rules.REGION_OUTSIDE,))
WAGES = _plan(
    "wages",
    "WAGE_BAND",
    (*_INSTITUTION_FACT, rules.UNKNOWN_OCCUPATION),
    (rules.INSTITUTION_OUTSIDE,),
    ends=END,
    convert=with_ordinals,
)
MEASURES = _plan("measures", "MEASURE", _INSTITUTION_FACT, (rules.INSTITUTION_OUTSIDE,), ends=END)
CREDIT_ENTRIES = _plan(
    "credit-entries",
    "CREDIT_ENTRY",
    (
        credit_rules.UNKNOWN_LISTED_ORGANISATION,
        credit_rules.UNKNOWN_LISTED_INSTITUTION,
        credit_rules.UNKNOWN_LISTED_PERSON,
        rules.UNKNOWN_REGION,
        credit_rules.FUTURE_DECISION,
        credit_rules.LIST_NOT_KEPT,
        credit_rules.NO_GROUND,
        credit_rules.WRONG_CLASS,
        credit_rules.BEYOND_TERM,
        credit_rules.BEFORE_ORIGINAL,
        credit_rules.LOCAL_ENTRY,
    ),
    (rules.PERSON_OUTSIDE, rules.REGION_OUTSIDE, rules.FORMER_REGION_OUTSIDE),
    columns=_hashed("credit-entries"),
    writes=("amend", "add", "add_adopted"),
    ends=END,
    personal=conversion.credit_entries,
)

PLANS: Mapping[str, ImportPlan] = {
    plan.kind.name: plan
    for plan in (
        IMPORT_RULES,
        REGIONS,
        ORGANISATIONS,
        INSTITUTIONS,
        EVALUATION_ORGANISATIONS,
        PEOPLE,
        EMPLOYMENTS,
        CERTIFICATES,
        TRAINING,
        AWARDS,
        RESIDENTS,
        ASSESSMENTS,
        MEASURES,
        EQUIVALENCES,
        POPULATION,
        WAGES,
        CREDIT_ENTRIES,
    )
}
"""The plan of each kind by its name."""
