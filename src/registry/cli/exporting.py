"""export: sets as files with a manifest, for other systems to take."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, say
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from enum import StrEnum

    from registry.db.pool import Database
    from registry.services.exporting import Manifest

_ALL = "all"
_SETS = "organisations, institutions, assessments, ratings, credit-entries, importable-entries, credit-site, or all"


def _chosen(given: str, known: "type[StrEnum]", name: str, *others: str) -> str:
    allowed = [*(each.value for each in known), *others]
    if given not in allowed:
        raise typer.BadParameter(f"{given} is none of {', '.join(allowed)}", param_hint=name)
    return given


def _export(
    wanted: Annotated[str, typer.Argument(metavar="SET", help=f"{_SETS}. 数据集。", show_default=False)],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write. 输出目录。", show_default=False)],
    since: Annotated[
        int | None, typer.Option(min=0, metavar="POSITION", help="Only what changed after it. 增量起点位置。")
    ] = None,
    file_format: Annotated[
        str, typer.Option("--format", help="csv, jsonl or xlsx; ftm for credit-entries. 文件格式。")
    ] = "csv",
    json: Json = False,  # noqa: ARG001
) -> None:
    """Write a set of what is public, or all of one moment, as of now, with a manifest. 导出公开数据集及清单。

    credit-site is for the credit site alone: with evidence and removals, never served. 报送信用网站的数据不公开提供。
    """
    from registry.services.exporting import (
        ExportFormat,
        ExportSet,
        as_document,
        export_public,
        export_set,
        orders_of_all,
    )

    chosen = _chosen(wanted, ExportSet, "SET", _ALL)
    chosen_format = ExportFormat(_chosen(file_format, ExportFormat, "--format"))
    settings = settings_of_command()

    async def written(database: "Database") -> "list[Manifest]":
        if chosen == _ALL:
            return await export_public(database, orders_of_all(chosen_format, since), folder)
        one = ExportSet(chosen)
        return [await export_set(database, operator_here(), one, folder, since=since, file_format=chosen_format)]

    async def exported() -> "list[Manifest]":
        async with opened(settings) as database:
            return await written(database)

    manifests = run(exported())
    told = [{"folder": str(folder / one.folder), **as_document(one)} for one in manifests]
    emit({"exports": told} if chosen == _ALL else told[0], lambda: _show(folder, manifests))


def _show(folder: Path, manifests: "list[Manifest]") -> None:
    for manifest in manifests:
        for file in manifest.files:
            path = folder / manifest.folder / file.name
            say(f"{path}: {file.rows} rows 行, {file.bytes} bytes, SHA-256 {file.sha256}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export", epilog="Example: registry export ratings exports --format jsonl")(_export)
