"""Payloads of mutations: the result, or a typed failure; an expected failure is never a top-level error."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import strawberry

from registry.api.planner.declare import One
from registry.api.planner.roots import ROOT, Root
from registry.api.texts import check_input
from registry.api.types.policies import RatingPolicy
from registry.api.types.runs import RatingRun
from registry.api.types.terms import Role
from registry.domain.errors import ErrorCode, RegisterError


@strawberry.type(description="One mistake in what was given. 具体问题")
class Problem:
    """A mistake with its place."""

    path: str = strawberry.field(description="Where. 位置")
    rule: str = strawberry.field(description="The rule that it breaks. 规则")
    message_zh: str = strawberry.field(description="What is wrong, in Chinese. 中文说明")
    message_en: str = strawberry.field(description="What is wrong, in English. 英文说明")
    remedy_zh: str = strawberry.field(description="How to mend it, in Chinese. 中文改正办法")
    remedy_en: str = strawberry.field(description="How to mend it, in English. 英文改正办法")


@strawberry.interface(description="Why a mutation did nothing. 失败原因")
class Failure:
    """What all failures tell."""

    code: str = strawberry.field(description="The kind of failure, as in `extensions.code`. 错误代码")
    rule: str | None = strawberry.field(description="The rule that was broken. 规则")
    message_zh: str = strawberry.field(description="The reason in Chinese. 中文说明")
    message_en: str = strawberry.field(description="The reason in English. 英文说明")
    path: list[str] = strawberry.field(description="The place in the input; empty where there is none. 位置")


@strawberry.type(description="The input breaks a rule. 输入有误")
class InputFailure(Failure):
    """BAD_USER_INPUT."""

    problems: list[Problem] = strawberry.field(
        default_factory=list, description="Every mistake, where a document was read and has several. 全部问题"
    )


@strawberry.type(description="The caller may not do this. 无权操作")
class ForbiddenFailure(Failure):
    """UNAUTHENTICATED or FORBIDDEN."""


@strawberry.type(description="What was named does not exist. 对象不存在")
class NotFoundFailure(Failure):
    """NOT_FOUND."""


@strawberry.type(description="Somebody else moved first, or the idempotency key belongs to another input. 冲突")
class ConflictFailure(Failure):
    """CONFLICT."""


@strawberry.type(description="The register cannot do this at the moment; try again. 暂不可用")
class UnavailableFailure(Failure):
    """UNAVAILABLE, RATE_LIMITED."""


_FAILURES: Mapping[ErrorCode, type[Failure]] = {
    ErrorCode.BAD_USER_INPUT: InputFailure,
    ErrorCode.UNAUTHENTICATED: ForbiddenFailure,
    ErrorCode.FORBIDDEN: ForbiddenFailure,
    ErrorCode.NOT_FOUND: NotFoundFailure,
    ErrorCode.CONFLICT: ConflictFailure,
    ErrorCode.UNAVAILABLE: UnavailableFailure,
    ErrorCode.RATE_LIMITED: UnavailableFailure,
}


def _problems(error: RegisterError) -> list[Problem]:
    found: Sequence[Any] = getattr(error, "problems", ())
    return [
        Problem(
            path=problem.path,
            rule=problem.rule,
            message_zh=problem.zh,
            message_en=problem.en,
            remedy_zh=problem.remedy_zh,
            remedy_en=problem.remedy_en,
        )
        for problem in found
    ]


def failure_of(error: RegisterError) -> Failure:
    """Return the failure that an expected error is; raises the error where no failure stands for it."""
    kind = _FAILURES.get(error.code)
    if kind is None:
        raise error
    told: dict[str, Any] = {
        "code": error.code.value,
        "rule": error.rule,
        "message_zh": error.message.zh,
        "message_en": error.message.en,
        "path": [str(step) for step in error.path],
    }
    if kind is InputFailure:
        told["problems"] = _problems(error)
    return kind(**told)


Given = ParamSpec("Given")
Result = TypeVar("Result")


def failing_softly(act: Callable[Given, Awaitable[Result]]) -> Callable[Given, Awaitable[Result | Failure]]:
    """Return the resolver that gives a failure where `act` raises an expected error."""

    @wraps(act)
    async def resolve(*arguments: Given.args, **options: Given.kwargs) -> Result | Failure:
        try:
            for given in (*arguments, *options.values()):
                check_input(given)
            return await act(*arguments, **options)
        except RegisterError as error:
            return failure_of(error)

    return resolve


@strawberry.type(description="A key; its token is shown this once and kept nowhere. 已创建的密钥")
class ApiKeyCreated:
    """Result of createApiKey."""

    id: strawberry.ID = strawberry.field(description="Identifier of the key. 密钥标识")
    name: str = strawberry.field(description="What or whom it is for. 用途")
    role: Role = strawberry.field(description="The role it opens. 角色")
    region_code: str | None = strawberry.field(description="The region it acts in. 所辖区划代码")
    institution_code: str | None = strawberry.field(description="The institution it speaks for. 机构代码")
    prefix: str = strawberry.field(description="Beginning of the token, by which lists name the key. 前缀")
    token: str = strawberry.field(description="What to send as `Authorization: Bearer`. 令牌")
    expires_at: datetime = strawberry.field(description="When it expires. 失效时刻")


@strawberry.type(description="A key that opens nothing any more. 已撤销的密钥")
class ApiKeyRevoked:
    """Result of revokeApiKey."""

    id: strawberry.ID = strawberry.field(description="Identifier of the key. 密钥标识")
    name: str = strawberry.field(description="What or whom it was for. 用途")
    prefix: str = strawberry.field(description="Beginning of the token. 前缀")
    revoked_at: datetime = strawberry.field(description="When it was revoked. 撤销时刻")


def _stored(relation: str, attribute: str, description: str) -> Any:
    plan = One(f"{{{relation}:{{row}}}}", "{row}.id = {number}")
    root = Root(plan, given={"number": (attribute, "bigint")})
    return strawberry.field(default=None, description=description, metadata={ROOT: root})


@strawberry.type(description="A policy that the register now holds. 已新增的政策")
class RatingPolicyAdded:
    """Result of addRatingPolicy."""

    number: strawberry.Private[int]
    rating_policy: RatingPolicy = _stored("rating_policy", "number", "The policy as stored. 评级政策")


@strawberry.type(description="A run that was done and published. 已完成的评级")
class RatingsRecomputed:
    """Result of recomputeRatings."""

    number: strawberry.Private[int]
    as_of: date = strawberry.field(description="The law day rated. 评级基准日")
    institutions: int = strawberry.field(description="How many institutions were looked at. 机构数")
    changed: int = strawberry.field(description="How many ratings changed. 变动数")
    run: RatingRun = _stored("rating_run", "number", "The run as stored. 评级批次")


_Failures = InputFailure | ForbiddenFailure | NotFoundFailure | ConflictFailure | UnavailableFailure

CreateApiKeyPayload = Annotated[
    ApiKeyCreated | _Failures,
    strawberry.union("CreateApiKeyPayload", description="Outcome of createApiKey. 结果"),
]
RevokeApiKeyPayload = Annotated[
    ApiKeyRevoked | _Failures,
    strawberry.union("RevokeApiKeyPayload", description="Outcome of revokeApiKey. 结果"),
]
AddRatingPolicyPayload = Annotated[
    RatingPolicyAdded | _Failures,
    strawberry.union("AddRatingPolicyPayload", description="Outcome of addRatingPolicy. 结果"),
]
RecomputeRatingsPayload = Annotated[
    RatingsRecomputed | _Failures,
    strawberry.union("RecomputeRatingsPayload", description="Outcome of recomputeRatings. 结果"),
]
