"""Inputs of mutations: one each, with an idempotency key for retries where an act could happen twice."""

from datetime import date
from typing import Protocol, TypedDict

import strawberry

from registry.api.context import OperationContext
from registry.api.texts import LINES
from registry.api.types.terms import Role

INPUT = strawberry.argument(name="input", description="What is to be done. 操作内容")
"""The one argument of every mutation."""
KEY = "A retry with the same key and input gets the same answer and acts no second time; 1 to 200 characters. 幂等键"


class Repeatable(Protocol):
    """An input that a retry may bring again."""

    idempotency_key: str | None


class Once(TypedDict):
    """How a use case knows a retry, and the request in the log."""

    idempotency_key: str | None
    request_id: str | None


def once(context: OperationContext, given: Repeatable) -> Once:
    """Return the last arguments of every use case that acts once."""
    return {"idempotency_key": given.idempotency_key, "request_id": context.api.request_id()}


@strawberry.input(description="A key to make. 新建API密钥")
class CreateApiKeyInput:
    """Input of createApiKey."""

    name: str = strawberry.field(description="What or whom it is for. 用途")
    role: Role = strawberry.field(description="The role it opens; not PUBLIC, which needs no key. 角色")
    region: str | None = strawberry.field(
        default=None, description="Code of the region it acts in; required for REGULATOR. 所辖区划代码"
    )
    institution: str | None = strawberry.field(
        default=None, description="Code of the institution it speaks for; for INSTITUTION only. 机构代码"
    )
    days: int = strawberry.field(default=365, description="Days until it expires. 有效天数")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A key to revoke; revoking again changes nothing. 撤销API密钥")
class RevokeApiKeyInput:
    """Input of revokeApiKey."""

    id: strawberry.ID = strawberry.field(description="The key's identifier, as createApiKey gave it. 密钥标识")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A policy document to add. 新增评级政策")
class AddRatingPolicyInput:
    """Input of addRatingPolicy."""

    document: str = strawberry.field(description="The document (TOML). 政策文本", metadata={LINES: True})
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A scoring run to do now. 重新评级")
class RecomputeRatingsInput:
    """Input of recomputeRatings."""

    policy: str | None = strawberry.field(
        default=None, description="Only institutions that this policy governs, by its code. 评级政策"
    )
    as_of: date | None = strawberry.field(
        default=None, description="The law day to rate; today if not given. 评级基准日"
    )
    incremental: bool = strawberry.field(
        default=False, description="Whether to keep weights, cuts and ranks of the last full run. 是否增量"
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
