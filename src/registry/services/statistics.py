"""Statistics of the workforce by institution and region (从业人员结构统计), counted on a law day by a job.

Heads, as rosters state them: a person with posts at two institutions counts at each. A carer is certified with any
certificate in force on the day; levels are the highest that a carer holds. Legal sources: the provinces' measures on
elderly-care staff (吉林 三(一)), which ask for age, education and certificate structure and the gap by kind.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

from registry.db.pool import Database, execute, fetch
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.lawdays import law_day
from registry.services.permissions import require
from registry.services.transactions import acting


@dataclass(frozen=True, slots=True)
class Counted:
    """A law day, and how many regions have statistics of it."""

    day: date
    regions: int


async def count_workforce(database: Database, actor: Actor, day: date | None = None) -> Counted:
    """Count everybody on post on a law day (today by default); counting again replaces what the day had.

    For ADMIN. Audited; no change set, as nothing of the register changes.
    """
    require(actor, Role.ADMIN)
    counted_on = day or law_day(datetime.now(UTC))
    async with acting(database, actor) as work:
        connection = work.connection
        await execute(connection, "statistics/lock")
        await work.look_at(("region_statistic", "day", str(counted_on)))
        await execute(connection, "session/plan_for_values")
        await execute(connection, "statistics/read_whole_tables")
        await execute(connection, "statistics/create_cells")
        await execute(connection, "statistics/collect_cells", counted_on)
        await execute(connection, "statistics/count_institutions", counted_on)
        await execute(connection, "statistics/forget_regions", counted_on)
        regions = await execute(connection, "statistics/count_regions", counted_on)
        await work.audit("countWorkforce", f"statistics:{counted_on}", {"regions": regions})
    return Counted(counted_on, regions)


@dataclass(frozen=True, slots=True)
class RegionDay:
    """A region and all below it on a law day, as everybody may see it: None and empty where counts are withheld.

    `stars` counts institutions from one star on; `levels` carers by their highest level, from none on.
    """

    day: date
    institutions: int
    beds: int
    rated: int
    stars: list[int]
    people: int | None
    carers: int | None
    certified: int | None
    certified_ratio: str | None
    levels: list[int]
    occupations: dict[str, int]
    education: dict[str, int]
    elderly: int | None
    counts_withheld: bool


async def read_statistics(
    database: Database, region_code: str, first: date | None = None, last: date | None = None
) -> list[RegionDay]:
    """Return what was counted of a region, the newest day first; without a first day the newest alone."""
    async with database.public.acquire() as connection:
        rows = await fetch(connection, "statistics/read", region_code, first, last)
    return [
        RegionDay(
            **{
                **row,
                "levels": row["levels"] or [],
                "occupations": json.loads(row["occupations"] or "{}"),
                "education": json.loads(row["education"] or "{}"),
            }
        )
        for row in rows
    ]
