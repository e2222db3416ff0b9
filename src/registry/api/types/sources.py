"""Sources: how good what each of them delivers is, for staff."""

from datetime import datetime

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import column, instant
from registry.api.planner.keyset import Key
from registry.api.scalars import Long
from registry.api.types.admission import staff_alone
from registry.api.types.filters import condition
from registry.api.types.paging import fixed
from registry.domain.errors import Bilingual
from registry.domain.sources import parse_source


@strawberry.type(
    description="What a source delivers of one kind, and how good it is; counts are of the last 365 days. 来源数据质量"
)
class SourceReport:
    """A row of the report."""

    source: str = column("source", "The source. 来源")
    kind: str = column("kind", "What its rows are about. 数据类型")
    delivered_at: datetime | None = instant("delivered_at", "When a file or call was last taken. 最近报送时刻")
    due_days: int | None = column("due_days", "After how many days without one it is late. 最长报送间隔(日)")
    late: bool = column("late", "Whether it is late, or never was taken. 是否逾期")
    missing: Long | None = column(
        "missing", "Active institutions it states with nobody on post at the newest count; of institutions alone. 缺失"
    )
    deliveries: Long = column("deliveries", "Files and calls that were taken. 报送次数")
    rows: Long = column("rows", "Rows in them. 行数")
    contradictions: Long = column("contradictions", "Rows on which sources disagreed when they came. 矛盾行数")
    open_notes: Long = column("open_notes", "Quality notes that stand now. 未终止的质量提示")
    rejected_rows: Long = column("rejected_rows", "Rows left out or refused. 拒收行数")
    refusals: Long = column("refusals", "Files and calls of which nothing was taken. 拒收次数")


@strawberry.input(description="Which sources; all given fields must hold. 来源筛选条件")
class SourceFilter:
    """Conditions on the rows of the report."""

    source: str | None = condition("{row}.source = {value}", "text", "This source. 来源", parse_source)
    kind: str | None = condition("{row}.kind = {value}", "text", "This kind. 数据类型")
    late: bool | None = condition("{row}.late = {value}", "boolean", "Whether it is late. 是否逾期")


SOURCES = Connection(
    "(SELECT s.*, s.source || '/' || s.kind AS source_kind FROM register.source_report AS s) AS {row}",
    fixed("sources", Key("{row}.source_kind", "text")),
)
admit_to_sources = staff_alone(
    Bilingual("来源数据质量仅限监管部门查询", "Sources are for regulators"), rule="sources.role"
)
