"""A citizen number in plain: told to whoever may know it, for a reason, never without an audit event.

Legal source: 个人信息保护法 art. 25 and 51. The number leaves the register in the return value alone.
"""

from dataclasses import dataclass, field

from registry.db.pool import Database, fetch_row
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, NotFound
from registry.domain.identifiers import CitizenId, hide_citizen_ids
from registry.domain.personal import PersonalKeys
from registry.services.credit.acts import require_text
from registry.services.permissions import require
from registry.services.personal_keys import hold_keys
from registry.services.transactions import acting


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A person with the number in plain, which the text of this never shows."""

    person_id: int
    name: str
    number: CitizenId = field(repr=False)


async def unmask_person(
    database: Database,
    actor: Actor,
    keys: PersonalKeys,
    person_id: int,
    reason: str,
    *,
    request_id: str | None = None,
) -> Unmasked:
    """Tell the citizen number of a person of the region, and record who was told, whose it is, and why.

    For REGULATOR and ADMIN. There is no answer unless the event was committed; asking again is another event. Rules:
    `step.text`, `person.unknown` also for people elsewhere and those erased, `personal-key.*`.
    """
    require(actor, Role.REGULATOR, Role.ADMIN)
    told = hide_citizen_ids(require_text(reason, "reason"))
    async with acting(database, actor, request_id=request_id) as work:
        held = await hold_keys(work.connection, keys)
        row = await fetch_row(work.connection, "person/find_sealed", person_id)
        if row is None:
            message = Bilingual("登记簿中没有该人员", "The register has no such person")
            raise NotFound(message, rule="person.unknown", path=("input", "person"))
        number = held.open_sealed(row["number_encrypted"], row["number_hash"])
        await work.look_at(("person", "id", str(person_id)))
        await work.audit("unmaskPerson", f"person:{person_id}", {"reason": told})
    return Unmasked(person_id, row["name"], number)
