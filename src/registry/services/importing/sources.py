"""Sources that contradict each other: who prevails by the rules of the day, and what the others say, kept in notes.

Whoever stated the content that stands has a say: the source of the row's version, unless it withdrew it, and every
source that stated the same since. A file with other content prevails if none of them ranks higher; what a note already
keeps of its source is no later statement, and prevails only where it ranks above them all.
"""

from registry.db.pool import execute, fetch_row, fetch_value
from registry.services.importing.plans import ImportPlan
from registry.services.transactions import Change

_TABLES = ("create_contested", "create_disputed", "create_notes")


async def contest(change: Change, plan: ImportPlan, source: str) -> int:
    """Find what other sources state otherwise, withhold what does not prevail; return how many rows are disputed."""
    connection = change.connection
    await execute(connection, plan.statement("rows"))
    for table in _TABLES:
        await execute(connection, f"import/sources/{table}")
    if not await execute(connection, "import/sources/contest", plan.kind.name, source):
        return 0
    await execute(connection, plan.statement("contents"))
    await execute(connection, "import/sources/repeat", source)
    await execute(connection, plan.withhold)
    await execute(connection, "import/sources/judge_notes", source)
    count: int = await fetch_value(connection, "import/sources/count_contradictions")
    return count


async def write_notes(change: Change, source: str) -> None:
    """End the notes that are settled, amend those that changed, open the new ones; remember who states what."""
    connection = change.connection
    used = await fetch_row(connection, "import/sources/in_use")
    assert used is not None  # noqa: S101 - a row of two flags
    if used["notes"]:
        for name, arguments in (("end_notes", (source,)), ("amend_notes", ())):
            await change.reserve_from(await execute(connection, f"import/sources/{name}", *arguments))
    await change.reserve_from(await execute(connection, "import/sources/add_notes"))
    await _remember(change, source, used["row_sources"])


async def _remember(change: Change, source: str, used: bool) -> None:
    if used:
        await execute(change.connection, "import/sources/forget_amended")
        await execute(change.connection, "import/sources/restate_own", source)
        await execute(change.connection, "import/sources/withdraw_other", source)
    for name in ("withdraw_own", "agree_again", "restate"):
        await execute(change.connection, f"import/sources/{name}", source)
