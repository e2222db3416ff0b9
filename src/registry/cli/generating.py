"""generate, seed: what a register begins with."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from registry.cli.progress import counted_progress, shown_progress
from registry.cli.screen import Json, emit, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command


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


def _seed(
    calendar: Annotated[
        Path | None,
        typer.Option(help="A file of days (day,working,holiday) of years that this release lacks. 补充工作日历。"),
    ] = None,
    source: Annotated[str, typer.Option(help="The notice that announces these days. 放假通知文号。")] = "",
    json: Json = False,  # noqa: ARG001
) -> None:
    """Put in what this release ships: regions, occupations, working calendar, rules of lists. 装载基础数据。"""
    from registry.services.calendar import extend_calendar
    from registry.services.seeding import seed

    settings = settings_of_command()

    async def seeded() -> dict[str, int]:
        async with opened(settings) as database:
            if calendar is not None:
                text = calendar.read_text(encoding="utf-8")
                return {"calendar_days": await extend_calendar(database, operator_here(), text, source)}
            with shown_progress("seed") as report:
                return asdict(await seed(database, operator_here(), report))

    result = run(seeded())
    emit(result, lambda: show_table(("put in 装载", "rows 行"), list(result.items())))


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("generate", epilog="Example: registry generate ./sample --institutions 2000 --seed 7")(_generate)
    app.command("seed", epilog="Example: registry seed --calendar 2027.csv --source 国办发明电〔2026〕7号")(_seed)
