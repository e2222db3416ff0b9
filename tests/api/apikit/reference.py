"""The plain way to answer the schema: graphql-core's own execution over Python rows, one obvious resolver a field.

It shares the GraphQLSchema with the product, and of the planner only the names that orderings have in cursors.
"""

from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, execute

from apikit import reference_cases, reference_credit, reference_points, reference_roots, reference_windows
from apikit.facts import Facts
from apikit.reference_core import PlainExecutor, resolve

assert reference_cases
assert reference_credit
assert reference_points
assert reference_windows
assert reference_roots  # its import registers the resolvers


def answer(schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any], facts: Facts) -> ExecutionResult:
    """Execute a document over the facts."""
    result = execute(
        schema,
        document,
        {},
        facts,
        variables,
        middleware=[resolve],
        executor_class=PlainExecutor,
        hide_suggestions=True,
    )
    assert isinstance(result, ExecutionResult)
    return result
