"""Training under the real name (实名制培训): how it ends."""

from registry.domain.terms import Term


class TrainingResult(Term):
    """How a training ended; every result but UNDER_WAY has a last day."""

    UNDER_WAY = "UNDER_WAY", "在训"
    PASSED = "PASSED", "合格"
    FAILED = "FAILED", "不合格"
    WITHDRAWN = "WITHDRAWN", "中途退出"
