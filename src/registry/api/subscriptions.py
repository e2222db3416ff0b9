"""The root fields of the subscription type: what is told as it happens."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry
from strawberry import UNSET

from registry.api.context import OperationContext
from registry.api.planner.feeds import Told, follow
from registry.api.types.changes import FEED_ORDER, PUBLIC_FEED, STAFF_FEED, Change, admit_kinds
from registry.api.types.filters import canonical_code
from registry.api.types.terms import ChangeKind
from registry.domain.access import STAFF_ROLES
from registry.domain.errors import RegisterError


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
