"""import, generate, seed: what brings rows into the register."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, error_console, mode, say, show_error, show_row_errors, show_table
from registry.cli.session import opened, operator_here, personal_keys, run, settings_of_command
from registry.domain.errors import Conflict, InputError, RegisterError, RowError, RowsRejected

if TYPE_CHECKING:
    from registry.db.pool import Database
    from registry.domain.personal import PersonalKeys
    from registry.services.importing import ImportOptions, ImportProgress, ImportResult, Report
    from registry.settings import Settings
    from registry.transfer import FileFormat, ImportKind

ERRORS_WRITTEN = 100_000
DEFAULT_SOURCE = "command line"
_COLUMNS = ("file", "rows", "added", "amended", "ended", "unchanged")
_HEADINGS = ("file 文件", "rows 行", "added 新增", "amended 更正", "ended 终止", "unchanged 未变")


@contextmanager
def shown_progress(label: str) -> "Iterator[Report]":
    """Show how far an import is while it runs, on a terminal only."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    screen = error_console()
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(label, total=None)

        def report(now: "ImportProgress") -> None:
            text = f"{label} {now.step.lower()} {now.rows:,}"
            progress.update(task, description=text, total=now.bytes_total, completed=now.bytes_read)

        yield report


def _import(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What the files hold. 类别。", show_default=False)],
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="CSV, XLSX or JSON Lines. 文件。")
    ] = None,
    *,
    file_format: Annotated[
        str | None, typer.Option("--format", help="csv, xlsx or jsonl; otherwise by the files' endings. 格式。")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Who states these rows. 数据来源。", show_default=DEFAULT_SOURCE)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing. 只检查。")] = False,
    snapshot: Annotated[
        bool, typer.Option("--snapshot", help="The file is all that its source says: the rest ends. 快照。")
    ] = False,
    confirm_removals: Annotated[
        bool, typer.Option("--confirm-removals", help="With --snapshot: also a mass removal. 确认终止。")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Take the good rows, report the bad ones. 部分导入。")
    ] = False,
    template: Annotated[bool, typer.Option("--template", help="Print the columns to fill in. 输出模板。")] = False,
    json: Json = False,  # noqa: ARG001 - remembered by its callback
) -> None:
    """Bring the register to what files say; all of a file or nothing of it, unless --partial. 导入数据文件。

    Kinds: import-rules regions organisations institutions evaluation-organisations people employments certificates
    training awards residents assessments measures equivalences.
    """
    from registry.services.importing import ImportOptions
    from registry.transfer import get_kind

    try:
        wanted = get_kind(kind)
    except InputError as error:
        raise typer.BadParameter(str(error.message), param_hint="KIND") from None
    stated = _stated_format(file_format)
    if template:
        _print_template(wanted, stated)
        return
    if not files:
        raise typer.BadParameter("name at least one file / 请指定文件", param_hint="FILE")
    if snapshot and source is None:
        raise typer.BadParameter("a snapshot names its source / 快照须指明来源", param_hint="--source")
    options = ImportOptions(dry_run, snapshot, confirm_removals, partial)
    order = _Order(wanted.name, files, source or DEFAULT_SOURCE, stated, options)
    results = run(_import_all(settings_of_command(), order))
    emit({"imported": results}, lambda: _show_results(results))
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


