"""How good what sources deliver is: late, missing, contradicting, rejected."""

from dataclasses import dataclass
from datetime import datetime

from registry.db.pool import Database, fetch
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.services.permissions import require
from registry.services.transactions import acting


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source and kind; counts are of the last 365 days.

    `late`: nothing was delivered for more than `due_days`, or nothing was ever taken; `missing`: active institutions
    that it states where nobody was on post at the newest count, None of other kinds; `contradictions`: rows on which
    sources disagreed when they came, `open_notes`: on which they disagree now; `rejected_rows`: left out or refused.
    """

    source: str
    kind: str
    delivered_at: datetime | None
    deliveries: int
    rows: int
    due_days: int | None
    late: bool
    missing: int | None
    contradictions: int
    open_notes: int
    rejected_rows: int
    refusals: int


async def list_sources(database: Database, actor: Actor) -> list[SourceReport]:
    """Return what the actor may see of deliveries, by source and kind."""
    require(actor, Role.ADMIN, Role.AUDITOR, Role.REGULATOR)
    async with acting(database, actor, readonly=True) as work:
        return [SourceReport(**row) for row in await fetch(work.connection, "import/list_sources")]
