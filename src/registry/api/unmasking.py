"""The mutation that tells a citizen number in plain; an answer is kept nowhere, so there is no idempotency key."""

from typing import Annotated

import strawberry

from registry.api.context import OperationContext
from registry.api.inputs import INPUT
from registry.api.payloads import ConflictFailure, ForbiddenFailure, InputFailure, NotFoundFailure, UnavailableFailure
from registry.api.planner.nodes import write_id
from registry.api.texts import LINES
from registry.api.types.people import person_number
from registry.domain.errors import Bilingual, NotFound
from registry.services.unmasking import unmask_person

Info = strawberry.Info[OperationContext, None]


@strawberry.input(description="Whose citizen number to tell, and why. 查看公民身份号码")
class UnmaskPersonInput:
    """Input of unmaskPerson."""

    person: strawberry.ID = strawberry.field(description="The person's identifier. 人员标识")
    reason: str = strawberry.field(description="Why; it is recorded. 理由", metadata={LINES: True})


@strawberry.type(description="A citizen number in plain; that it was told is recorded. 公民身份号码")
class PersonUnmasked:
    """Result of unmaskPerson."""

    id: strawberry.ID = strawberry.field(description="The person's global identifier. 人员标识")
    name: str = strawberry.field(description="The name. 姓名")
    citizen_number: str = strawberry.field(description="The number in plain. 公民身份号码")


UnmaskPersonPayload = Annotated[
    PersonUnmasked | InputFailure | ForbiddenFailure | NotFoundFailure | ConflictFailure | UnavailableFailure,
    strawberry.union("UnmaskPersonPayload", description="Outcome of unmaskPerson. 结果"),
]


async def unmask(info: Info, input_: Annotated[UnmaskPersonInput, INPUT]) -> UnmaskPersonPayload:
    """Tell a citizen number."""
    context, number = info.context, person_number(input_.person)
    if number is None:
        message = Bilingual("登记簿中没有该人员", "The register has no such person")
        raise NotFound(message, rule="person.unknown", path=("input", "person"))
    unmasked = await unmask_person(
        context.api.database,
        context.actor,
        context.api.personal_keys(),
        number,
        input_.reason,
        request_id=context.api.request_id(),
    )
    person = strawberry.ID(write_id("Person", unmasked.person_id))
    return PersonUnmasked(id=person, name=unmasked.name, citizen_number=unmasked.number)
