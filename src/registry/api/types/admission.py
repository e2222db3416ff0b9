"""Who may ask: fields that are for staff refuse everybody else before anything is read."""

from collections.abc import Callable, Mapping
from typing import Any

from registry.domain.access import STAFF_ROLES
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden


def staff_alone(message: Bilingual, *, rule: str) -> Callable[[Mapping[str, Any], Actor], None]:
    """Return what refuses whoever is not staff with a message, under a rule."""

    def admit(_: Mapping[str, Any], actor: Actor) -> None:
        if actor.role not in STAFF_ROLES:
            raise Forbidden(message, rule=rule)

    return admit
