"""Flags by rule: what the register was told since the last time is held against the dated rules, set by set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from registry.db.pool import Connection, Database, Record, execute, fetch, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.lawdays import law_day
from registry.services.permissions import require
from registry.services.transactions import Change, ChangeKind, publishing

FOUND_BY = {
    "CERTIFICATE_EXPIRING": ("flag/find/certificate_expiring", 2),
    "CERTIFICATE_LAPSED": ("flag/find/certificate_lapsed", 1),
    "CERTIFICATE_LEVEL": ("flag/find/certificate_level", 0),
    "DATA_OVERDUE": ("flag/find/data_overdue", 3),
    "DOUBLE_POST": ("flag/find/double_post", 1),
    "HEADCOUNT_JUMP": ("flag/find/headcount_jump", 3),
    "LISTED_PERSON": ("flag/find/listed_person", 2),
    "RATING_FELL": ("flag/find/rating_fell", 3),
    "RATIO_BELOW_GRADE": ("flag/find/ratio_below_grade", 3),
    "RATIO_JUMP": ("flag/find/ratio_jump", 2),
    "SOCIAL_WORKERS_SHORT": ("flag/find/social_workers_short", 1),
}
"""The statement that finds the facts of each rule, and how many it takes of: parameters, day, institutions."""

FEW = 1_000
"""So many institutions are always looked at by index."""
MOST_SHARE = 0.1
"""Where more than this share of the register is concerned, all of it is looked at in one pass."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What a look at the register did: `changes` change sets read, `flags` raised, and how many institutions were
    looked at, None for all of them."""

    changes: int = 0
    flags: int = 0
    institutions: int | None = 0


async def _concerned(connection: Connection, changes: Sequence[Record], whole: bool) -> list[int] | None:
    """The institutions that change sets concern, None for all."""
    if whole:
        return None
    ids = [row["id"] for row in changes]
    found = set(await fetch_value(connection, "follow/read_concerned", ids))
    found |= set(await fetch_value(connection, "flag/read_concerned", ids))
    if len(found) > FEW and len(found) > MOST_SHARE * await fetch_value(connection, "follow/count_institutions"):
        return None
    return sorted(found)


async def _find(connection: Connection, only: list[int] | None, day: date) -> None:
    """Fill the table of facts found."""
    for table in ("found", "posts", "certificates"):
        await execute(connection, f"flag/create_{table}")
    for table in ("posts", "certificates"):
        await execute(connection, f"flag/collect_{table}", only, day)
        await execute(connection, f"flag/analyse_{table}")
    for rule in await fetch(connection, "flag/rules", day):
        if rule["code"] in FOUND_BY:
            name, taken = FOUND_BY[rule["code"]]
            await execute(connection, name, *(rule["parameters"], day, only)[:taken])


async def _look(change: Change, day: date) -> Raised | None:
    connection = change.connection
    if not await fetch_value(connection, "flag/try_lock"):
        return None
    follow = await fetch_row(connection, "flag/position")
    assert follow is not None  # noqa: S101 - the table has one row
    changes = await fetch(connection, "flag/read_changes", follow["position"])
    if not changes and day <= follow["looked_on"]:
        return Raised()
    await execute(connection, "session/plan_for_values")
    only = await _concerned(connection, changes, day > follow["looked_on"])
    flags = 0
    if only != []:
        await execute(connection, "flag/tune", only is None)
        await _find(connection, only, day)
        await execute(connection, "session/plan_as_usual")
        flags = await execute(connection, "flag/raise", day, change.actor.identity)
        await change.reserve_from(flags)
    newest = changes[-1]["position"] if changes else follow["position"]
    await execute(connection, "flag/advance", newest, day)
    return Raised(len(changes), flags, None if only is None else len(only))


async def raise_flags(database: Database, actor: Actor, day: date | None = None) -> Raised | None:
    """Raise flags for what was published since the last time, in a change set of their own; None while another does.

    All institutions are looked at the first time on each law day (`day`, today by default), since terms pass without
    a change; after that, those that the change sets concern. How far this came is kept in the same transaction: what
    a process that died left out is made up for the next time. A fact that has a flag, in whatever state, raises none.
    """
    require(actor, Role.ADMIN)
    law_today = day or law_day(datetime.now(UTC))
    async with publishing(database, actor, ChangeKind.RUN, f"flags {law_today}", action="raiseFlags") as change:
        change.nothing_done = True
        raised = await _look(change, law_today)
        if raised is not None and raised.flags:
            change.nothing_done = False
            change.details["flags"] = raised.flags
    return raised
