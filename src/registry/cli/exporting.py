"""export: sets as files with a manifest, for other systems to take."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, say
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from enum import StrEnum

    from registry.services.exporting import Manifest

_SETS = "organisations, institutions, assessments, ratings, credit-entries, importable-entries, credit-site"


def _chosen(given: str, known: "type[StrEnum]", name: str) -> str:
    allowed = [each.value for each in known]
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
    """Write a set of what is public, as of now, with a manifest. 导出公开数据集及清单。

    credit-site is for the credit site alone: with evidence and removals, never served. 报送信用网站的数据不公开提供。
    """
    from registry.services.exporting import ExportFormat, ExportSet, as_document, export_set

    chosen = ExportSet(_chosen(wanted, ExportSet, "SET"))
    chosen_format = ExportFormat(_chosen(file_format, ExportFormat, "--format"))
    settings = settings_of_command()

    async def exported() -> "Manifest":
        async with opened(settings) as database:
            return await export_set(database, operator_here(), chosen, folder, since=since, file_format=chosen_format)

    manifest = run(exported())
    place = folder / manifest.folder
    emit({"folder": str(place), **as_document(manifest)}, lambda: _show(place, manifest))


def _show(place: Path, manifest: "Manifest") -> None:
    for file in manifest.files:
        say(f"{place / file.name}: {file.rows} rows 行, {file.bytes} bytes, SHA-256 {file.sha256}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export", epilog="Example: registry export ratings exports --format jsonl")(_export)
