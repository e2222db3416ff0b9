"""Issued procurement statements, for who asked for them and for auditors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from registry.api.planner.declare import Argument, One, column, instant
from registry.api.scalars import Long
from registry.domain.access import BUYING_ROLES
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden


@strawberry.type(
    description="A check of bidders as it was answered, signed by the register and kept unchanged. Whoever holds it "
    "can verify it with the keys at `/.well-known/jwks.json` alone. 采购核查证明"
)
class ProcurementStatement:
    """A statement as it was issued."""

    id: strawberry.ID = column("{row}.id::text", "Its identifier. 证明编号")
    issued_at: datetime = instant("issued_at", "When it was issued. 出具时刻")
    position: Long = column("position", "The register position that the check read. 登记簿位置")
    jws: str = column("text", "The signed text: compact JWS, EdDSA. 签名文本")


def statement_number(text: str) -> str | None:
    """Return the number that an identifier spells, or None."""
    try:
        return str(UUID(text))
    except ValueError:
        return None


_KEPT = "register.procurement_statement AS {row}"
ISSUED = One(_KEPT, "{row}.id = {number}")
STATEMENT = One(_KEPT, "{row}.id = {id}", arguments={"id": Argument("uuid", statement_number)})
NOT_FOR_ALL = One(
    "(SELECT NULL::uuid AS id, NULL::timestamptz AS issued_at, NULL::bigint AS position, NULL::text AS text) AS {row}",
    "false",
)
"""What those are answered who may hold no statements: admit_to_statements has refused them before."""


def admit_to_statements(_: Mapping[str, Any], actor: Actor) -> None:
    """Refuse whoever may not ask for statements. Rule: `statements.role`."""
    if actor.role not in BUYING_ROLES:
        message = Bilingual("采购核查证明仅限采购人和监管部门", "Statements are for buyers and regulators")
        raise Forbidden(message, rule="statements.role")
