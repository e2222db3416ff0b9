"""Who may do what: the one place where roles are compared."""

from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden, Unauthenticated


def require(actor: Actor, *roles: Role) -> None:
    """Raise unless the actor has one of the roles; an anonymous actor is asked to authenticate."""
    if actor.role in roles:
        return
    names = ", ".join(roles)
    if actor.role is Role.PUBLIC:
        raise Unauthenticated(
            Bilingual(f"需要以下角色之一的凭证：{names}", f"Credentials of one of these roles are needed: {names}"),
            rule="access.credentials",
        )
    raise Forbidden(
        Bilingual(f"角色 {actor.role} 无权执行；需要：{names}", f"Role {actor.role} may not do this; needed: {names}"),
        rule="access.role",
    )
