"""Certificates through the API: revoked, and the accreditation of their issuers withdrawn."""

from datetime import date
from typing import Annotated

import strawberry

from registry.api.context import OperationContext
from registry.api.inputs import INPUT, KEY, once
from registry.api.payloads import ConflictFailure, ForbiddenFailure, InputFailure, NotFoundFailure, UnavailableFailure
from registry.api.texts import LINES
from registry.api.types.terms import CertificateKind
from registry.services.certificates import Revocation, revoke_certificates, withdraw_accreditation

Info = strawberry.Info[OperationContext, None]
FROM = "First law day from which it holds; today if not given, never in the future. 生效日期"


@strawberry.input(description="Certificates that count no more: all of them or none. 撤销证书")
class RevokeCertificatesInput:
    """Input of revokeCertificates."""

    numbers: list[str] = strawberry.field(description="Certificate numbers, 1 to 1,000. 证书编号")
    reason: str = strawberry.field(description="Why; it is recorded. 理由", metadata={LINES: True})
    kind: CertificateKind | None = strawberry.field(
        default=None, description="Only certificates of this kind, where a number was used for several. 证书类别"
    )
    from_: date | None = strawberry.field(name="from", default=None, description=FROM)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An issuer that is accredited no more. 撤销评价机构备案")
class WithdrawAccreditationInput:
    """Input of withdrawAccreditation."""

    evaluator: str = strawberry.field(description="Code of the evaluation organisation. 评价机构代码")
    reason: str = strawberry.field(description="Why; it is recorded. 理由", metadata={LINES: True})
    from_: date | None = strawberry.field(name="from", default=None, description=FROM)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="Certificates that count no more. 已撤销的证书")
class CertificatesRevoked:
    """Result of revokeCertificates."""

    certificates: int = strawberry.field(description="How many certificates bear the numbers. 证书数")
    changed: int = strawberry.field(description="How many of them were not revoked before. 变动数")
    from_day: date = strawberry.field(name="from", description="First law day from which they do not count. 生效日期")


@strawberry.type(description="An accreditation that was withdrawn. 已撤销的备案")
class AccreditationWithdrawn:
    """Result of withdrawAccreditation."""

    evaluator_code: str = strawberry.field(description="Code of the evaluation organisation. 评价机构代码")
    periods: int = strawberry.field(description="How many periods of accreditation this changed. 变动数")
    from_day: date = strawberry.field(
        name="from", description="Certificates issued from this law day on do not count. 生效日期"
    )


_Failures = InputFailure | ForbiddenFailure | NotFoundFailure | ConflictFailure | UnavailableFailure
RevokeCertificatesPayload = Annotated[
    CertificatesRevoked | _Failures,
    strawberry.union("RevokeCertificatesPayload", description="Outcome of revokeCertificates. 结果"),
]
WithdrawAccreditationPayload = Annotated[
    AccreditationWithdrawn | _Failures,
    strawberry.union("WithdrawAccreditationPayload", description="Outcome of withdrawAccreditation. 结果"),
]


async def revoke(info: Info, input_: Annotated[RevokeCertificatesInput, INPUT]) -> RevokeCertificatesPayload:
    """Revoke certificates."""
    context = info.context
    wanted = Revocation(input_.numbers, input_.reason, input_.from_, input_.kind)
    done = await revoke_certificates(context.api.database, context.actor, wanted, **once(context, input_))
    return CertificatesRevoked(certificates=done.certificates, changed=done.changed, from_day=done.from_day)


async def withdraw(info: Info, input_: Annotated[WithdrawAccreditationInput, INPUT]) -> WithdrawAccreditationPayload:
    """Withdraw an accreditation."""
    context, given = info.context, (input_.evaluator.strip(), input_.reason, input_.from_)
    done = await withdraw_accreditation(context.api.database, context.actor, *given, **once(context, input_))
    return AccreditationWithdrawn(evaluator_code=done.evaluator_code, periods=done.periods, from_day=done.from_day)
