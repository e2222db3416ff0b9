"""Quality notes: what a source says of a row that the register does not follow, open or ended; for staff."""

from datetime import datetime

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import Column, coded_id, column, instant, planned
from registry.api.planner.keyset import Key
from registry.api.scalars import Json, Long
from registry.api.types.admission import staff_alone
from registry.api.types.filters import canonical_code, codes, condition
from registry.api.types.paging import fixed
from registry.api.types.terms import ChangeKind, QualityRule
from registry.domain.errors import Bilingual
from registry.domain.sources import parse_source


@strawberry.type(description="What a source says of a row that the register does not follow. 数据质量提示")
class QualityNote:
    """The last version of a note."""

    entity_id: strawberry.ID = planned(
        Column(coded_id("'QualityNote:' || {row}.id")), "Identifier, as in the change feed. 提示标识"
    )
    rule: QualityRule = column("rule", "Why it was raised. 规则")
    kind: ChangeKind = column("entity", "What it is about. 对象类型")
    code: str = column("code", "Code of the thing, or of the institution it belongs to; of people a mask. 代码")
    prevailing_source: str = column("prevailing_source", "Whom the register follows. 采信来源")
    other_source: str = column("other_source", "Who says otherwise. 其他来源")
    content: Json = column("stated", "What the other source says; empty once the person was erased. 其他来源的内容")
    fields: list[str] = column("to_json({row}.fields)", "The fields in which they differ. 不一致的字段")
    position: Long = column("recorded_from", "Position at which it was raised as it is. 登记位置")
    recorded_at: datetime = instant("recorded_at", "When it was raised as it is. 登记时刻")
    ended_position: Long | None = column("recorded_to", "Position at which it ended; null while open. 终止位置")
    ended_at: datetime | None = instant("ended_at", "When it ended; null while open. 终止时刻")


@strawberry.input(description="Which notes; all given fields must hold. 数据质量提示筛选条件")
class QualityNoteFilter:
    """Conditions on notes."""

    rules: list[QualityRule] | None = condition(
        "{row}.rule = ANY ({value})", "text[]", "One of these rules. 规则", codes
    )
    kinds: list[ChangeKind] | None = condition(
        "{row}.entity = ANY ({value})", "text[]", "About one of these kinds. 对象类型", codes
    )
    institution: str | None = condition(
        "{row}.institution_id IN (SELECT i.id FROM {institution:i} WHERE i.code = {value})",
        "text",
        "About the institution with this code, or what belongs to it. 机构代码",
        canonical_code,
    )
    source: str | None = condition(
        "{value} IN ({row}.prevailing_source, {row}.other_source)", "text", "Either source. 来源", parse_source
    )
    open: bool | None = condition(
        "({row}.recorded_to IS NULL) = {value}", "boolean", "Whether it still stands; both if not given. 是否未终止"
    )


LAST_VERSIONS = (
    "(SELECT v.* FROM register.quality_note_version AS v WHERE v.ended_by IS NULL "
    "OR NOT EXISTS (SELECT FROM register.quality_note AS n WHERE n.id = v.id) "
    "AND NOT EXISTS (SELECT FROM register.quality_note_history AS n WHERE n.id = v.id AND n.change_id = v.ended_by)) "
    "AS {row}"
)
NOTES = Connection(LAST_VERSIONS, fixed("qualityNotes", Key("{row}.id", "bigint", descending=True)))


admit_staff = staff_alone(
    Bilingual("数据质量提示仅限监管部门查询", "Quality notes are for regulators"), rule="quality-notes.role"
)
