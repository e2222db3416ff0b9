"""Digests of change sets that were too large to be digested while they were published."""

from registry.db.pool import Database, execute, fetch_row, fetch_value
from registry.domain.actors import Actor
from registry.services.transactions import acting

DIGESTED = "digestChangeSet"
"""Audit event: what a change set replaced and left, which the event that published it does not say."""


async def digest_large_changes(database: Database, actor: Actor) -> int:
    """Digest them, oldest first, an event and a transaction each; return how many. Two who do it take turns."""
    done = 0
    while await _digest_next(database, actor):
        done += 1
    return done


async def _digest_next(database: Database, actor: Actor) -> bool:
    async with acting(database, actor) as work:
        await execute(work.connection, "change/lock_digests")
        position = await fetch_value(work.connection, "change/next_undigested")
        if position is None:
            return False
        told = await fetch_row(work.connection, "change/digest_published", position)
        assert told is not None  # noqa: S101 - a function with OUT parameters returns one row
        subject = f"change-set:{position}"
        await work.audit(DIGESTED, subject, before=told["before_digest"], after=told["after_digest"])
        return True
