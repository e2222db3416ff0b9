"""The import kinds by subject: which columns each file has, in which order, and what they hold."""

import difflib
from collections.abc import Mapping

from registry.domain.identifiers import refuse
from registry.transfer.columns import ImportKind
from registry.transfer.kinds.credit import CREDIT_ENTRIES
from registry.transfer.kinds.service import ASSESSMENTS, MEASURES, RESIDENTS
from registry.transfer.kinds.skills import AWARDS, EQUIVALENCES, TRAINING
from registry.transfer.kinds.staff import CERTIFICATES, EMPLOYMENTS, EVALUATION_ORGANISATIONS, PEOPLE
from registry.transfer.kinds.subjects import INSTITUTIONS, ORGANISATIONS, REGIONS
from registry.transfer.kinds.surveys import POPULATION, WAGES
from registry.transfer.kinds.weighing import IMPORT_RULES

KINDS: Mapping[str, ImportKind] = {
    kind.name: kind
    for kind in (
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
"""Every kind by its name, in the order in which files that refer to each other are imported."""


def get_kind(name: str) -> ImportKind:
    """The kind of a name. Rule: `import.kind`, with the nearest known name."""
    if name in KINDS:
        return KINDS[name]
    near = difflib.get_close_matches(name, KINDS, n=1)
    zh = f"未知的导入类别;{'是否为 ' + near[0] + '?' if near else ''}可用:{'、'.join(KINDS)}"
    en = f"unknown import kind; {'did you mean ' + near[0] + '? ' if near else ''}known: {', '.join(KINDS)}"
    raise refuse("import.kind", zh, en)
