"""Complaints (举报): leads from the public, never visible as findings."""

from registry.domain.terms import Term

SHORTEST_ACCOUNT = 10
LONGEST_ACCOUNT = 4_000
LONGEST_CONTACT = 200


class ComplaintState(Term):
    """Where a complaint stands: as its flag does."""

    RECEIVED = "RECEIVED", "已接收"
    DISMISSED = "DISMISSED", "不予立案"
    LED_TO_CASE = "LED_TO_CASE", "已立案"
