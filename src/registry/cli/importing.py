"""import: what brings rows of files into the register."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from registry.cli import import_order as given
from registry.cli.import_order import Order
from registry.cli.import_results import report_left_out, show_results, tell_refused, tell_rejected
from registry.cli.progress import shown_progress
from registry.cli.screen import Json, emit
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.errors import Conflict, InputError, RowsRejected

if TYPE_CHECKING:
    from registry.db.pool import Database
    from registry.domain.personal import PersonalKeys
    from registry.services.importing import ImportResult
    from registry.settings import Settings
    from registry.transfer import FileFormat, ImportKind

ERRORS_WRITTEN = 100_000


def _import(
    kind: given.Kind,
    files: given.Files = None,
    *,
    file_format: given.Format = None,
    source: given.Source = None,
    dry_run: given.DryRun = False,
    snapshot: given.Snapshot = False,
    confirm_removals: given.ConfirmRemovals = False,
    partial: given.Partial = False,
    expected_rows: given.ExpectedRows = None,
    manifest: given.ManifestFile = None,
    template: given.Template = False,
    json: Json = False,  # noqa: ARG001 - remembered by its callback
) -> None:
    """Bring the register to what files say; all of a file or nothing of it, unless --partial. 导入数据文件。

    Kinds: import-rules regions organisations institutions evaluation-organisations people employments certificates
    training awards residents assessments measures equivalences
    population wages credit-entries.
    """
    from registry.services.importing import ImportOptions

    wanted, stated = given.wanted_kind(kind), given.stated_format(file_format)
    if template:
        _print_template(wanted, stated)
        return
    options = ImportOptions(dry_run, snapshot, confirm_removals, partial, expected_rows)
    named, who = given.stated_files(files, options, manifest), given.stated_source(source, options)
    _carry_out(Order(wanted.name, named, who, stated, options, given.read_published(manifest, named)))


def _carry_out(order: Order) -> None:
    """Import, show the results, and end with 1 where rows were left out."""
    results = run(_import_all(settings_of_command(), order))
    emit({"imported": results}, lambda: show_results(results))
    if any(result.rejected for result in results):
        raise typer.Exit(1)


def _print_template(kind: "ImportKind", stated: "FileFormat | None") -> None:
    from registry.transfer import FileFormat, template

    data = template(kind, stated or FileFormat.CSV)
    if stated is not FileFormat.XLSX:
        typer.echo(data.decode(), nl=False)
    elif sys.stdout.isatty():
        raise typer.BadParameter("redirect a workbook into a file / 请重定向到文件", param_hint="--template")
    else:
        sys.stdout.buffer.write(data)


async def _import_all(settings: "Settings", order: Order) -> "list[ImportResult]":
    """Import file by file, then raise flags; the first that is refused ends the command, those before it stay."""
    from registry.services.flags.raising import raise_flags

    results: list[ImportResult] = []
    keys = settings.personal_keys()
    async with opened(settings) as database:
        for file in order.files:
            try:
                results.append(await _import_one(database, keys, file, order))
            except RowsRejected as rejected:
                tell_rejected(rejected, file, order, results)
                raise typer.Exit(1) from None
            except (InputError, Conflict) as refused:
                tell_refused(refused, file, results)
                raise typer.Exit(1) from None
            report_left_out(results[-1], file, order)
        if not order.options.dry_run:
            await raise_flags(database, operator_here())
    return results


async def _import_one(database: "Database", keys: "PersonalKeys", file: Path, order: Order) -> "ImportResult":
    from registry.services.importing import import_file

    with shown_progress(f"{order.kind} {file.name}") as report:
        return await import_file(
            database,
            operator_here(),
            keys,
            order.kind,
            file,
            file_name=file.name,
            source=order.source,
            file_format=order.format_of(file),
            options=order.options_of(file),
            progress=report,
            error_limit=ERRORS_WRITTEN,
        )


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("import", epilog="Example: registry import institutions institutions.csv --dry-run")(_import)
