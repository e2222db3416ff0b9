"""The SQL that the planner makes of a question, caught on its way to the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import orjson

from peers.documents import Variables
from registry.api import ApiContext
from registry.api.context import RequestContext
from registry.api.schema import build_schema
from registry.db.pool import Database, Pool, Record
from registry.domain.actors import ANONYMOUS


@dataclass(slots=True)
class Listening:
    """Stands before the public pool and remembers what passes."""

    pool: Pool
    passed: list[tuple[str, list[Any]]] = field(default_factory=list)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["Listening"]:
        """Stand before a connection too."""
        yield self

    async def fetchrow(self, text: str, *values: Any) -> Record | None:
        """Pass a statement on."""
        self.passed.append((text, list(values)))
        return await self.pool.fetchrow(text, *values)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question as the planner answered it: data, statement and values."""

    data: Any
    text: str
    values: list[Any]


async def answer_listening(database: Database, document: str, variables: Variables) -> Answered:
    """Answer a document in this process."""
    listening = Listening(database.public)
    context = ApiContext(replace(database, public=cast("Pool", listening)))
    result = await build_schema().execute(
        document, variable_values=dict(variables), context_value=RequestContext(context, ANONYMOUS)
    )
    if result.errors:
        raise AssertionError(str(result.errors[0]))
    ((text, values),) = listening.passed
    return Answered(orjson.loads(orjson.dumps(result.data)), text, values)
