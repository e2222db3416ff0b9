"""The exports of a night: every set anew and of one moment; those gone written anew, those past their term removed."""

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from registry.db.pool import Database, fetch_value
from registry.domain.actors import Actor
from registry.services.exporting import (
    MANIFEST,
    PUBLIC_SETS,
    ExportFormat,
    ExportSet,
    Manifest,
    Order,
    export_public,
    formats_of,
    is_gone,
)
from registry.services.transactions import acting


async def export_all(database: Database, folder: Path) -> list[Manifest]:
    """Export every public set below `folder` in every format, all of one moment."""
    orders = [Order(wanted, file_format) for wanted in PUBLIC_SETS for file_format in formats_of(wanted)]
    return await export_public(database, orders, folder)


async def renew_exports(database: Database, folder: Path) -> list[Manifest]:
    """Export anew each set below `folder` whose newest whole export is gone, then empty all that are gone.

    Of these only the manifest stays, by which they are told gone.
    """
    standing = [(place, told) for place, told in _manifests(folder) if _is_public(told) and _has_files(place, told)]
    gone = [(place, told) for place, told in standing if await is_gone(database, told)]
    newest = {_order(told): place for place, told in sorted(standing, key=_age) if told["since"] is None}
    orders = [_order(told) for place, told in gone if newest.get(_order(told)) == place]
    made = await export_public(database, orders, folder) if orders else []
    for place, told in gone:
        for file in told["files"]:
            (place / file["name"]).unlink(missing_ok=True)
    return made


async def remove_exports(database: Database, actor: Actor, folder: Path, today: date) -> int:
    """Remove the exports below `folder` that are past their term on a law day; return how many."""
    async with acting(database, actor, readonly=True) as work:
        first: date | None = await fetch_value(work.connection, "retention/export_from", today)
    past = [place for place, told in _manifests(folder) if first is not None and _law_day(told) < first]
    for place in past:
        shutil.rmtree(place)
    return len(past)


def _manifests(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for path in sorted(folder.glob(f"*/{MANIFEST}")):
        if not path.parent.name.startswith("."):
            yield path.parent, json.loads(path.read_text(encoding="utf-8"))


def _is_public(told: Mapping[str, Any]) -> bool:
    return told["set"] in PUBLIC_SETS


def _has_files(place: Path, told: Mapping[str, Any]) -> bool:
    return all((place / file["name"]).is_file() for file in told["files"])


def _order(told: Mapping[str, Any]) -> Order:
    return Order(ExportSet(told["set"]), ExportFormat(told["format"]))


def _age(found: tuple[Path, Mapping[str, Any]]) -> tuple[str, int]:
    return found[1]["lawDay"], found[1]["position"]


def _law_day(told: Mapping[str, Any]) -> date:
    return date.fromisoformat(told["lawDay"])
