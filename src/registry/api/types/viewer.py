"""Who is asking."""

import strawberry

from registry.api.context import OperationContext
from registry.api.types.terms import Role


@strawberry.type(description="Who is asking, as the register knows it. 当前用户")
class Viewer:
    """The actor of the request."""

    role: Role = strawberry.field(description="The role. 角色")
    name: str = strawberry.field(description="Name of the key or the person; empty for the public. 名称")
    region_code: str | None = strawberry.field(description="The region it acts in. 所辖区划代码")
    institution_code: str | None = strawberry.field(description="The institution it speaks for. 所属机构代码")


def viewer_of(info: strawberry.Info[OperationContext, None]) -> Viewer:
    """Return what the actor of the request may know of itself."""
    actor = info.context.actor
    return Viewer(
        role=actor.role, name=actor.name, region_code=actor.region_code, institution_code=actor.institution_code
    )
