"""What is worked out for the one institution that the root field names, as JSON, before the statement is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from graphql.execution import Executor

from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.declare import Element
from registry.api.planner.roots import HEAD
from registry.api.planner.rows import Row
from registry.api.planner.shapes import Reading, Variables
from registry.api.planner.sql import Moment
from registry.domain.errors import Bilingual, CostExceeded


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A field that is asked of one institution at a time; `work` gives its JSON, or None for null."""

    work: Callable[[Executor[Any], Moment, str | int], Awaitable[str | None]]
    rule: str
    refusal: Bilingual

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery over the JSON; CostExceeded by `rule` where any number may be asked for."""
        subject = compiler.subject() if row.parent == HEAD else None
        if subject is None or subject(compiler.variables) is None:
            raise CostExceeded(self.refusal, rule=self.rule)
        mark = compiler.promise(partial(self._work, subject), "jsonb")
        inner = compiler.new_row(row)
        value = Element().compile(compiler, inner, selected)
        source = inner.from_clause(f"(SELECT {mark} AS entry) AS {inner.alias}")
        return f"(SELECT {value} {source} WHERE {inner.alias}.entry IS NOT NULL)"

    async def _work(
        self, subject: Reading, executor: Executor[Any], moment: Moment, variables: Variables
    ) -> str | None:
        named = subject(variables)
        if named is None:
            raise CostExceeded(self.refusal, rule=self.rule)
        return await self.work(executor, moment, cast("str | int", named))
