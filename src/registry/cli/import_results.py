"""What an import says when it has ended: counts, remarks, errors, and the report of all errors beside the file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from registry.cli.import_order import Order
from registry.cli.screen import error_console, mode, say, show_error, show_row_errors, show_table
from registry.domain.errors import RegisterError, RowError, RowsRejected

if TYPE_CHECKING:
    from registry.services.importing import ImportResult

_COLUMNS = ("file", "rows", "added", "amended", "ended", "unchanged")
_HEADINGS = ("file 文件", "rows 行", "added 新增", "amended 更正", "ended 终止", "unchanged 未变")


def _write_report(file: Path, order: Order, errors: "Sequence[RowError]") -> tuple[Path, str]:
    """Write all errors beside the file; return where, and what to say about it."""
    from registry.transfer import get_kind, header_letters, write_errors

    report = file.with_name(f"{file.name}.errors.csv")
    try:
        letters = header_letters(get_kind(order.kind), file, order.format_of(file))
        write_errors(report, errors, letters)
    except OSError as error:
        return report, f"The error report cannot be written / 无法写入错误报告: {report}: {error.strerror}"
    return report, f"All errors / 全部错误: {report}"


def tell_rejected(rejected: RowsRejected, file: Path, order: Order, imported: "list[ImportResult]") -> None:
    """Show the first errors, write all of them beside the file, and say which files before it were taken."""
    report, said = _write_report(file, order, rejected.errors)
    show_error(rejected, {"rows": rejected.errors, "report": str(report), "imported": imported})
    if not mode.json:
        show_row_errors(rejected.errors)
        if imported:
            show_results(imported)
    error_console().print(said, markup=False)


def tell_refused(refused: RegisterError, file: Path, imported: "list[ImportResult]") -> None:
    """Say why a file was refused as a whole, and which files before it were taken."""
    show_error(refused, {"file": file.name, "imported": imported})
    if imported and not mode.json:
        show_results(imported)


def report_left_out(result: "ImportResult", file: Path, order: Order) -> None:
    """Show the errors of the rows that a partial import left out, and write all of them beside the file."""
    if not result.rejected:
        return
    _, said = _write_report(file, order, result.errors)
    if not mode.json:
        show_row_errors(result.errors)
    error_console().print(said, markup=False)


def show_results(results: "list[ImportResult]") -> None:
    """Show the counts of each file and what they do not tell."""
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
