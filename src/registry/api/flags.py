"""Flags through the API: raised by hand, dismissed or escalated; inputs, payloads and the two mutations."""

from typing import Annotated

import strawberry

from registry.api.context import OperationContext
from registry.api.inputs import INPUT, KEY, once
from registry.api.payloads import ConflictFailure, ForbiddenFailure, InputFailure, NotFoundFailure, UnavailableFailure
from registry.api.texts import LINES
from registry.api.types.filters import canonical_code
from registry.api.types.terms import FlagState
from registry.domain.errors import Bilingual, NotFound
from registry.services.flags.judging import Escalation, FlagTaken, flag_violation, resolve_flag

Info = strawberry.Info[OperationContext, None]


@strawberry.input(description="A violation found at an institution. 发现的问题")
class FlagViolationInput:
    """Input of flagViolation."""

    institution: str = strawberry.field(description="Code of the institution. 机构代码")
    finding: str = strawberry.field(description="What was found. 发现的情况", metadata={LINES: True})
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The case to open on what a flag tells. 转为立案")
class EscalationInput:
    """Part of the input of resolveFlag."""

    list_code: str = strawberry.field(description="Code of the list. 名单代码")
    ground_code: str = strawberry.field(description="Code of the ground. 事由代码")
    on_person: bool = strawberry.field(
        default=False, description="Whether the case is about the flag's person, not its institution. 是否针对人员"
    )


@strawberry.input(description="What to make of an open flag: dismissed, or with `escalate` a case. 处理预警")
class ResolveFlagInput:
    """Input of resolveFlag."""

    flag: strawberry.ID = strawberry.field(description="The flag's identifier. 预警标识")
    reason: str = strawberry.field(description="Why. 理由", metadata={LINES: True})
    escalate: EscalationInput | None = strawberry.field(
        default=None, description="The case to open; dismissed if not given. 立案内容"
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="A flag as an act left it. 预警处理结果")
class FlagAnswer:
    """Result of flagViolation and resolveFlag."""

    id: strawberry.ID = strawberry.field(description="Identifier of the flag. 预警标识")
    state: FlagState = strawberry.field(description="Where it stands. 状态")
    case_id: strawberry.ID | None = strawberry.field(description="The case that it became. 案件标识")


_Failures = InputFailure | ForbiddenFailure | NotFoundFailure | ConflictFailure | UnavailableFailure
FlagViolationPayload = Annotated[
    FlagAnswer | _Failures, strawberry.union("FlagViolationPayload", description="Outcome of flagViolation. 结果")
]
ResolveFlagPayload = Annotated[
    FlagAnswer | _Failures, strawberry.union("ResolveFlagPayload", description="Outcome of resolveFlag. 结果")
]


def _answer(taken: FlagTaken) -> FlagAnswer:
    case_id = None if taken.case_id is None else strawberry.ID(str(taken.case_id))
    return FlagAnswer(id=strawberry.ID(str(taken.flag_id)), state=taken.state, case_id=case_id)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        message = Bilingual("没有这样的预警", "There is no such flag")
        raise NotFound(message, rule="flag.unknown", path=("input", "flag"))
    return int(text)


async def raise_by_hand(info: Info, input_: Annotated[FlagViolationInput, INPUT]) -> FlagViolationPayload:
    """Raise a flag by hand."""
    context = info.context
    taken = await flag_violation(
        context.api.database, context.actor, canonical_code(input_.institution), input_.finding, **once(context, input_)
    )
    return _answer(taken)


async def resolve(info: Info, input_: Annotated[ResolveFlagInput, INPUT]) -> ResolveFlagPayload:
    """Dismiss or escalate a flag."""
    context, wanted = info.context, input_.escalate
    taken = await resolve_flag(
        context.api.database,
        context.actor,
        _number(input_.flag),
        input_.reason,
        None if wanted is None else Escalation(wanted.list_code, wanted.ground_code, wanted.on_person),
        **once(context, input_),
    )
    return _answer(taken)
