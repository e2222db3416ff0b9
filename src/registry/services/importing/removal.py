"""Snapshots: what a source does not name any more ends, unless that is too much to be true."""

from decimal import Decimal

from registry.db.pool import Record, execute, fetch_row
from registry.domain.errors import Bilingual, Conflict, InputError
from registry.services.importing.plans import ImportPlan
from registry.services.transactions import Change


async def find_ended(change: Change, plan: ImportPlan, source: str) -> int:
    """Fill the table of ended rows from what the resolved file does not name, and return their number."""
    for name in ("import/snapshot/create_standing", plan.statement("scope")):
        await execute(change.connection, name)
    await execute(change.connection, "import/snapshot/find_standing", plan.entity, source)
    return await execute(change.connection, "import/snapshot/find_ended")


def refuse_empty(rows: int) -> None:
    """Raise InputError for a snapshot without rows. Rule: `import.snapshot-empty`."""
    if not rows:
        zh, en = "快照文件没有数据行，未写入任何内容", "the snapshot has no rows; nothing was written"
        raise InputError(Bilingual(zh, en), rule="import.snapshot-empty", path=("file",))


def refuse_cut_off(ended: int, complete: bool) -> None:
    """Raise Conflict where rows would end by a file that breaks off within its last line. Rule: `import.cut-off`."""
    if ended and not complete:
        zh = f"文件末行没有换行符，可能不完整，而将有 {ended} 条记录终止；核对文件，确认后使用 --confirm-removals"
        en = (
            f"the last line of the file has no line end, so it may be cut off, and {ended} rows would end; check the"
            " file, then confirm with --confirm-removals"
        )
        raise Conflict(Bilingual(zh, en), rule="import.cut-off", path=("confirm_removals",))


async def refuse_mass_removal(change: Change, plan: ImportPlan, source: str) -> None:
    """Raise Conflict where more would end than the rules of the day allow. Rule: `import.mass-removal`."""
    weighed = await fetch_row(change.connection, "import/snapshot/weigh", plan.kind.name, source)
    assert weighed is not None  # noqa: S101 - an aggregate gives one row
    if _is_mass(weighed):
        raise _mass_removal(weighed, source)


def _is_mass(weighed: Record) -> bool:
    ended, standing = weighed["ended"], weighed["standing"]
    striking = weighed["emptied"] or weighed["at_end"] or ended > weighed["share"] * standing
    return bool(ended and ended >= weighed["least"] and striking)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.1f} %"


def _mass_removal(weighed: Record, source: str) -> Conflict:
    ended, standing, emptied = weighed["ended"], weighed["standing"], weighed["emptied"]
    part, most = _percent(Decimal(ended) / Decimal(standing)), _percent(weighed["share"])
    of_one, at_end = _percent(weighed["share_of_one"]), weighed["at_end"]
    zh = (
        f"“{source}”的 {standing} 条记录中将有 {ended} 条终止（{part}，上限 {most}；{emptied} 个主体超过 {of_one}"
        f"{'；均属文件最后列出的主体' if at_end else ''}），未写入任何内容；"
        "核对文件是否完整，确认后使用 --confirm-removals"
    )
    en = (
        f"{ended} of {standing} rows of {source} would end ({part}, at most {most}; {emptied} subjects lose more than"
        f" {of_one}{'; all of them at the subject named last' if at_end else ''}); nothing was written;"
        " check that the file is whole, then confirm with --confirm-removals"
    )
    return Conflict(Bilingual(zh, en), rule="import.mass-removal", path=("confirm_removals",))


async def write_removals(change: Change, plan: ImportPlan, source: str) -> None:
    """End the rows and the notes about them; keep in mind what the source withdrew and others still state."""
    for name in plan.ends:
        await change.reserve_from(await execute(change.connection, plan.statement(name)))
    arguments = (plan.entity, source)
    await change.reserve_from(await execute(change.connection, "import/snapshot/end_notes", *arguments))
    await execute(change.connection, "import/snapshot/withdraw_own", *arguments)
    await execute(change.connection, "import/snapshot/withdraw_other", *arguments)
    await execute(change.connection, "import/snapshot/forget_ended", plan.entity)
