"""GraphQL documents by their hash, and the clients that they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from registry.domain.access import Role
from registry.domain.actors import Actor

SCHEME = "sha256:"
EVERYBODY = "public"
"""The client that everybody without a key is."""


def document_hash(text: str) -> str:
    """Return the SHA-256 of a document's text, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def client_name(text: str) -> str:
    """Return the name by which a client is known, without regard to case and to space around it."""
    return text.strip().lower()


def client_of(actor: Actor) -> str:
    """Return the client that an actor is: all keys of one name are one, as when one is renewed."""
    return EVERYBODY if actor.role is Role.PUBLIC else client_name(actor.name)


@dataclass(frozen=True, slots=True)
class Client:
    """What one client may name by its hash; where `only_own`, it may run nothing else."""

    documents: Mapping[str, str] = field(default_factory=dict)
    only_own: bool = False