def _stated_format(name: str | None) -> "FileFormat | None":
    from registry.transfer import FileFormat

    if name is not None and name not in tuple(FileFormat):
        raise typer.BadParameter(f"known: {', '.join(FileFormat)}", param_hint="--format")
    return None if name is None else FileFormat(name)


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be imported."""

    kind: str
    files: list[Path]
    source: str
    file_format: "FileFormat | None"
    options: "ImportOptions"


async def _import_all(settings: "Settings", order: _Order) -> "list[ImportResult]":
    """Import file by file; the first that is refused ends the command, those before it stay."""
    results: list[ImportResult] = []
    keys = personal_keys(settings)
    async with opened(settings) as database:
        for file in order.files:
            try:
                results.append(await _import_one(database, keys, file, order))
            except RowsRejected as rejected:
                _tell_rejected(rejected, file, order, results)
                raise typer.Exit(1) from None
            except (InputError, Conflict) as refused:
                _tell_refused(refused, file, results)
                raise typer.Exit(1) from None
            _report_left_out(results[-1], file, order)
    return results


async def _import_one(database: "Database", keys: "PersonalKeys", file: Path, order: _Order) -> "ImportResult":
    from registry.services.importing import import_file
    from registry.transfer import format_of

    with shown_progress(f"{order.kind} {file.name}") as report:
        return await import_file(
            database,
            operator_here(),
            keys,
            order.kind,
            file,
            file_name=file.name,
            source=order.source,
            file_format=order.file_format or format_of(file.name),
            options=order.options,
            progress=report,
            error_limit=ERRORS_WRITTEN,
        )


def _write_report(file: Path, order: _Order, errors: "Sequence[RowError]") -> tuple[Path, str]:
    """Write all errors beside the file; return where, and what to say about it."""
    from registry.transfer import format_of, get_kind, header_letters, write_errors

    report = file.with_name(f"{file.name}.errors.csv")
    try:
        letters = header_letters(get_kind(order.kind), file, order.file_format or format_of(file.name))
        write_errors(report, errors, letters)
    except OSError as error:
        return report, f"The error report cannot be written / 无法写入错误报告: {report}: {error.strerror}"
    return report, f"All errors / 全部错误: {report}"


def _tell_rejected(rejected: RowsRejected, file: Path, order: _Order, imported: "list[ImportResult]") -> None:
    """Show the first errors, write all of them beside the file, and say which files before it were taken."""
    report, said = _write_report(file, order, rejected.errors)
    show_error(rejected, {"rows": rejected.errors, "report": str(report), "imported": imported})
    if not mode.json:
        show_row_errors(rejected.errors)
        if imported:
            _show_results(imported)
    error_console().print(said, markup=False)


def _tell_refused(refused: RegisterError, file: Path, imported: "list[ImportResult]") -> None:
    """Say why a file was refused as a whole, and which files before it were taken."""
    show_error(refused, {"file": file.name, "imported": imported})
    if imported and not mode.json:
        _show_results(imported)


def _report_left_out(result: "ImportResult", file: Path, order: _Order) -> None:
    """Show the errors of the rows that a partial import left out, and write all of them beside the file."""
    if not result.rejected:
        return
    _, said = _write_report(file, order, result.errors)
    if not mode.json:
        show_row_errors(result.errors)
    error_console().print(said, markup=False)


def _show_results(results: "list[ImportResult]") -> None:
    show_table(_HEADINGS, [[getattr(result, name) for name in _COLUMNS] for result in results], title=results[0].kind)
    for result in results:
        for line in _remarks(result):
            say(f"{result.file}: {line}")
    if any(result.dry_run for result in results):
        say("Dry run: nothing was written / 试运行：未写入任何数据")
    elif results[-1].position is not None:
        say(f"Register position / 登记位置: {results[-1].position}")


def _remarks(result: "ImportResult") -> "Iterator[str]":
    """What the counts of a table do not tell of a file."""
    if result.rejected:
        yield f"{result.rejected:,} rows left out / 未导入 {result.rejected:,} 行"
    if result.contradictions:
        yield f"{result.contradictions:,} rows contradict another source / {result.contradictions:,} 行与其他来源不一致"
    if result.earlier is not None:
        day, position = f"{result.earlier.imported_at:%Y-%m-%d %H:%M} UTC", result.earlier.position
        yield (
            f"unchanged {result.unchanged:,}; this file was imported before on {day}"
            + ("" if position is None else f" at position {position}")
            + f" / 未变 {result.unchanged:,} 行；该文件已于 {day} 导入"
            + ("" if position is None else f"，登记位置 {position}")
        )


def _generate(
    folder: Annotated[Path, typer.Argument(help="Folder for the files. 目标目录。", show_default=False)],
    institutions: Annotated[int, typer.Option(min=1, max=4_000_000, help="How many institutions. 机构数。")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes. 随机种子。")] = 1,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Write a synthetic register as CSV files, with its irregularities in planted.json. 生成模拟数据。"""
    from registry.synthetic import generate

    settings_of_command()
    with counted_progress("generate", institutions) as report:
        generated = generate(folder, institutions=institutions, seed=seed, progress=report)
    files = [{"file": file.name, "rows": file.rows, "bytes": file.bytes} for file in generated.files]
    rows = [tuple(file.values()) for file in files]
    emit({"folder": str(folder), "files": files}, lambda: show_table(("file 文件", "rows 行", "bytes 字节"), rows))


@contextmanager
def counted_progress(label: str, total: int) -> "Iterator[Callable[[int, int], None]]":
    """Show how many of `total` are done, on a terminal only."""
    from rich.progress import Progress

    screen = error_console()
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _seed(
    json: Json = False,  # noqa: ARG001
) -> None:
    """Put in the reference data of this release: regions, occupations, working calendar. 装载基础数据。"""
    from registry.services.seeding import seed

    settings = settings_of_command()

    async def seeded() -> object:
        async with opened(settings) as database:
            with shown_progress("seed") as report:
                return await seed(database, operator_here(), report)

    result = run(seeded())
    emit(result, lambda: say(f"{result}"))


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("import", epilog="Example: registry import institutions institutions.csv --dry-run")(_import)
    app.command("generate", epilog="Example: registry generate ./sample --institutions 2000 --seed 7")(_generate)
    app.command("seed", epilog="Example: registry seed")(_seed)
