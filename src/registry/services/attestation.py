"""Whether a statement that somebody holds is the register's: its signature, its key, its place in the audit chain.

Everything is read as the public reads. Of what is held nothing is kept: the database is asked about its number and
digest alone.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.db.mapping import mapped_errors
from registry.db.pool import Connection, Database, fetch, fetch_row, fetch_value
from registry.domain.attestation import StatementFault, fault_of
from registry.domain.errors import InputError
from registry.domain.signing import key_named, read_signed
from registry.services.checkpoints import keys_of
from registry.services.statements import KIND

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Attested:
    """What was found of a statement; what it says only where its signature holds.

    `told` is the number of the audit event that tells of its issue.
    """

    sha256: str
    faults: tuple[StatementFault, ...]
    content: Mapping[str, Any] | None = None
    key_id: str | None = None
    key_used_since: datetime | None = None
    told: int | None = None


async def attest_text(database: Database, text: str) -> Attested:
    """Examine the compact JWS of a statement; space around it does not matter."""
    with mapped_errors():
        async with database.public.acquire() as connection:
            return await _examine(connection, text.strip())


async def attest_digest(database: Database, sha256: str) -> Attested:
    """Examine the statement with this SHA-256 (hexadecimal), as a printed statement carries it."""
    digest = sha256.strip().lower()
    with mapped_errors():
        async with database.public.acquire() as connection:
            text = await _kept(connection, digest)
            if text is None:
                return Attested(digest if _DIGEST.fullmatch(digest) else "", (StatementFault.UNKNOWN_DIGEST,))
            return await _examine(connection, text)


async def _kept(connection: Connection, digest: str) -> str | None:
    if not _DIGEST.fullmatch(digest):
        return None
    text: str | None = await fetch_value(connection, "statement/by_digest", bytes.fromhex(digest))
    return text


async def _examine(connection: Connection, text: str) -> Attested:
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    rows = await fetch(connection, "checkpoint/keys")
    keys = keys_of(rows)
    try:
        content = read_signed(text, KIND, keys)
    except InputError as refusal:
        return Attested(digest, (fault_of(refusal),))
    key_id = key_named(text)
    since = {kid: row["used_since"] for row in reversed(rows) for kid in keys_of([row])}
    faults, told = await _in_chain(connection, content, digest)
    return Attested(digest, faults, content, key_id, since[key_id], told)


async def _in_chain(
    connection: Connection, content: Mapping[str, Any], digest: str
) -> tuple[tuple[StatementFault, ...], int | None]:
    reached = content["auditChain"]
    asked = content["id"], digest, reached["sequence"], bytes.fromhex(reached["hash"])
    found = await fetch_row(connection, "statement/evidence", *asked)
    assert found is not None  # noqa: S101 - the chain has a head
    faults = []
    if not found["reaches"]:
        faults.append(StatementFault.CHAIN_SHORTER)
    elif not found["agrees"]:
        faults.append(StatementFault.CHAIN_DIFFERS)
    if found["told"] is None:
        faults.append(StatementFault.UNRECORDED)
    return tuple(faults), found["told"]
