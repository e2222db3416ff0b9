"""Mutual recognition through the API: an entry of another region adopted; it ends with its original."""

from datetime import date
from typing import Annotated

import strawberry

from registry.api.credit_acts import Failures, Info, entry_number
from registry.api.entry_acts import EntryStepTaken, entry_taken
from registry.api.inputs import INPUT, KEY
from registry.services import credit


@strawberry.input(description="The recognition of another region's entry in force. 互认")
class AdoptEntryInput:
    """Input of adoptEntry."""

    original: strawberry.ID = strawberry.field(description="Global identifier of the entry to adopt. 原记录标识")
    list_code: str = strawberry.field(description="Code of the list, of the original's kind. 名单代码")
    authority: str = strawberry.field(description="Who adopts. 互认机关")
    document_number: str = strawberry.field(description="Number of the adopting decision. 决定文书号")
    legal_basis: str = strawberry.field(description="The legal source. 法律依据")
    remedy: str = strawberry.field(description="How and until when it can be contested. 救济途径和期限")
    decided_on: date = strawberry.field(description="Day of the adopting decision. 决定日期")
    last_day: date | None = strawberry.field(default=None, description="A shorter term. 公示截止日期")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


AdoptEntryPayload = Annotated[
    EntryStepTaken | Failures, strawberry.union("AdoptEntryPayload", description="Outcome of adoptEntry. 结果")
]


async def adopt_entry(info: Info, input_: Annotated[AdoptEntryInput, INPUT]) -> AdoptEntryPayload:
    """Adopt an entry."""
    context = info.context
    given = {name: value for name, value in vars(input_).items() if name not in {"original", "idempotency_key"}}
    return entry_taken(
        await credit.adopt_entry(
            context.api.database,
            context.actor,
            credit.Adoption(original_id=entry_number(input_.original, "original"), **given),
            idempotency_key=input_.idempotency_key,
            request_id=context.api.request_id(),
        )
    )
