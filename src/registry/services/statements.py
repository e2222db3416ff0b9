"""Procurement statements (采购核查证明): a check as it was answered, signed, kept, and never changed.

A statement says what the register answered, who asked, and how far the audit chain reached, so that whoever holds it
proves the answer with the published keys alone, whatever is corrected later.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from registry.db.pool import Database, execute, fetch_row
from registry.domain.access import BUYING_ROLES
from registry.domain.actors import Actor
from registry.domain.signing import Signer
from registry.services.checkpoints import note_key
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.transactions import Work, acting

KIND = "registry-procurement-statement+jws"
"""What the header of a statement says that it is."""

_OPERATION = "issueProcurementStatement"


@dataclass(frozen=True, slots=True)
class Statement:
    """An issued statement: its identifier, when it was issued, the position it read, and the compact JWS."""

    id: str
    issued_at: datetime
    position: int
    text: str


def require_asker(actor: Actor) -> None:
    """Refuse whoever may not be issued statements."""
    require(actor, *BUYING_ROLES)


async def issue_statement(
    database: Database,
    actor: Actor,
    signer: Signer,
    check: Mapping[str, Any],
    wanted: Mapping[str, object],
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> Statement:
    """Sign and keep a check that was answered just now; a retry gets the statement of the first time.

    `check` is the answer with its `position`; `wanted` what was asked, by which a retry is known.
    """
    require_asker(actor)
    async with acting(database, actor, request_id=request_id) as work:
        known = await find_answer(work, idempotency_key, _OPERATION, wanted)
        if known is not None:
            return Statement(**{**known, "issued_at": datetime.fromisoformat(known["issued_at"])})
        await execute(work.connection, "checkpoint/lock")
        await note_key(work, signer)
        issued = await _sign(work, signer, check, wanted)
        await execute(work.connection, "statement/keep", issued.id, issued.issued_at, issued.position, issued.text)
        await remember_answer(work, idempotency_key, _OPERATION, wanted, asdict(issued))
        await work.audit(
            _OPERATION,
            f"statement:{issued.id}",
            {"position": issued.position},
            after=hashlib.sha256(issued.text.encode()).hexdigest(),
        )
    return issued


async def find_issued(database: Database, actor: Actor, number: str) -> Statement | None:
    """Return a statement for who asked for it and for auditors; None where there is none that the actor may have."""
    require_asker(actor)
    async with acting(database, actor, readonly=True) as work:
        row = await fetch_row(work.connection, "statement/by_number", number)
    return None if row is None else Statement(row["id"], row["issued_at"], row["position"], row["text"])


async def _sign(work: Work, signer: Signer, check: Mapping[str, Any], wanted: Mapping[str, object]) -> Statement:
    head = await fetch_row(work.connection, "verify/heads")
    assert head is not None  # noqa: S101 - both heads are one row
    number, now = str(uuid4()), datetime.now(UTC)
    content = {
        "id": number,
        "issuedAt": now.isoformat(),
        "asker": {"identity": work.actor.identity, "role": work.actor.role, "name": work.actor.name},
        "asked": wanted,
        "check": check,
        "auditChain": {"sequence": head["sequence"], "hash": head["hash"].hex(), "position": head["position"]},
    }
    return Statement(number, now, int(check["position"]), signer.sign(KIND, content))
