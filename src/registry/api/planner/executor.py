"""The executor: root fields with a plan go to the database as one statement, everything else to its resolver."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import orjson
from graphql import GraphQLList, GraphQLObjectType, OperationType, get_nullable_type
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from registry.api.context import OperationContext
from registry.api.planner.compile import Compiler, Selected, coerced_arguments, declared_metadata
from registry.api.planner.feeds import Told
from registry.api.planner.moments import moment_of
from registry.api.planner.roots import ROOT, Question, Root, ask, build_question, question_of
from registry.api.planner.rows import Statement
from registry.api.planner.shapes import Promise, Shape, shape_key
from registry.api.planner.sql import Moment


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
        if isinstance(source, Told):
            return self._tell(source, field_details_list, parent_type, path)
        name = field_details_list[0].node.name.value
        definition = parent_type.fields.get(name)
        root: Root | None = None if definition is None else declared_metadata(definition).get(ROOT)
        if definition is None or root is None:
            if definition is not None and parent_type is self.schema.query_type:
                self._operation.api.observe.fallback(name)
            return super().execute_field(parent_type, source, field_details_list, path, position_context)
        return self._answer(root, Selected(parent_type, name, definition, field_details_list), source, path)

    def build_resolve_info(self, *arguments: Any, **options: Any) -> Any:
        """Build what resolvers are told; a subscription's finds its executor in the context."""
        if self.operation.operation is OperationType.SUBSCRIPTION:
            self._operation.executor = self
        return super().build_resolve_info(*arguments, **options)

    def _tell(
        self, told: Told, details: list[FieldDetails], parent_type: GraphQLObjectType, path: Path
    ) -> orjson.Fragment | None:
        if told.error is None:
            return orjson.Fragment(told.text)
        self.handle_field_error(told.error, parent_type.fields[details[0].node.name.value].type, details, path)
        return None

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
        operation, moment = self._operation, await self._moment(selected)
        look = root.look(coerced_arguments(self, selected), operation.actor, moment) if root.look else None
        variables = self.variable_values.coerced
        key = shape_key((details.node for details in selected.details), operation.actor, moment)
        shape = operation.shapes.find(key, variables) if path.prev is None else None
        if shape is not None:
            question = question_of(root, shape, variables, moment)
            await self._keep(shape.promised, question, moment)
            return await ask(question, operation, look)
        compiler = Compiler(self, Statement(moment))
        question = build_question(root, compiler, selected, operation, source)
        if path.prev is None and compiler.kept and not compiler.item_errors:
            for name in operation.shapes.switches:
                compiler.guards.fix(name, variables)
            parameters, promised = compiler.statement.parameters, compiler.promised
            made = Shape.of(question.text, parameters, compiler.guards, promised, as_staff=question.as_staff)
            operation.shapes.keep(key, made)
        await self._keep(compiler.promised, question, moment)
        text = await ask(question, operation, look)
        for place, error in compiler.item_errors.items():
            self._note_item_error(error, selected, path.add_key(place))
        return text

    async def _keep(self, promised: Mapping[int, Promise], question: Question, moment: Moment) -> None:
        """Work out what was promised, one after another."""
        for place, work in promised.items():
            question.values[place] = await work(self, moment, self.variable_values.coerced)

    def _note_item_error(self, error: Exception, selected: Selected, path: Path) -> None:
        item_type = cast("GraphQLList[Any]", get_nullable_type(selected.definition.type)).of_type
        self.handle_field_error(error, item_type, selected.details, path)

    async def _moment(self, selected: Selected) -> Any:
        instant: datetime | None = None
        known_at: datetime | None = None
        if "asOf" in selected.definition.args:
            given = coerced_arguments(self, selected)
            instant, known_at = given.get("asOf"), given.get("knownAt")
        return await moment_of(self._operation, instant, known_at)
