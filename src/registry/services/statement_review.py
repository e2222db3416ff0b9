"""What changed since a statement was issued: the change sets that touched what bears on its codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from registry.db.pool import Database, fetch
from registry.domain.actors import Actor
from registry.services.statements import require_asker
from registry.services.transactions import acting


@dataclass(frozen=True, slots=True)
class LateChange:
    """What one change set did to rows of one kind that bear on a code.

    `about_from` is the first law day that the rows are about; None for what has no days of its own, and for entries on
    credit lists. `fields` are the columns amended, where they are public.
    """

    kind: str
    action: str
    position: int
    recorded_at: datetime
    change_set_kind: str
    cause: str
    source: str | None
    about_from: date | None
    fields: tuple[str, ...]
    rows: int


async def read_late_changes(
    database: Database, actor: Actor, codes: Sequence[str], after: int, upto: int
) -> Mapping[str, list[LateChange]]:
    """Return by code, in register order, the changes recorded after one position and up to another."""
    require_asker(actor)
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "statement/late_changes", list(codes), after, upto)
    found: dict[str, list[LateChange]] = {}
    for row in rows:
        values = {**row, "fields": tuple(row["fields"])}
        found.setdefault(values.pop("code"), []).append(LateChange(**values))
    return found
