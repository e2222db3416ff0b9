"""The root fields of the subscription type: what is told as it happens."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from strawberry import UNSET

from registry.api.context import OperationContext
from registry.api.planner.feeds import Told, follow
from registry.api.planner.nodes import read_number
from registry.api.planner.watching import watch
from registry.api.types.changes import FEED_ORDER, PUBLIC_FEED, STAFF_FEED, Change, admit_kinds
from registry.api.types.filters import canonical_code
from registry.api.types.run_progress import RUN_TOLD, RunProgress, admit_to_progress
from registry.api.types.terms import ChangeKind
from registry.domain.access import STAFF_ROLES
from registry.domain.errors import Bilingual, NotFound, RegisterError

NO_RUN = Bilingual("没有这一评级批次", "There is no such run")


@strawberry.type(description="What is told as it happens. 订阅")
class Subscription:
    """The subscription type."""

    @strawberry.subscription(  # type: ignore[untyped-decorator]
        description="Each change after a cursor, those there are and those to come, in register order and without "
        "gaps; from now on if no cursor is given. The `cursor` of the last one resumes. 变更订阅"
    )
    async def changes(
        self,
        info: strawberry.Info[OperationContext, None],
        after: Annotated[str | None, strawberry.argument(description="Only changes after this cursor. 游标")] = UNSET,
        kinds: Annotated[
            list[ChangeKind] | None, strawberry.argument(description="Only changes of these kinds. 变更类型")
        ] = UNSET,
        codes: Annotated[
            list[str] | None, strawberry.argument(description="Only changes of things with these codes. 代码")
        ] = UNSET,
    ) -> AsyncGenerator[Change, None]:
        """Tell the changes; the executor writes each as it was read."""
        operation = info.context
        asked = {"after": after, "kinds": kinds, "codes": [canonical_code(code) for code in codes] if codes else codes}
        given = {name: None if value is UNSET else value for name, value in asked.items()}
        try:
            admit_kinds(given, operation.actor)
            feed = STAFF_FEED if operation.actor.role in STAFF_ROLES else PUBLIC_FEED
            following = await follow(operation, feed, FEED_ORDER, given, info._raw_info.field_nodes)
        except RegisterError as error:
            yield Told(error=error)  # type: ignore[misc]
            return
        async for told in following.tell():
            yield told  # type: ignore[misc]

    @strawberry.subscription(  # type: ignore[untyped-decorator]
        description="How far a run is, whenever that changes; ends when the run has ended, at once if it has already. "
        "`runUnderWay` tells which run goes on. For staff. 评级进度订阅"
    )
    async def run_progress(
        self,
        info: strawberry.Info[OperationContext, None],
        run_id: Annotated[strawberry.ID, strawberry.argument(description="The run's identifier. 评级批次标识")],
    ) -> AsyncGenerator[RunProgress, None]:
        """Tell how far it is; the executor writes each answer as it was read."""
        try:
            admit_to_progress({}, info.context.actor)
            number, nodes = read_number(run_id, "RatingRun"), info._raw_info.field_nodes
            watching = watch(info.context, RUN_TOLD, number, nodes, NotFound(NO_RUN, rule="run.unknown"))
        except RegisterError as error:
            yield Told(error=error)  # type: ignore[misc]
            return
        async for told in watching.tell():
            yield told  # type: ignore[misc]
