"""The mutation that issues a procurement statement: the check is asked as its caller would ask it, then signed."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, cast

import strawberry
from strawberry.utils.str_converters import to_camel_case

from registry.api.checking import Executes, answer_check
from registry.api.context import write_instant
from registry.api.credit_acts import Failures, Info
from registry.api.inputs import INPUT, KEY, once
from registry.api.planner.roots import ROOT, Root
from registry.api.types.procurement import ProcurementCriteria
from registry.api.types.statements import ISSUED, NOT_FOR_ALL, ProcurementStatement
from registry.domain.access import BUYING_ROLES
from registry.services.statements import issue_statement, require_asker


@strawberry.input(description="A check to sign and keep. 出具采购核查证明")
class IssueProcurementStatementInput:
    """Input of issueProcurementStatement."""

    codes: list[str] = strawberry.field(description="Codes, as of procurementCheck. 代码")
    as_of: datetime | None = strawberry.field(default=None, description="The instant, such as bid closing. 查询时点")
    criteria: ProcurementCriteria | None = strawberry.field(default=None, description="What they must meet. 核查条件")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="A statement that was issued. 已出具的证明")
class ProcurementStatementIssued:
    """Result of issueProcurementStatement."""

    number: strawberry.Private[str]
    statement: ProcurementStatement = strawberry.field(
        default=None,
        description="The statement as kept. 证明",
        metadata={ROOT: Root(NOT_FOR_ALL, staff=ISSUED, readers=BUYING_ROLES, given={"number": ("number", "uuid")})},
    )


IssueProcurementStatementPayload = Annotated[
    ProcurementStatementIssued | Failures,
    strawberry.union("IssueProcurementStatementPayload", description="Outcome of issueProcurementStatement. 结果"),
]


async def issue(
    info: Info, input_: Annotated[IssueProcurementStatementInput, INPUT]
) -> IssueProcurementStatementPayload:
    """Check, sign and keep."""
    context = info.context
    require_asker(context.actor)
    asked = _asked(input_)
    api = context.api
    check = await answer_check(cast("Executes", info.schema), api, context.actor, asked)
    signer = api.signer()
    issued = await issue_statement(api.database, context.actor, signer, check, asked, **once(context, input_))
    return ProcurementStatementIssued(number=issued.id)


def _asked(given: IssueProcurementStatementInput) -> dict[str, Any]:
    return {
        "codes": given.codes,
        "asOf": None if given.as_of is None else write_instant(given.as_of),
        "criteria": None if given.criteria is None else _written(given.criteria),
    }


def _written(criteria: ProcurementCriteria) -> dict[str, Any]:
    given = {to_camel_case(name): value for name, value in vars(criteria).items()}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in given.items()}
