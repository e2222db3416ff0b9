"""Where an institution stands on credit lists, in one look."""

import strawberry

from registry.api.planner.declare import One, column
from registry.api.types.credit_bearing import bearing
from registry.api.types.terms import CreditStanding


@strawberry.type(
    description="Where an institution stands on credit lists by the entries in force that bear on it: its own, and "
    "those of the legal entity that runs it. The same for everybody. 信用名单状态"
)
class CreditStatus:
    """Counts of entries in force by the kind of list."""

    standing: CreditStanding = column(
        "CASE WHEN {row}.black > 0 THEN 'BLACK' WHEN {row}.watch > 0 THEN 'WATCH' WHEN {row}.red > 0 THEN 'RED' "
        "ELSE 'NONE' END",
        "The gravest kind of list that it is on. 最严重的名单类别",
    )
    black: int = column("black", "Entries on black lists. 失信惩戒名单记录数")
    watch: int = column("watch", "Entries on watch lists. 重点关注名单记录数")
    red: int = column("red", "Entries on red lists. 守信红名单记录数")
    disputed: int = column("disputed", "How many of them are disputed. 其中异议处理中的记录数")


def _of(kind: str) -> str:
    return f"count(*) FILTER (WHERE b.list_kind = '{kind}') AS {kind.lower()}"


STATUS = One(
    f"(SELECT {_of('BLACK')}, {_of('WATCH')}, {_of('RED')}, count(*) FILTER (WHERE b.disputed) AS disputed "  # noqa: S608 - declared
    f"FROM {bearing('{parent}.id', '{parent}.organisation_id')}) AS {{row}}"
)
