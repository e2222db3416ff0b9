"""What callers see of a failure: a code, both languages, the rule and the place; never the inside of the server."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError

from registry.domain.errors import ErrorCode, RateLimited, RegisterError
from registry.domain.identifiers import hide_citizen_ids

_LOG = structlog.get_logger("registry.api")

_IN_VARIABLE = re.compile(r"Variable '\$(?P<name>\w+)' has invalid value(?: at )?(?P<path>(?:\.\w+|\[\d+\])*):")
_KEY = re.compile(r"\.(\w+)|\[(\d+)\]")

LONGEST_MESSAGE = 1_000
"""Characters of a message: it repeats what was given, which may be as long as a document."""
_SYNTAX_ZH = "GraphQL 文档有语法错误"
_INVALID_ZH = "请求不符合本接口的模式"
CLOSED = "The document does not fit the schema, which is not open to everybody"
"""All that is told of documents and variables that do not fit a closed schema: any other word would tell a name."""
_INTERNAL_ZH = "服务器内部错误；请凭错误编号联系运维人员"
_INTERNAL_EN = "Internal error; quote the error id to the operators"


def expected_extensions(error: RegisterError) -> dict[str, Any]:
    """Return the `extensions` of an expected failure."""
    extensions: dict[str, Any] = {"code": error.code.value, "messageZh": error.message.zh}
    if error.rule is not None:
        extensions["rule"] = error.rule
    if error.path:
        extensions["path"] = list(error.path)
    if isinstance(error, RateLimited) and "retry-after" in error.headers:
        extensions["retryAfterSeconds"] = int(error.headers["retry-after"])
    return extensions


def describe(error: GraphQLError, request_id: str | None = None, *, introspection: bool = True) -> GraphQLError:
    """Return the error as the caller may see it; what nobody expected is masked, and logged under an id.

    Messages on documents and variables repeat what was given: a citizen number in it is masked. Those of a schema that
    is not open to introspection tell no name of it: they are all the same.
    """
    if error.extensions and "code" in error.extensions:
        return error
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, RegisterError):
        return _with(error, cause.message.en, expected_extensions(cause))
    if cause is None or isinstance(cause, GraphQLError):
        told = error.message if introspection or isinstance(error, GraphQLSyntaxError) else CLOSED
        return _with(error, told, _request_extensions(error))
    return _with(error, _INTERNAL_EN, _masked(cause, error, request_id))


def _request_extensions(error: GraphQLError) -> dict[str, Any]:
    syntax = isinstance(error, GraphQLSyntaxError)
    path = _variable_path(error.message)
    return {
        **({"path": path} if path else {}),
        "code": ErrorCode.BAD_USER_INPUT.value,
        "messageZh": _SYNTAX_ZH if syntax else _INVALID_ZH,
        "rule": "graphql.syntax" if syntax else "graphql.validation",
    }


def _variable_path(message: str) -> list[str | int]:
    """Return the place of a variable's value that does not fit; graphql-core tells it in its message alone."""
    told = _IN_VARIABLE.match(message)
    if told is None:
        return []
    keys = _KEY.findall(told["path"])
    return ["variables", told["name"], *(int(place) if place else name for name, place in keys)]


def _masked(cause: Exception, error: GraphQLError, request_id: str | None) -> dict[str, Any]:
    error_id = uuid.uuid4().hex
    _LOG.error("api.internal_error", error_id=error_id, request_id=request_id, path=error.path, exc_info=cause)
    return {"code": ErrorCode.INTERNAL.value, "messageZh": _INTERNAL_ZH, "errorId": error_id}


def _with(error: GraphQLError, message: str, extensions: Mapping[str, Any]) -> GraphQLError:
    told = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]} …"
    return GraphQLError(
        hide_citizen_ids(told),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions=dict(extensions),
    )


def error_codes(errors: list[GraphQLError] | None) -> tuple[str, ...]:
    """Return the codes of described errors."""
    return tuple(str((error.extensions or {}).get("code")) for error in errors) if errors else ()
