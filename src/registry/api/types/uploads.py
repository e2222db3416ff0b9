"""Uploads as who brings them sees them: how much has come, how far the import is, what it did or why it was refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import column, instant
from registry.api.planner.keyset import Key
from registry.api.scalars import Json, Long
from registry.api.types.filters import condition
from registry.api.types.paging import fixed
from registry.api.types.terms import UploadState
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden

BRINGERS = frozenset({Role.INSTITUTION, Role.REGULATOR, Role.ADMIN, Role.AUDITOR})


@strawberry.type(description="A file that is brought over HTTP in pieces, and what became of it. 文件上传")
class Upload:
    """An upload; forgotten a week after it was imported or refused."""

    id: strawberry.ID = column("{row}.id::text", "Its identifier, the last part of its address. 上传标识")
    kind: str = column("kind", "What its rows are about. 数据类型")
    source: str = column("source", "Who states them. 数据来源")
    file_name: str = column("file_name", "The name of the file. 文件名")
    bytes_total: Long = column("bytes_total", "How large it is. 文件大小(字节)")
    state: UploadState = column("state", "Where it stands. 状态")
    step: str | None = column("step", "The step of the import that goes on. 导入步骤")
    bytes_read: Long = column("bytes_read", "How much the import has read. 已读取(字节)")
    rows: int = column("rows", "How many rows the import has taken. 行数")
    added: int | None = column("added", "Rows that were new. 新增")
    amended: int | None = column("amended", "Rows that amended one. 更正")
    unchanged: int | None = column("unchanged", "Rows that said what stood. 未变")
    contradictions: int | None = column("contradictions", "Rows that another source contradicts. 与其他来源矛盾")
    position: Long | None = column("position", "Position of the change set; null where nothing changed. 登记位置")
    rule: str | None = column("rule", "Why nothing was imported: the rule. 未导入的规则")
    message_zh: str | None = column("message_zh", "Why, in Chinese. 中文说明")
    message_en: str | None = column("message_en", "Why, in English. 英文说明")
    row_errors: Json = column("row_errors", "The first 1,000 errors of rows, as importRows tells them. 数据行错误")
    created_at: datetime = instant("created_at", "When it was begun. 创建时刻")
    expires_at: datetime = instant("expires_at", "When it is forgotten, unless a piece comes before. 失效时刻")
    ended_at: datetime | None = instant("ended_at", "When it was imported or refused. 结束时刻")


@strawberry.input(description="Which uploads; all given fields must hold. 上传筛选条件")
class UploadFilter:
    """Conditions on uploads."""

    id: strawberry.ID | None = condition("{row}.id::text = {value}", "text", "The one with this identifier. 上传标识")


UPLOADS = Connection("register.upload AS {row}", fixed("uploads", Key("{row}.id::text", "text")))


def admit_to_uploads(_: Mapping[str, Any], actor: Actor) -> None:
    """Refuse who brings nothing. Rule: `uploads.role`."""
    if actor.role not in BRINGERS:
        raise Forbidden(Bilingual("上传限报送方查询", "Uploads are for those who bring data"), rule="uploads.role")
