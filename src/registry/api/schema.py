"""The schema: types and root fields on the planned executor."""

from functools import cache

import strawberry
from graphql import GraphQLError
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.execution import PreExecutionError

from registry.api.documents import Documents
from registry.api.lifecycle import Lifecycle
from registry.api.limits import MOST_OPERATIONS
from registry.api.mutations import Mutation
from registry.api.planner.executor import PlannedExecutor
from registry.api.queries import Query
from registry.api.scalars import SCALARS
from registry.api.subscriptions import Subscription


class RegisterSchema(strawberry.Schema):
    """Strawberry's schema; failures are logged where they are described, once."""

    documents: Documents

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Do nothing."""

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        """Parse and validate; what is wrong with the document goes before the kind of an operation that it may lack."""
        try:
            return await super()._prepare_operation_async(context, extensions_runner)
        except (CannotGetOperationTypeError, InvalidOperationTypeError):
            if not context.pre_execution_errors:
                raise
            return PreExecutionError(data=None, errors=context.pre_execution_errors)


@cache
def build_schema(*, introspection: bool = True) -> RegisterSchema:
    """Return the one schema of the process, open to introspection or not."""
    schema = RegisterSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        execution_context_class=PlannedExecutor,
        extensions=[lambda: Lifecycle(schema.documents)],
        config=StrawberryConfig(scalar_map=SCALARS, batching_config={"max_operations": MOST_OPERATIONS}),
    )
    schema.documents = Documents(schema._schema, introspection)
    return schema


def sdl() -> str:
    """Return the schema in the GraphQL schema definition language."""
    return build_schema().as_str() + "\n"
