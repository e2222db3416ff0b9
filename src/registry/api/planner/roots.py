"""Root fields: which pool answers, and the statement around the compiled selection."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from registry.api.context import OperationContext
from registry.api.planner.compile import Compiler, Plan, Selected
from registry.api.planner.constants import computed_once
from registry.api.planner.rows import Row, Statement
from registry.api.planner.shapes import Shape, Variables
from registry.api.planner.sql import Moment
from registry.db.pool import LONGEST_READ_MS, Connection
from registry.db.reading import answer_on, answer_publicly
from registry.domain.access import STAFF_ROLES, Role
from registry.domain.actors import Actor
from registry.services.transactions import acting

ROOT = "root"
"""Key of a field's metadata under which its root plan stands."""

HEAD = "h"
"""Alias of the head of the register, the row above every root field."""

_ANSWER = """SELECT {value} AS answer, h.position,
  CASE WHEN isfinite(h.recorded_at) THEN to_char(h.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
  AS recorded_at
FROM disclosure.head AS h"""


@dataclass(frozen=True, slots=True)
class Look:
    """What the audit chain keeps of a question: the action and its details."""

    action: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Root:
    """A field that starts a statement: of the query itself, or of a mutation's payload.

    `staff` replaces the plan for `readers`, by default staff, who read on their own pool under row-level security.
    `admit` raises Forbidden for arguments that are not the actor's to use. `look` tells what is recorded of a question.
    `given` takes values from the payload object that the field belongs to. `subject` tells from the arguments which
    one row (code or id) the field gives; fields that a service works out are answered of that row alone. Questions of
    everybody that are asked at the same moment go `together` in one round trip, where each is a small one.
    """

    plan: Plan
    staff: Plan | None = None
    readers: frozenset[Role] = STAFF_ROLES
    admit: Callable[[Mapping[str, Any], Actor], None] | None = None
    look: Callable[[Mapping[str, Any], Actor, Moment], Look | None] | None = None
    given: Mapping[str, tuple[str, str]] | None = None
    subject: Callable[[Mapping[str, Any]], str | int | None] | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One statement ready to run, whether it is staff's, and whether it may share a round trip."""

    text: str
    values: list[object]
    as_staff: bool
    together: bool


def build_question(
    root: Root, compiler: Compiler, selected: Selected, operation: OperationContext, source: Any
) -> Question:
    """Compile a root field's selection into one statement."""
    statement: Statement = compiler.statement
    statement.for_staff = operation.actor.role in STAFF_ROLES
    statement.for_institution = operation.actor.role is Role.INSTITUTION
    statement.reads_as_staff = root.staff is not None and operation.actor.role in root.readers
    plan = root.staff if root.staff is not None and statement.reads_as_staff else root.plan
    if root.admit is not None:
        root.admit(compiler.arguments(selected), operation.actor)
    if root.subject is not None:
        named = root.subject
        compiler.subject = lambda: compiler.reading(selected, named)
    for name, (attribute, type_name) in (root.given or {}).items():
        statement.given[name] = statement.parameters.add(getattr(source, attribute), type_name)
    value = plan.compile(compiler, Row(statement, HEAD), selected)
    text = computed_once(_ANSWER.replace("{value}", value))
    return Question(text, statement.parameters.values, statement.reads_as_staff, root.together)


def question_of(root: Root, shape: Shape, variables: Variables, moment: Moment) -> Question:
    """Return the question of a shape that holds for the variables; raises what compiling it would."""
    return Question(shape.text, shape.bind(variables, moment), shape.as_staff, root.together)


@asynccontextmanager
async def acting_for(operation: OperationContext, look: Look | None = None) -> AsyncIterator[Connection]:
    """Give a connection that reads what the actor of an operation may see, within the time of a read.

    The look is recorded if the reading went well.
    """
    api, most_ms = operation.api, LONGEST_READ_MS
    async with acting(
        api.database,
        operation.actor,
        request_id=api.request_id(),
        readonly=look is None,
        statement_timeout_ms=most_ms,
    ) as work:
        yield work.connection
        if look is not None:
            await work.audit(look.action, None, look.details)


async def ask(question: Question, operation: OperationContext, look: Look | None = None) -> str | None:
    """Run a question on the pool it belongs to; note the position read at; return the JSON text or None for null."""
    if question.as_staff:
        async with acting_for(operation, look) as connection:
            row = await answer_on(connection, question.text, question.values)
    else:
        asked = operation.api.rounds if question.together else operation.api.database
        row = await answer_publicly(asked, question.text, question.values)
    operation.note_read(row["position"], row["recorded_at"])
    answer: str | None = row["answer"]
    return answer
