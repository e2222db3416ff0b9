"""Flags (预警): what rules and regulators found, and what became of it."""

from registry.domain.terms import Term


class FlagState(Term):
    """Where a flag stands; it is resolved once."""

    OPEN = "OPEN", "待处理"
    DISMISSED = "DISMISSED", "已排除"
    ESCALATED = "ESCALATED", "已立案"


class FlagSeverity(Term):
    """How much a flag weighs."""

    NOTICE = "NOTICE", "提示"
    WARNING = "WARNING", "警告"
    SERIOUS = "SERIOUS", "严重"


MANUAL = "MANUAL"
COMPLAINT_RECEIVED = "COMPLAINT_RECEIVED"
"""Rules that no statement finds facts for: flags of theirs are raised one by one."""
