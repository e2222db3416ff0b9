"""Who may see and do what: the roles of callers."""

from registry.domain.terms import Term


class Role(Term):
    """The role of a caller, from the least to the most permitted view of the register."""

    PUBLIC = "PUBLIC", "公众"
    PROCUREMENT = "PROCUREMENT", "采购人"
    INSTITUTION = "INSTITUTION", "机构"
    REGULATOR = "REGULATOR", "监管部门"
    AUDITOR = "AUDITOR", "审计"
    ADMIN = "ADMIN", "管理员"


STAFF_ROLES = frozenset({Role.REGULATOR, Role.AUDITOR, Role.ADMIN})
"""Who reads for the authority, under row-level security."""

BUYING_ROLES = STAFF_ROLES | {Role.PROCUREMENT}
"""Who learns, as of a past instant, of entries that have ended since, and is issued statements of it."""
