"""Webhooks through the API: made, paused, resumed, given another secret, removed."""

from typing import Annotated, Any

import strawberry

from registry.api.context import OperationContext
from registry.api.inputs import INPUT, KEY, once
from registry.api.payloads import ConflictFailure, ForbiddenFailure, InputFailure, NotFoundFailure, UnavailableFailure
from registry.api.planner.roots import ROOT, Root
from registry.api.scalars import Long
from registry.api.types.filters import canonical_code
from registry.api.types.terms import ChangeKind
from registry.api.types.webhooks import CHANGED, OWNERS, Webhook
from registry.domain.identifiers import normalise_code
from registry.services.webhooks.changing import pause_webhook, remove_webhook, resume_webhook, rotate_secret
from registry.services.webhooks.making import Keyed, NewWebhook, create_webhook

Info = strawberry.Info[OperationContext, None]
_Failures = InputFailure | ForbiddenFailure | NotFoundFailure | ConflictFailure | UnavailableFailure
_ID = "Its identifier. 推送标识"
_POSITION = "Tell what comes after the change set of this position; "


@strawberry.input(description="A webhook to make: of codes, or of a region; without both, of everything. 新建推送")
class CreateWebhookInput:
    """Input of createWebhook."""

    url: str = strawberry.field(description="Where messages go: https, a public address. 接收地址")
    alert_url: str | None = strawberry.field(
        default=None, description="Where to tell that it was disabled; another machine is wise. 告警地址"
    )
    codes: list[str] | None = strawberry.field(default=None, description="Codes to watch, 1,000 at most. 关注的代码")
    region: str | None = strawberry.field(default=None, description="Code of a region to watch. 关注的地区")
    kinds: list[ChangeKind] | None = strawberry.field(default=None, description="Only these kinds. 关注的变更类型")
    position: Long | None = strawberry.field(default=None, description=f"{_POSITION}from now on if not given. 起始位置")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A webhook to pause. 暂停推送")
class PauseWebhookInput:
    """Input of pauseWebhook."""

    id: strawberry.ID = strawberry.field(description=_ID)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A webhook to resume, paused or disabled, or to begin at another place. 恢复推送")
class ResumeWebhookInput:
    """Input of resumeWebhook."""

    id: strawberry.ID = strawberry.field(description=_ID)
    position: Long | None = strawberry.field(
        default=None, description=f"{_POSITION}from where it stands if not given. 起始位置"
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A webhook to give another secret. 更换推送密钥")
class RotateWebhookSecretInput:
    """Input of rotateWebhookSecret."""

    id: strawberry.ID = strawberry.field(description=_ID)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A webhook to remove. 删除推送")
class RemoveWebhookInput:
    """Input of removeWebhook."""

    id: strawberry.ID = strawberry.field(description=_ID)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


def _webhook() -> Any:
    root = Root(CHANGED, staff=CHANGED, readers=OWNERS, given={"number": ("number", "uuid")})
    return strawberry.field(default=None, description="The webhook. 推送", metadata={ROOT: root})


@strawberry.type(description="A webhook and its secret. 推送与密钥")
class WebhookSecretShown:
    """Result of createWebhook and rotateWebhookSecret."""

    number: strawberry.Private[str]
    secret: str = strawberry.field(
        description="What verifies signatures, `whsec_` and base64; shown this once. 签名密钥"
    )
    webhook: Webhook = _webhook()


@strawberry.type(description="A webhook that was changed. 已变更的推送")
class WebhookChanged:
    """Result of pauseWebhook and resumeWebhook."""

    number: strawberry.Private[str]
    webhook: Webhook = _webhook()


@strawberry.type(description="A webhook that is no more. 已删除的推送")
class WebhookRemoved:
    """Result of removeWebhook."""

    id: strawberry.ID = strawberry.field(description=_ID)


CreateWebhookPayload = Annotated[
    WebhookSecretShown | _Failures,
    strawberry.union("CreateWebhookPayload", description="Outcome of createWebhook. 结果"),
]
PauseWebhookPayload = Annotated[
    WebhookChanged | _Failures, strawberry.union("PauseWebhookPayload", description="Outcome of pauseWebhook. 结果")
]
ResumeWebhookPayload = Annotated[
    WebhookChanged | _Failures, strawberry.union("ResumeWebhookPayload", description="Outcome of resumeWebhook. 结果")
]
RotateWebhookSecretPayload = Annotated[
    WebhookSecretShown | _Failures,
    strawberry.union("RotateWebhookSecretPayload", description="Outcome of rotateWebhookSecret. 结果"),
]
RemoveWebhookPayload = Annotated[
    WebhookRemoved | _Failures, strawberry.union("RemoveWebhookPayload", description="Outcome of removeWebhook. 结果")
]


def _keyed(context: OperationContext) -> Keyed:
    return Keyed(context.api.secret, context.api.reach)


async def create(info: Info, input_: Annotated[CreateWebhookInput, INPUT]) -> CreateWebhookPayload:
    """Make a webhook of the caller's key."""
    context = info.context
    wanted = NewWebhook(
        url=input_.url,
        alert_url=input_.alert_url,
        codes=None if input_.codes is None else tuple(canonical_code(code) for code in input_.codes),
        region_code=None if input_.region is None else normalise_code(input_.region),
        kinds=None if input_.kinds is None else tuple(str(kind) for kind in input_.kinds),
        position=input_.position,
    )
    shown = await create_webhook(context.api.database, _keyed(context), context.actor, wanted, **once(context, input_))
    return WebhookSecretShown(number=shown.id, secret=shown.secret)


async def pause(info: Info, input_: Annotated[PauseWebhookInput, INPUT]) -> PauseWebhookPayload:
    """Pause a webhook."""
    context = info.context
    number = await pause_webhook(context.api.database, context.actor, input_.id, **once(context, input_))
    return WebhookChanged(number=number)


async def resume(info: Info, input_: Annotated[ResumeWebhookInput, INPUT]) -> ResumeWebhookPayload:
    """Resume a webhook."""
    context, place = info.context, input_.position
    number = await resume_webhook(context.api.database, context.actor, input_.id, place, **once(context, input_))
    return WebhookChanged(number=number)


async def rotate(info: Info, input_: Annotated[RotateWebhookSecretInput, INPUT]) -> RotateWebhookSecretPayload:
    """Give a webhook another secret."""
    context = info.context
    shown = await rotate_secret(
        context.api.database, _keyed(context), context.actor, input_.id, **once(context, input_)
    )
    return WebhookSecretShown(number=shown.id, secret=shown.secret)


async def remove(info: Info, input_: Annotated[RemoveWebhookInput, INPUT]) -> RemoveWebhookPayload:
    """Remove a webhook."""
    context = info.context
    number = await remove_webhook(context.api.database, context.actor, input_.id, **once(context, input_))
    return WebhookRemoved(id=strawberry.ID(number))
