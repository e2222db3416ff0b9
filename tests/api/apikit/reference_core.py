"""The ground of the reference: graphql-core's own execution, and a table of plain resolvers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLResolveInfo
from graphql.execution import Executor

from apikit.facts import Facts, Row, When
from registry.domain.identifiers import normalise_code
from registry.domain.lawdays import law_day

Resolver = Callable[..., Any]
RESOLVERS: dict[tuple[str, str], Resolver] = {}


def answers(parent: str, *names: str) -> Callable[[Resolver], Resolver]:
    def register(resolver: Resolver) -> Resolver:
        RESOLVERS.update({(parent, name): resolver for name in names})
        return resolver

    return register


class PlainExecutor(Executor[Any]):
    """Takes a row's type from its own `__typename`."""

    def complete_abstract_value(
        self, return_type: Any, details: Any, info: Any, path: Any, result: Any, position: Any
    ) -> Any:  # type: ignore[override]
        object_type = self.schema.type_map[result["__typename"]]
        return self.collect_and_execute_subfields(object_type, details, path, result, position)  # type: ignore[arg-type]

    def complete_object_value(
        self, return_type: Any, details: Any, info: Any, path: Any, result: Any, position: Any
    ) -> Any:  # type: ignore[override]
        return self.collect_and_execute_subfields(return_type, details, path, result, position)


def snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def resolve(_: Any, source: Any, info: GraphQLResolveInfo, **given: Any) -> Any:
    parent = info.parent_type.name
    if info.field_name == "__typename":
        return parent
    known = RESOLVERS.get((parent, info.field_name))
    if known is not None:
        return known(info.context, source, **{snake(n) if n == "asOf" else n: v for n, v in given.items()})
    return source[info.field_name] if info.field_name in source else source[snake(info.field_name)]


# Moments and identifiers -------------------------------------------------------------------------------------------


def moment(facts: Facts, as_of: datetime | None) -> When:
    if as_of is None:
        return When(None, law_day(datetime.now(UTC)))
    return When(facts.position_at(as_of), law_day(as_of))


def first(rows: list[Row], **wanted: Any) -> Row | None:
    return next((row for row in rows if all(row[name] == value for name, value in wanted.items())), None)


def canonical(code: str) -> str:
    return normalise_code(code).removeprefix("USCC:")
