"""The mutations: each takes one input, calls one use case, and gives a payload union."""

from dataclasses import asdict
from typing import Annotated, Any

import strawberry

from registry.api.context import OperationContext
from registry.api.flags import FlagViolationPayload, ResolveFlagPayload, raise_by_hand, resolve
from registry.api.inputs import AddRatingPolicyInput, CreateApiKeyInput, RecomputeRatingsInput, RevokeApiKeyInput
from registry.api.payloads import (
    AddRatingPolicyPayload,
    ApiKeyCreated,
    ApiKeyRevoked,
    CreateApiKeyPayload,
    RatingPolicyAdded,
    RatingsRecomputed,
    RecomputeRatingsPayload,
    RevokeApiKeyPayload,
    failing_softly,
)
from registry.api.types.filters import canonical_code
from registry.domain.errors import Bilingual, NotFound
from registry.domain.identifiers import normalise_code
from registry.services.api_keys import NewKey, create_key, revoke_key
from registry.services.policies import add_policy
from registry.services.rating_runs import recompute

Info = strawberry.Info[OperationContext, None]


def _mutation(resolver: Any, description: str) -> Any:
    return strawberry.mutation(resolver=failing_softly(resolver), description=description)


async def create_api_key(
    info: Info, input_: Annotated[CreateApiKeyInput, strawberry.argument(name="input")]
) -> CreateApiKeyPayload:
    """Make a key."""
    context = info.context
    wanted = NewKey(
        name=input_.name,
        role=input_.role,
        region_code=None if input_.region is None else normalise_code(input_.region),
        institution_code=None if input_.institution is None else canonical_code(input_.institution),
        days=input_.days,
    )
    created = await create_key(
        context.api.database,
        context.api.secret,
        context.actor,
        wanted,
        idempotency_key=input_.idempotency_key,
        request_id=context.api.request_id(),
    )
    return ApiKeyCreated(**{**asdict(created), "id": strawberry.ID(str(created.id))})


async def revoke_api_key(
    info: Info, input_: Annotated[RevokeApiKeyInput, strawberry.argument(name="input")]
) -> RevokeApiKeyPayload:
    """Revoke a key; doing it again changes nothing."""
    context = info.context
    revoked = await revoke_key(
        context.api.database,
        context.actor,
        _key_number(input_.id),
        idempotency_key=input_.idempotency_key,
        request_id=context.api.request_id(),
    )
    return ApiKeyRevoked(
        id=strawberry.ID(str(revoked.id)), name=revoked.name, prefix=revoked.prefix, revoked_at=revoked.revoked_at
    )


def _key_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound(
            Bilingual("没有这样的密钥", "There is no such key"), rule="api-key.unknown", path=("input", "id")
        )
    return int(text)


async def add_rating_policy(
    info: Info, input_: Annotated[AddRatingPolicyInput, strawberry.argument(name="input")]
) -> AddRatingPolicyPayload:
    """Check and store a policy document."""
    context = info.context
    stored = await add_policy(
        context.api.database,
        context.actor,
        input_.document,
        idempotency_key=input_.idempotency_key,
        request_id=context.api.request_id(),
    )
    return RatingPolicyAdded(number=stored.id)


async def recompute_ratings(
    info: Info, input_: Annotated[RecomputeRatingsInput, strawberry.argument(name="input")]
) -> RecomputeRatingsPayload:
    """Do a scoring run and publish it."""
    context = info.context
    done = await recompute(
        context.api.database,
        context.actor,
        policy=input_.policy,
        as_of=input_.as_of,
        incremental=input_.incremental,
        idempotency_key=input_.idempotency_key,
        request_id=context.api.request_id(),
    )
    return RatingsRecomputed(number=done.id, as_of=done.as_of, institutions=done.institutions, changed=done.changed)


@strawberry.type(description="What can be done; an expected failure is a member of the payload, not an error. 操作")
class Mutation:
    """The mutation type."""

    create_api_key: CreateApiKeyPayload = _mutation(create_api_key, "Make an API key. For ADMIN. 创建API密钥")
    revoke_api_key: RevokeApiKeyPayload = _mutation(revoke_api_key, "Revoke an API key. For ADMIN. 撤销API密钥")
    add_rating_policy: AddRatingPolicyPayload = _mutation(
        add_rating_policy, "Check a policy document and store it for good. For ADMIN. 新增评级政策"
    )
    recompute_ratings: RecomputeRatingsPayload = _mutation(
        recompute_ratings, "Rate now and publish what changed, in one change set. For ADMIN. 重新评级"
    )
    flag_violation: FlagViolationPayload = _mutation(
        raise_by_hand, "Raise a flag for what was found at an institution of the region. For REGULATOR. 提出预警"
    )
    resolve_flag: ResolveFlagPayload = _mutation(
        resolve, "Dismiss an open flag with a reason, or open a case on it; once. For REGULATOR. 处理预警"
    )
