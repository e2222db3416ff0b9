"""The schema: types and root fields on the planned executor."""

from functools import cache

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from registry.api.documents import Documents
from registry.api.lifecycle import Lifecycle
from registry.api.mutations import Mutation
from registry.api.planner.executor import PlannedExecutor
from registry.api.queries import Query
from registry.api.scalars import SCALARS


class RegisterSchema(strawberry.Schema):
    """Strawberry's schema; failures are logged where they are described, once."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Do nothing."""


@cache
def build_schema(*, introspection: bool = True) -> RegisterSchema:
    """Return the one schema of the process, open to introspection or not."""
    documents: list[Documents] = []
    schema = RegisterSchema(
        query=Query,
        mutation=Mutation,
        execution_context_class=PlannedExecutor,
        extensions=[lambda: Lifecycle(documents[0])],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    documents.append(Documents(schema._schema, introspection))
    return schema


def sdl() -> str:
    """Return the schema in the GraphQL schema definition language."""
    return build_schema().as_str() + "\n"
