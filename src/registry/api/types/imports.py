"""Imports: which files the register took in, and what they did; for staff."""

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


@strawberry.type(description="A file that the register took in, and what it did. 数据导入记录")
class ImportBatch:
    """An import as it ended."""

    id: strawberry.ID = column("{row}.id::text", "Identifier; the audit trail names it `import:` and this. 导入标识")
    kind: str = column("kind", "What its rows are about. 数据类型")
    file_name: str = column("file_name", "Name of the file. 文件名")
    sha256: str = column("encode({row}.file_sha256, 'hex')", "SHA-256 of the file. 文件摘要")
    source: str = column("source", "Who states it. 数据来源")
    snapshot: bool = column("snapshot", "Whether it is all that its source has to say. 是否全量快照")
    rows: int = column("rows", "Rows of the file. 行数")
    added: int = column("added", "Rows that were new. 新增")
    amended: int = column("amended", "Rows that amended one. 更正")
    ended: int = column("ended", "Rows of the register that it ended. 终止")
    unchanged: int = column("unchanged", "Rows that said what stood. 未变")
    rejected: int = column("rejected", "Rows left out for mistakes, of a partial import. 拒收")
    contradictions: int = column("contradictions", "Rows that another source contradicts. 与其他来源矛盾")
    position: Long | None = column("position", "Position of its change set; null where it changed nothing. 登记位置")
    imported_at: datetime = instant("imported_at", "When it was imported. 导入时刻")


@strawberry.input(description="Which imports; all given fields must hold. 导入筛选条件")
class ImportFilter:
    """Conditions on imports."""

    kinds: list[str] | None = condition("{row}.kind = ANY ({value})", "text[]", "Of these kinds. 数据类型")
    source: str | None = condition("{row}.source = {value}", "text", "From this source. 数据来源")


IMPORTS = Connection(
    "(SELECT b.*, s.position FROM register.import_batch AS b LEFT JOIN register.change_set AS s ON s.id = b.change_id) "
    "AS {row}",
    fixed("imports", Key("{row}.id", "bigint", descending=True)),
)


admit_to_imports = staff_alone(Bilingual("导入记录仅限监管部门查询", "Imports are for regulators"), rule="imports.role")
