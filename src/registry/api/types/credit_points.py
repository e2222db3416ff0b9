"""What entries on red lists add to a score at the moment it is asked for, as its policy says.

Nothing of it is stored. The same as `scoring.credit_points_of`, which a test holds it to.
"""

from decimal import Decimal
from typing import Annotated

import strawberry

from registry.api.planner.declare import One, column, planned
from registry.api.types.credit_bearing import bearing

_STANDS = "({rating}.recorded_to IS NULL OR {rating}.recorded_to > {position})"
_EARNED = (
    "(SELECT DISTINCT ON (p.place) p.*, b.entry_id "  # noqa: S608 - declared
    f"FROM {bearing('{rating}.institution_id', '{rating}.organisation_id')} JOIN {{credit_points:p}} "
    "ON p.policy_id = {rating}.policy_id AND b.list_kind = 'RED' AND p.ground IN ('', b.ground_code) "
    f"AND (p.while_disputed OR NOT b.disputed) WHERE {_STANDS} ORDER BY p.place, b.entry_id)"
)


def earned(rating: str) -> str:
    """Return the FROM item of the rules that give points to a rating, each once, with the first entry that meets it."""
    return _EARNED.replace("{rating}", rating)


def points_of(rating: str) -> str:
    """Return the expression of all points that a rating gets for entries."""
    return f"(SELECT coalesce(sum(q.points), 0) FROM {earned(rating)} AS q)"  # noqa: S608 - declared


@strawberry.type(
    description="Points that a policy gives for an entry in force on a red list, beside the run's score. 红名单加分"
)
class CreditPoints:
    """One rule of a policy that an entry in force meets."""

    rule: str = column("code", "Code of the rule in the policy. 规则代码")
    points: Decimal = column("{row}.points::text", "The points that it adds. 加分")
    title_zh: str | None = column("title_zh", "What for, in Chinese. 说明")
    title_en: str | None = column("title_en", "What for, in English. 英文说明")
    legal_basis: str | None = column("legal_basis", "The legal source. 法律依据")
    entry: Annotated["CreditEntry", strawberry.lazy("registry.api.types.credit_entries")] | None = planned(  # type: ignore[name-defined]  # noqa: F821
        One("{credit_entry:{row}}", "{row}.id = {parent}.entry_id"),
        "The entry in force that meets it; the first one, where several do. 名单记录",
    )
