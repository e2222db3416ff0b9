"""What happens around every operation, on every transport: its context, its document, its errors, its report."""

from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionContext, StreamExecutionResult

from registry.api.context import OperationContext, RequestContext
from registry.api.documents import Documents, selection_errors
from registry.api.errors import error_codes
from registry.api.limits import MAX_TOKENS, value_errors
from registry.api.prices import Price, budget_of, too_dear
from registry.domain.errors import Forbidden


class Lifecycle(SchemaExtension):
    """One operation's life; made anew for each."""

    def __init__(self, documents: Documents) -> None:
        super().__init__()
        self.documents = documents

    def on_operation(self) -> Iterator[None]:
        """Give the operation a context of its own; describe its errors and report it in the end."""
        started = perf_counter()
        request: RequestContext = self.execution_context.context
        self.request = request
        self.operation = OperationContext(
            request.api, request.actor, request.api.clock(), request.authorization, address=request.address
        )
        self.execution_context.context = self.operation
        self.streamed = False
        yield
        result: Any = self.execution_context.result
        if result is not None and not self.streamed:
            self._describe(result)
        self._observe(started, result)

    def on_parse(self) -> Iterator[None]:
        """Take the document from the cache, parsed and validated; a syntax error is left to be reported."""
        context = self.execution_context
        context.parse_options = {"max_tokens": MAX_TOKENS}
        with suppress(GraphQLSyntaxError):
            checked = self.documents.check(context.query or "")
            context.graphql_document = checked.document
            self.operation.shapes = checked.shapes
            chosen = context._provided_operation_name
            given = value_errors(context.variables, self.operation.actor.role)
            wrong = self._untrusted() or checked.errors or selection_errors(checked.document, chosen) or given
            context.pre_execution_errors = wrong or self._cost_errors(checked.prices[chosen])
        yield

    def _untrusted(self) -> list[GraphQLError]:
        try:
            self.operation.api.persisted.admit(self.operation.actor, self.execution_context.query or "")
        except Forbidden as error:
            return [GraphQLError(error.message.en, original_error=error)]
        return []

    def _cost_errors(self, price: Price) -> list[GraphQLError]:
        """Count what the operation costs; refuse what is beyond the budget before anything runs."""
        operation, limit = self.operation, budget_of(self.operation.actor.role, self.operation.api.public_budget)
        cost = price(self.execution_context.variables or {})
        operation.cost = {"requested": cost, "limit": limit}
        error = too_dear(self.request.spend(cost), limit)
        return [] if error is None else [GraphQLError(error.message.en, original_error=error)]

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Describe the errors of one streamed result."""
        self.streamed = True
        self._describe(result)
        yield

    def get_results(self) -> dict[str, Any]:
        """Return `extensions`: what the register's position was, and what the operation cost of what it may cost."""
        cost = {} if self.operation.cost is None else {"cost": self.operation.cost}
        return {**self.operation.register_extension(), **cost}

    def _describe(self, result: Any) -> None:
        errors: list[GraphQLError] | None = getattr(result, "errors", None)
        if errors:
            result.errors = [self.operation.api.described(error) for error in errors]

    def _observe(self, started: float, result: Any) -> None:
        context = self.execution_context
        kind = _kind(context)
        codes = error_codes(getattr(result, "errors", None))
        self.operation.api.observe.operation(kind, context.operation_name, perf_counter() - started, codes)


def _kind(context: ExecutionContext) -> str:
    try:
        return context.operation_type.name.lower()
    except RuntimeError:
        return "unknown"
