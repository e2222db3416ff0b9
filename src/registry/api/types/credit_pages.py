"""Lists of entries on credit lists: what they are filtered by, their order, whose they are."""

import builtins
from datetime import date

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import argument
from registry.api.planner.keyset import Key
from registry.api.planner.searches import Search
from registry.api.types.filters import IN_REGION, WITHIN_REGION, canonical_code, codes, condition
from registry.api.types.paging import fixed
from registry.api.types.terms import EntryOrigin, ListKind
from registry.domain.identifiers import normalise_code

IN_FORCE_ON = "{row}.in_force_from <= {value} AND ({row}.in_force_to IS NULL OR {row}.in_force_to >= {value})"
OVERDUE = (
    "EXISTS (SELECT FROM register.credit_deadline AS d "
    "WHERE d.entry_id = {row}.id AND d.last_day < register.law_today())"
)
ENDED = "coalesce({row}.in_force_to < {day}, false) = {value}"
OF_SUBJECT = (
    "{row}.institution_id = (SELECT i.id FROM {institution:i} WHERE i.code = {value}) "
    "OR {row}.organisation_id = (SELECT o.id FROM {organisation:o} WHERE o.code = {value})"
)


@strawberry.input(description="Which entries; all given fields must hold, an empty list matches none. 名单记录筛选条件")
class CreditEntryFilter:
    """Conditions on entries."""

    kinds: builtins.list[ListKind] | None = condition(
        "{row}.list_kind = ANY ({value})", "text[]", "On lists of these kinds. 名单类别", codes
    )
    list: str | None = condition("{row}.list_code = {value}", "text", "On the list with this code. 名单代码")
    ground: str | None = condition("{row}.ground_code = {value}", "text", "For the ground with this code. 事由代码")
    region: str | None = condition(
        IN_REGION,
        "text",
        "Decided by an authority of this region or below it. 列入机关所在区划(含下级)",
        normalise_code,
        then=WITHIN_REGION,
    )
    subject: str | None = condition(
        OF_SUBJECT,
        "text",
        "On the institution or the organisation with this code, or on both if they share it. 机构或主体代码",
        canonical_code,
    )
    origins: builtins.list[EntryOrigin] | None = condition(
        "{row}.origin = ANY ({value})", "text[]", "Of one of these origins. 记录来源", codes
    )
    disputed: bool | None = condition(
        "{row}.disputed = {value}", "boolean", "Whether an objection is being looked at. 是否异议处理中"
    )
    overdue: bool | None = condition(
        f"{OVERDUE} = {{value}}",
        "boolean",
        "Whether its authority is late: with a decision on an objection or on repair, or with its publication; for "
        "regulators in their region, auditors and administrators. 是否逾期未办(限监管部门)",
        staff_rule="filter.for-staff",
    )
    in_force_on: date | None = condition(IN_FORCE_ON, "date", "In force on this day. 该日有效")
    ended: bool | None = condition(
        ENDED,
        "boolean",
        "Whether it has ended by the law day of the question; for regulators in their region, auditors and "
        "administrators, who alone see ended entries. 是否已终止(限监管部门)",
        staff_rule="filter.for-staff",
    )


NEWEST_FIRST = fixed(
    "creditEntries", Key("{row}.decided_on", "date", descending=True), Key("{row}.id", "bigint", descending=True)
)
FILTER = argument("filter", CreditEntryFilter | None, "Which entries. 筛选条件")
MOST_SORTED = 30_000
"""Entries in force up to this number are sorted for a page: of 10,000 among 100,000 a page takes 2.5 to 4.3 ms."""

ENTRIES = Search(
    "{credit_entry:{row}}",
    NEWEST_FIRST,
    collected=MOST_SORTED,
    bundled="register.credit_entry",
    counted="{row}.decided_on DESC, {row}.id DESC",
)
OF_INSTITUTION = Connection(
    "{credit_entry:{row}}",
    NEWEST_FIRST,
    "({row}.institution_id = {parent}.id OR {row}.organisation_id = {parent}.organisation_id)",
)
OF_ORGANISATION = Connection("{credit_entry:{row}}", NEWEST_FIRST, "{row}.organisation_id = {parent}.id")
OF_STAFF = Connection(
    "{credit_entry:{row}}",
    NEWEST_FIRST,
    "{row}.person_id IN (SELECT w.person_id FROM {employment:w} WHERE w.institution_id = {parent}.id "
    "AND w.worked @> {day} AND w.occupation IN ('MANAGER', 'CARER'))",
)
