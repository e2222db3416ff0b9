"""Legal representatives (法定代表人): their names go when they have represented nobody for the term of the day's rule.

Legal source: 个人信息保护法 art. 19 and 47. What an organisation's register publishes of its representative is needed
while they represent it, and for a term after that, in which acts of theirs may be asked about.
"""

from datetime import date

from registry.db.pool import Database, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.services.importing.turns import await_turn
from registry.services.permissions import require
from registry.services.retention import Kept, find_basis
from registry.services.transactions import ChangeKind, acting, publishing

LONGEST_WAIT_SECONDS = 600.0


async def erase_representatives(database: Database, actor: Actor, today: date) -> int:
    """Erase the names past the term that the rule of `today` gives, from every version; return how many there were."""
    require(actor, Role.ADMIN)
    async with acting(database, actor, readonly=True) as work:
        basis = await find_basis(work, Kept.REPRESENTATIVE, today)
        due: int = await fetch_value(work.connection, "erasure/count_representatives", today)
    if basis is None or not due:
        return 0
    cause = f"erasure: {basis.legal_basis}"
    async with publishing(database, actor, ChangeKind.ERASURE, cause, action="eraseRepresentatives") as change:
        await await_turn(change.connection, LONGEST_WAIT_SECONDS)
        due = await fetch_value(change.connection, "erasure/count_representatives", today)
        change.publishes_empty = True
        await change.reserve_from(await fetch_value(change.connection, "erasure/erase_representatives", today))
        change.subject = f"retention:{Kept.REPRESENTATIVE}"
        change.details |= {"names": due, "asOf": today, "rule": basis.rule_id}
    return due
