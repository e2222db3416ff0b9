"""The executor: root fields with a plan go to the database as one statement, everything else to its resolver."""

from datetime import datetime
from typing import Any, cast

import orjson
from graphql import GraphQLList, GraphQLObjectType, get_nullable_type
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from registry.api.context import OperationContext
from registry.api.planner.compile import Compiler, Selected, coerced_arguments, declared_metadata
from registry.api.planner.moments import moment_of
from registry.api.planner.roots import ROOT, Root, ask, build_question
from registry.api.planner.rows import Statement


class PlannedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation."""

    @classmethod
    def build(cls, *arguments: Any, **options: Any) -> Any:
        """Build the executor; messages never suggest names of the schema."""
        return super().build(*arguments, **{**options, "hide_suggestions": True})

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: list[FieldDetails],
        path: Path,
        position_context: Any,
    ) -> Any:
        """Answer a field by its plan if it declares one that starts a statement, else as graphql-core does."""
        name = field_details_list[0].node.name.value
        definition = parent_type.fields.get(name)
        root: Root | None = None if definition is None else declared_metadata(definition).get(ROOT)
        if definition is None or root is None:
            if path.prev is None and definition is not None:
                self._operation.api.observe.fallback(name)
            return super().execute_field(parent_type, source, field_details_list, path, position_context)
        return self._answer(root, Selected(parent_type, name, definition, field_details_list), source, path)

    @property
    def _operation(self) -> OperationContext:
        return cast("OperationContext", self.context_value)

    async def _answer(self, root: Root, selected: Selected, source: Any, path: Path) -> Any:
        try:
            text = await self._ask(root, selected, source, path)
        except Exception as error:
            self.handle_field_error(error, selected.definition.type, selected.details, path)
            return None
        return None if text is None else orjson.Fragment(text)

    async def _ask(self, root: Root, selected: Selected, source: Any, path: Path) -> str | None:
        compiler = Compiler(self, Statement(await self._moment(selected)))
        question = build_question(root, compiler, selected, self._operation, source)
        await compiler.keep_promises()
        text = await ask(question, self._operation)
        for place, error in compiler.item_errors.items():
            self._note_item_error(error, selected, path.add_key(place))
        return text

    def _note_item_error(self, error: Exception, selected: Selected, path: Path) -> None:
        item_type = cast("GraphQLList[Any]", get_nullable_type(selected.definition.type)).of_type
        self.handle_field_error(error, item_type, selected.details, path)

    async def _moment(self, selected: Selected) -> Any:
        instant: datetime | None = None
        if "asOf" in selected.definition.args:
            instant = coerced_arguments(self, selected).get("asOf")
        return await moment_of(self._operation, instant)
