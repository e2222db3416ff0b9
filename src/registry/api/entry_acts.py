"""Entries through the API: published, withdrawn, objected to, repaired; inputs, payloads and the mutations."""

from typing import Annotated

import strawberry

from registry.api.credit_acts import EntryStepInput, Failures, Info, entry_step
from registry.api.inputs import INPUT, once
from registry.api.planner.declare import One
from registry.api.planner.nodes import write_id
from registry.api.planner.roots import ROOT, Root
from registry.api.types.credit_entries import CreditEntry
from registry.api.types.terms import ObjectionOutcome, RepairClass
from registry.services import credit


@strawberry.input(description="The publication of a decided entry; from today it is in force. 公示")
class PublishEntryInput(EntryStepInput):
    """Input of publishEntry."""

    exceptionally: bool = strawberry.field(
        default=False,
        description="Whether what is in principle not published is published for the reason given. 是否例外公示",
    )


@strawberry.input(description="The end of an entry at once. 移出或撤销")
class WithdrawEntryInput(EntryStepInput):
    """Input of withdrawEntry."""

    document_number: str = strawberry.field(description="Number of the decision. 决定文书号")
    annulled: bool = strawberry.field(
        default=False,
        description="Whether the entry was wrong from the beginning (撤销), not withdrawn (移出). 是否撤销",
    )


@strawberry.input(description="An objection; the entry stays visible, marked as disputed. 提出异议")
class RaiseObjectionInput(EntryStepInput):
    """Input of raiseObjection."""


@strawberry.input(description="The decision on an objection, by another person than raised it. 异议处理")
class ResolveObjectionInput(EntryStepInput):
    """Input of resolveObjection."""

    outcome: ObjectionOutcome = strawberry.field(description="What becomes of it. 处理结果")
    document_number: str | None = strawberry.field(
        default=None, description="Number of the decision; needed unless rejected. 决定文书号"
    )
    ground_code: str | None = strawberry.field(default=None, description="The ground by a correction. 更正后的事由代码")
    repair_class: RepairClass | None = strawberry.field(
        default=None, description="The class by a correction. 更正后的失信程度"
    )


@strawberry.input(description="An application for repair, once the minimum has passed. 申请信用修复")
class ApplyForRepairInput(EntryStepInput):
    """Input of applyForRepair."""

    duties_done: bool = strawberry.field(description="Whether all duties are done. 是否已履行全部义务")
    promise_public: bool = strawberry.field(description="Whether the promise of credit is public. 是否已公开信用承诺")


@strawberry.input(description="The decision on an application for repair. 信用修复决定")
class DecideRepairInput(EntryStepInput):
    """Input of decideRepair."""

    granted: bool = strawberry.field(description="Whether it is granted, which ends the entry at once. 是否准予")
    document_number: str | None = strawberry.field(
        default=None, description="Number of the decision; needed where granted. 决定文书号"
    )


@strawberry.type(description="An entry as an act left it. 名单记录办理结果")
class EntryStepTaken:
    """Result of the mutations on entries."""

    number: strawberry.Private[int]
    entry_id: strawberry.ID = strawberry.field(description="Global identifier of the entry. 名单记录标识")
    step: int = strawberry.field(description="Number of the step taken, for the next to expect. 步骤序号")
    entry: CreditEntry | None = strawberry.field(
        default=None,
        description="The entry as it stands now; null for who does not see it. 名单记录",
        metadata={
            ROOT: Root(One("{credit_entry:{row}}", "{row}.id = {number}"), given={"number": ("number", "bigint")})
        },
    )


PublishEntryPayload = Annotated[
    EntryStepTaken | Failures, strawberry.union("PublishEntryPayload", description="Outcome of publishEntry. 结果")
]
WithdrawEntryPayload = Annotated[
    EntryStepTaken | Failures, strawberry.union("WithdrawEntryPayload", description="Outcome of withdrawEntry. 结果")
]
RaiseObjectionPayload = Annotated[
    EntryStepTaken | Failures, strawberry.union("RaiseObjectionPayload", description="Outcome of raiseObjection. 结果")
]
ResolveObjectionPayload = Annotated[
    EntryStepTaken | Failures,
    strawberry.union("ResolveObjectionPayload", description="Outcome of resolveObjection. 结果"),
]
ApplyForRepairPayload = Annotated[
    EntryStepTaken | Failures, strawberry.union("ApplyForRepairPayload", description="Outcome of applyForRepair. 结果")
]
DecideRepairPayload = Annotated[
    EntryStepTaken | Failures, strawberry.union("DecideRepairPayload", description="Outcome of decideRepair. 结果")
]


def entry_taken(taken: credit.StepTaken) -> EntryStepTaken:
    """Return the payload of an act on an entry."""
    assert taken.entry_id is not None  # noqa: S101 - an act on an entry names it
    entry_id = strawberry.ID(write_id("CreditEntry", taken.entry_id))
    return EntryStepTaken(number=taken.entry_id, entry_id=entry_id, step=taken.step)


async def publish_entry(info: Info, input_: Annotated[PublishEntryInput, INPUT]) -> PublishEntryPayload:
    """Publish an entry."""
    context = info.context
    return entry_taken(
        await credit.publish_entry(
            context.api.database,
            context.actor,
            entry_step(input_),
            exceptionally=input_.exceptionally,
            **once(context, input_),
        )
    )


async def withdraw_entry(info: Info, input_: Annotated[WithdrawEntryInput, INPUT]) -> WithdrawEntryPayload:
    """Withdraw or annul an entry."""
    context = info.context
    return entry_taken(
        await credit.withdraw_entry(
            context.api.database,
            context.actor,
            entry_step(input_),
            input_.document_number,
            annulled=input_.annulled,
            **once(context, input_),
        )
    )


async def raise_objection(info: Info, input_: Annotated[RaiseObjectionInput, INPUT]) -> RaiseObjectionPayload:
    """Object to an entry."""
    context = info.context
    return entry_taken(
        await credit.raise_objection(context.api.database, context.actor, entry_step(input_), **once(context, input_))
    )


async def resolve_objection(info: Info, input_: Annotated[ResolveObjectionInput, INPUT]) -> ResolveObjectionPayload:
    """Decide on an objection."""
    context = info.context
    return entry_taken(
        await credit.resolve_objection(
            context.api.database, context.actor, entry_step(input_), _outcome(input_), **once(context, input_)
        )
    )


def _outcome(given: ResolveObjectionInput) -> credit.Rejected | credit.Corrected | credit.Annulled:
    match given.outcome:
        case ObjectionOutcome.REJECTED:
            return credit.Rejected()
        case ObjectionOutcome.ANNULLED:
            return credit.Annulled(given.document_number or "")
    return credit.Corrected(given.document_number or "", given.ground_code, given.repair_class)


async def apply_for_repair(info: Info, input_: Annotated[ApplyForRepairInput, INPUT]) -> ApplyForRepairPayload:
    """Ask for repair."""
    context = info.context
    return entry_taken(
        await credit.apply_for_repair(
            context.api.database,
            context.actor,
            entry_step(input_),
            credit.RepairApplication(input_.duties_done, input_.promise_public),
            **once(context, input_),
        )
    )


async def decide_repair(info: Info, input_: Annotated[DecideRepairInput, INPUT]) -> DecideRepairPayload:
    """Grant or refuse repair."""
    context = info.context
    return entry_taken(
        await credit.decide_repair(
            context.api.database,
            context.actor,
            entry_step(input_),
            input_.granted,
            input_.document_number,
            **once(context, input_),
        )
    )
