"""Checkpoints: signed statements of how far the audit chain reaches, kept in the chain and in a file that is shipped.

Whoever could write the whole chain anew could not sign it; whoever cuts its tail off is told of by the file.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from registry.db.pool import Connection, Database, Record, fetch, fetch_row
from registry.domain.actors import Actor
from registry.domain.signing import PublicKey, Signer
from registry.services.large_changes import digest_large_changes
from registry.services.readiness import Finding, Level, found
from registry.services.transactions import Work, acting

KIND = "registry-checkpoint+jws"
"""What the header of a checkpoint says that it is."""

KEY_USED, SIGNED = "useSigningKey", "signCheckpoint"
"""Audit events: from here on the key that the event tells signs; here stands a checkpoint."""

OLDEST_CHECKPOINT = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed checkpoint: the last event it covers, the register's position then, and the signed text."""

    sequence: int
    position: int
    text: str


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def read_signing_keys(connection: Connection) -> dict[str, PublicKey]:
    """Return the public part of every key that ever signed, by name, in the order in which they began to."""
    return keys_of(await fetch(connection, "checkpoint/keys"))


def keys_of(rows: Sequence[Record]) -> dict[str, PublicKey]:
    """Return the keys that rows tell, by name, in their order. A tampered chain may tell what is no key."""
    keys = (json.loads(row["key"] or "null") for row in rows)
    return {key["kid"]: key for key in keys if _is_key(key)}


def _is_key(told: object) -> bool:
    return isinstance(told, dict) and all(isinstance(told.get(name), str) for name in ("kid", "x"))


async def published_keys(database: Database, actor: Actor) -> list[PublicKey]:
    """Return the public keys to publish: every key that ever signed, so that a rotation breaks nothing signed."""
    async with acting(database, actor, readonly=True) as work:
        return list((await read_signing_keys(work.connection)).values())


async def note_key(work: Work, signer: Signer) -> None:
    """Record the public part of a key before it signs for the first time."""
    told = {"key": dict(signer.public)}
    if signer.key_id not in await read_signing_keys(work.connection):
        await work.audit(KEY_USED, f"signing-key:{signer.key_id}", told, after=_sha256(json.dumps(told)))


async def sign_checkpoint(database: Database, actor: Actor, signer: Signer) -> Checkpoint | None:
    """Sign how far the audit chain reaches; None where nothing happened since the newest checkpoint.

    The checkpoint is an event of the chain itself: it covers every event before it, and large change sets are digested
    first, so that none is out of what was signed.
    """
    await digest_large_changes(database, actor)
    async with acting(database, actor) as work:
        await fetch_row(work.connection, "checkpoint/lock")
        newest = await fetch_row(work.connection, "checkpoint/newest")
        head = await fetch_row(work.connection, "verify/heads")
        assert head is not None  # noqa: S101 - both heads are one row
        if newest is not None and newest["sequence"] == head["sequence"]:
            return None
        await note_key(work, signer)
        return await _sign_head(work, signer)


async def _sign_head(work: Work, signer: Signer) -> Checkpoint:
    head = await fetch_row(work.connection, "verify/heads")
    assert head is not None  # noqa: S101 - both heads are one row
    content = {
        "sequence": head["sequence"],
        "hash": head["hash"].hex(),
        "position": head["position"],
        "signedAt": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    text = signer.sign(KIND, content)
    await work.audit(SIGNED, "audit-chain", {"checkpoint": text}, after=_sha256(text))
    return Checkpoint(head["sequence"], head["position"], text)


async def check_checkpoint(database: Database, now: datetime) -> Finding:
    """Find whether the audit chain was signed of late."""
    async with database.staff.acquire() as connection:
        newest = await fetch_row(connection, "checkpoint/newest")
        head = await fetch_row(connection, "verify/heads")
    assert head is not None  # noqa: S101 - both heads are one row
    covered = 0 if newest is None else newest["sequence"]
    if covered == head["sequence"]:
        return found("checkpoint", Level.OK, "审计链已签署", "The audit chain is signed up to its head")
    beyond = head["sequence"] - covered
    if newest is not None and now - newest["recorded_at"] <= OLDEST_CHECKPOINT:
        zh, en = f"最近检查点之后有 {beyond} 个事件", f"{beyond} events came after the newest checkpoint"
        return found("checkpoint", Level.OK, zh, en)
    remedy = "运行 registry worker 或 registry checkpoint", "run `registry worker`, or `registry checkpoint`"
    zh, en = f"{beyond} 个审计事件未及时签署", f"{beyond} events of the audit chain were not signed in time"
    return found("checkpoint", Level.WARN, zh, en, remedy)
