"""report: a published run as a page with plots; `score --report` writes the same of the run it makes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, say
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.errors import Bilingual, InputError

if TYPE_CHECKING:
    from registry.db.pool import Database


def check_place(file: Path) -> None:
    """Refuse a file that cannot be written, before a run is made for it. Rule: `file.unwritable`."""
    if file.is_dir() or not file.absolute().parent.is_dir():
        message = Bilingual(f"无法写入 {file}", f"{file} cannot be written")
        raise InputError(message, rule="file.unwritable", path=("file",))


async def write_report(database: "Database", run_id: int, file: Path) -> None:
    """Write the page of a published run."""
    from registry.reports.page import run_page
    from registry.services.run_reports import report_run

    file.write_text(run_page(await report_run(database, operator_here(), run_id)), encoding="utf-8")


def _report(
    run_id: Annotated[int, typer.Argument(metavar="RUN", help="The run's number. 评定编号。", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The page to write. 输出网页文件。", show_default=False)],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Write a published run as a page with plots that needs nothing else. 将一次评定输出为图文网页。"""
    settings = settings_of_command()
    check_place(file)

    async def written() -> None:
        async with opened(settings) as database:
            await write_report(database, run_id, file)

    run(written())
    emit({"run": run_id, "file": str(file)}, lambda: say(str(file)))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog="Example: registry report 42 run-42.html")(_report)
