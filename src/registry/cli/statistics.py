"""stats: what was counted of a region."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.services.statistics import RegionDay


def _stats(
    region: Annotated[str, typer.Argument(help="Code of the region, CN for the nation. 行政区划代码。")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; else the newest. 起始日期。")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day. 截止日期。")] = None,
    count: Annotated[bool, typer.Option("--count", help="Count today's first, as each night does. 先行统计。")] = False,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Tell what was counted of a region and all below it: institutions, ratings, workforce. 区域统计。"""
    from registry.domain.identifiers import normalise_code
    from registry.services.statistics import count_workforce, read_statistics

    settings = settings_of_command()
    days = [None if day is None else day.date() for day in (first, last)]

    async def told() -> "list[RegionDay]":
        async with opened(settings) as database:
            if count:
                await count_workforce(database, operator_here())
            return await read_statistics(database, normalise_code(region), *days)

    found = run(told())
    emit({"region": region, "days": found}, lambda: _show(found))


def _show(days: "list[RegionDay]") -> None:
    columns = (
        "day 日期",
        "institutions 机构",
        "beds 床位",
        "rated 已评",
        "people 在岗",
        "carers 护理员",
        "certified 持证",
    )
    rows = [
        (day.day, day.institutions, day.beds, day.rated, day.people, day.carers, day.certified_ratio) for day in days
    ]
    show_table(columns, rows)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("stats", epilog="Example: registry stats 220000 --from 2026-01-01")(_stats)
