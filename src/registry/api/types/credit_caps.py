"""What entries on credit lists do to a rating at the moment it is asked for, as its policy says.

Nothing of it is stored. The same as `scoring.apply_credit_caps`, which a test holds it to.
"""

from typing import Annotated

import strawberry

from registry.api.planner.declare import One, column, planned
from registry.api.types.credit_bearing import bearing

_ACTS = (
    "c.policy_id = {rating}.policy_id AND c.list_kind = b.list_kind AND c.ground IN ('', b.ground_code) "
    "AND (c.while_disputed OR NOT b.disputed)"
)
_BEARING = bearing("{rating}.institution_id", "{rating}.organisation_id")


def lowest_cap(rating: str, organisation_id: str) -> str:
    """Return the lowest grade that entries leave a rating, looked up from the entries on: hardly any has one."""
    acts = _ACTS.replace("{rating}", rating)
    each = f"SELECT min(c.at_most) FROM {{credit_cap:c}} WHERE {acts}"  # noqa: S608 - declared
    return f"(SELECT min(({each})) FROM {bearing(f'{rating}.institution_id', organisation_id)})"  # noqa: S608 - declared


def capped_rating(institution_id: str, organisation_id: str) -> str:
    """Return the question for the rating of an institution with `capped`, the grade that entries leave at most."""
    return (
        f"SELECT f.*, {organisation_id} AS organisation_id, {lowest_cap('f', organisation_id)} AS capped "  # noqa: S608 - declared
        f"FROM {{rating:f}} WHERE f.institution_id = {institution_id} LIMIT 1"
    )


CAPPED_HISTORY = (
    "(SELECT f.*, {parent}.organisation_id, CASE WHEN f.recorded_to IS NULL OR f.recorded_to > {position} "  # noqa: S608 - declared
    f"THEN {lowest_cap('f', '{parent}.organisation_id')} END AS capped FROM {{rating_history:f}} "
    "WHERE f.institution_id = {parent}.id AND f.stars IS NOT NULL OFFSET 0) AS {row}"
)
"""A rating that has been superseded shows the grade of its run: what bore on it then may have ended since.

The versions of one institution are looked at as they are before any condition on what becomes of them.
"""

SHOWN = "{rated}.stars IS NOT NULL AND coalesce({rated}.capped, 1) > 0"
"""Holds where there is a rating to show: computed, and not suspended by an entry."""

_BY_ENTRIES = (
    "SELECT c.code, c.at_most, 1000000 + row_number() OVER (ORDER BY c.at_most DESC, c.place, b.entry_id), "  # noqa: S608 - declared
    "c.title_zh, c.title_en, c.legal_basis, b.entry_id "
    f"FROM {_BEARING} JOIN {{credit_cap:c}} ON {_ACTS} "
    "WHERE c.at_most < {rating}.stars AND {rating}.capped IS NOT NULL"
)
_BY_POLICY = (
    "SELECT a.entry ->> 'stage' AS stage, (a.entry ->> 'grade')::integer AS grade, a.place, NULL::text AS reason_zh, "
    "NULL::text AS reason_en, NULL::text AS legal_basis, NULL::bigint AS entry_id "
    "FROM jsonb_array_elements({rating}.adjustments) WITH ORDINALITY AS a(entry, place)"
)


def caps_of(rating: str) -> str:
    """Return the relation of everything that held a rating's grade where it is: its run's, then by entries."""
    return f"({_BY_POLICY} UNION ALL {_BY_ENTRIES}) AS {{row}}".replace("{rating}", rating)


def suspending(rating: str) -> str:
    """Return the expression of the code of the first cap that leaves no rating; null where none does."""
    found = (
        f"SELECT c.code FROM {_BEARING} JOIN {{credit_cap:c}} ON {_ACTS} "  # noqa: S608 - declared
        "WHERE c.at_most = 0 ORDER BY c.place, b.entry_id LIMIT 1"
    )
    return f"({found})".replace("{rating}", rating)


@strawberry.type(
    description="What held a grade where it is: a floor, step, cap, limit or exception of the policy, or an entry on a "
    "credit list. 封顶与调整"
)
class AppliedCap:
    """One adjustment of a rating, by its run or by an entry in force."""

    stage: str = column("stage", "Code of the stage in the policy. 环节代码")
    grade: int | None = column("nullif({row}.grade, 0)", "The grade after it; null where it left no rating. 调整后等级")
    reason_zh: str | None = column("reason_zh", "Why in Chinese, for a cap by an entry. 原因")
    reason_en: str | None = column("reason_en", "Why in English, for a cap by an entry. 英文原因")
    legal_basis: str | None = column("legal_basis", "The legal source, for a cap by an entry. 法律依据")
    entry: Annotated["CreditEntry", strawberry.lazy("registry.api.types.credit_entries")] | None = planned(  # type: ignore[name-defined]  # noqa: F821
        One("{credit_entry:{row}}", "{row}.id = {parent}.entry_id"),
        "The entry in force that has this effect; null for a stage of the policy itself. 名单记录",
    )
