"""importRows: rows of partner platforms and of institutions, as a file of them would be imported."""

from typing import Annotated

import strawberry

from registry.api.context import OperationContext
from registry.api.inputs import INPUT, KEY, once
from registry.api.payloads import (
    ConflictFailure,
    Failure,
    ForbiddenFailure,
    InputFailure,
    UnavailableFailure,
)
from registry.api.scalars import Json, Long
from registry.domain.errors import RowError, RowsRejected
from registry.services.importing import import_rows

Info = strawberry.Info[OperationContext, None]


@strawberry.input(description="Rows to import: all of them or none. 数据导入")
class ImportRowsInput:
    """Input of importRows."""

    kind: str = strawberry.field(description="What the rows are about, as `employments`. 数据类型")
    rows: list[Json] = strawberry.field(
        description="1 to 10,000 objects by the columns of an import file, in their order. 数据行"
    )
    source: str | None = strawberry.field(
        default=None, description="Who states them; of the account where the caller has one. 数据来源"
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="What rows did to the register. 导入结果")
class RowsImported:
    """Result of importRows."""

    kind: str = strawberry.field(description="What the rows are about. 数据类型")
    source: str = strawberry.field(description="Who states them. 数据来源")
    rows: int = strawberry.field(description="How many rows there were. 行数")
    added: int = strawberry.field(description="Rows that were new. 新增")
    amended: int = strawberry.field(description="Rows that amended one. 更正")
    unchanged: int = strawberry.field(description="Rows that said what stood. 未变")
    contradictions: int = strawberry.field(description="Rows that another source contradicts. 与其他来源矛盾")
    position: Long | None = strawberry.field(
        description="Position of the change set; null where nothing changed. 登记位置"
    )


@strawberry.type(description="What is wrong in one cell. 单元格错误")
class ImportRowError:
    """An error, as the report of a file tells it."""

    row: int = strawberry.field(description="Number of the row, from 1. 行号")
    column: str = strawberry.field(description="The column. 列")
    value: str = strawberry.field(description="What stands there, masked where it is personal. 值")
    rule: str = strawberry.field(description="The rule that it breaks. 规则")
    message_zh: str = strawberry.field(description="What is wrong, in Chinese. 中文说明")
    message_en: str = strawberry.field(description="What is wrong, in English. 英文说明")


@strawberry.type(description="Rows are wrong; nothing was written. 数据行有误，未写入任何内容")
class RowsFailure(Failure):
    """BAD_USER_INPUT with the errors of rows."""

    row_errors: list[ImportRowError] = strawberry.field(description="The first 1,000 errors by their rows. 错误")


ImportRowsPayload = Annotated[
    RowsImported | RowsFailure | InputFailure | ForbiddenFailure | ConflictFailure | UnavailableFailure,
    strawberry.union("ImportRowsPayload", description="Outcome of importRows. 结果"),
]


async def bring(info: Info, input_: Annotated[ImportRowsInput, INPUT]) -> ImportRowsPayload:
    """Import rows."""
    context = info.context
    try:
        done = await import_rows(
            context.api.database,
            context.actor,
            context.api.personal_keys,
            input_.kind,
            input_.rows,
            source=input_.source,
            **once(context, input_),
        )
    except RowsRejected as rejected:
        return _refused(rejected)
    counts = {name: getattr(done, name) for name in ("rows", "added", "amended", "unchanged", "contradictions")}
    position = None if done.position is None else Long(done.position)
    return RowsImported(kind=done.kind, source=done.source, **counts, position=position)


def _refused(rejected: RowsRejected) -> RowsFailure:
    return RowsFailure(
        code=rejected.code.value,
        rule=rejected.rule,
        message_zh=rejected.message.zh,
        message_en=rejected.message.en,
        path=["input", "rows"],
        row_errors=[_told(error) for error in rejected.errors],
    )


def _told(error: RowError) -> ImportRowError:
    return ImportRowError(
        row=error.row,
        column=error.column,
        value=error.value,
        rule=error.rule,
        message_zh=error.reason.zh,
        message_en=error.reason.en,
    )
