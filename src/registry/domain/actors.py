"""The actor that every use case receives."""

from dataclasses import dataclass

from registry.domain.access import Role

EVERYTHING = "ALL"
"""Scope of actors who see every region."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One authenticated (or anonymous) party.

    `identity` names it in change sets and audit events (`key:12`, `cli`, `scheduler`); `scope` is the path of the
    region it acts in, EVERYTHING, or empty for none; `institution_code` is set for role INSTITUTION only.
    """

    identity: str
    role: Role
    name: str = ""
    region_code: str | None = None
    scope: str = ""
    institution_code: str | None = None
    key_id: int | None = None


ANONYMOUS = Actor(identity="public", role=Role.PUBLIC)


def operator(identity: str) -> Actor:
    """Return the actor for a command run on the machine itself, or for the scheduler."""
    return Actor(identity=identity, role=Role.ADMIN, name=identity, scope=EVERYTHING)
