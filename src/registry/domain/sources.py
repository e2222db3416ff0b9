"""Sources: who states the rows of a file, and the dated rules by which statements are weighed."""

import unicodedata

from registry.domain.identifiers import hide_citizen_ids, refuse
from registry.domain.terms import Term

LONGEST_SOURCE = 200


class ImportRule(Term):
    """What a dated rule of an import sets."""

    PRECEDENCE = "PRECEDENCE", "来源优先级"
    REMOVAL_SHARE = "REMOVAL_SHARE", "整体终止比例上限"
    REMOVAL_SHARE_OF_ONE = "REMOVAL_SHARE_OF_ONE", "单一主体终止比例上限"
    REMOVAL_LEAST = "REMOVAL_LEAST", "起算终止数"
    DUE_DAYS = "DUE_DAYS", "最长报送间隔日数"


class QualityRule(Term):
    """Why a quality note is raised."""

    SOURCES_CONTRADICT = "SOURCES_CONTRADICT", "来源不一致"
    STATUS_NOT_CLEARED = "STATUS_NOT_CLEARED", "未注明日期,不解除已登记状态"


SHARES = frozenset({ImportRule.REMOVAL_SHARE, ImportRule.REMOVAL_SHARE_OF_ONE})
"""The rules whose value is a share, 0 to 1."""


def parse_source(text: str) -> str:
    """The name of a source as the register keeps it, so that the same name typed in another way is the same source.

    Compatibility forms are folded (NFKC), runs of white space become one space, a citizen number is masked. Rule:
    `import.source` for an empty name, one of more than LONGEST_SOURCE characters, or one with control characters.
    """
    name = hide_citizen_ids(" ".join(unicodedata.normalize("NFKC", text).split()))
    if not name.isprintable() or not 1 <= len(name) <= LONGEST_SOURCE:
        zh, en = f"来源名称应为1至{LONGEST_SOURCE}个字", f"a source has a name of 1 to {LONGEST_SOURCE} characters"
        raise refuse("import.source", zh, en)
    return name
