"""The exports of a night: every set anew, and those past their term of keeping removed."""

import json
import shutil
from datetime import date
from pathlib import Path

from registry.db.pool import Database, fetch_value
from registry.domain.actors import Actor
from registry.services.exporting import MANIFEST, PUBLIC_SETS, Manifest, export_set, formats_of
from registry.services.transactions import acting


async def export_all(database: Database, actor: Actor, folder: Path) -> list[Manifest]:
    """Export every public set below `folder` in every format."""
    return [
        await export_set(database, actor, wanted, folder, file_format=file_format)
        for wanted in PUBLIC_SETS
        for file_format in formats_of(wanted)
    ]


async def remove_exports(database: Database, actor: Actor, folder: Path, today: date) -> int:
    """Remove the exports below `folder` that are past their term on a law day; return how many."""
    async with acting(database, actor, readonly=True) as work:
        first: date | None = await fetch_value(work.connection, "retention/export_from", today)
    made = [(path.parent, _law_day(path)) for path in sorted(folder.glob(f"*/{MANIFEST}"))]
    past = [place for place, day in made if first is not None and day < first]
    for place in past:
        shutil.rmtree(place)
    return len(past)


def _law_day(manifest: Path) -> date:
    return date.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["lawDay"])
