"""score: one scoring run."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.reporting import check_place, write_report
from registry.cli.screen import Json, emit, error_console, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.services.rating_runs import RunSummary


COMPILING_SECONDS = 2.0
"""From the cache they are there within a second."""
COMPILING = "Compiling the scoring kernels, once on this machine; it takes up to a minute / 首次运行，正在编译评分核心"


@contextmanager
def shown_stage() -> "Iterator[Callable[[str], None]]":
    """Show the stage that a run is in, on a terminal only."""
    screen = error_console()
    if not screen.is_terminal:
        yield lambda _: None
        return
    with screen.status("score") as status:
        yield lambda stage: status.update(f"score {stage}")


async def kernels_ready() -> None:
    """Compile the kernels of the scoring core or load them from their cache; what takes long is told."""
    from registry.services.warming import warm_kernels

    warming = asyncio.create_task(warm_kernels())
    if not (await asyncio.wait({warming}, timeout=COMPILING_SECONDS))[0]:
        error_console().print(COMPILING, markup=False)
    await warming


def _score(
    policy: Annotated[str | None, typer.Option(help="Only what this policy governs. 政策代码。")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Law day, today unless given. 评定日。")
    ] = None,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Keep weights and cuts of the last full run. 增量。")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write the run as a page with plots. 输出图文网页。")
    ] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Make one scoring run and publish what changed. 执行一次评级。"""
    from registry.services.flags.raising import raise_flags
    from registry.services.rating_runs import recompute
    from registry.services.statistics import count_workforce

    settings = settings_of_command()
    day = as_of.date() if as_of else None
    if report is not None:
        check_place(report)

    async def scored() -> "RunSummary":
        await kernels_ready()
        async with opened(settings) as database:
            with shown_stage() as progress:
                done = await recompute(
                    database, operator_here(), policy=policy, as_of=day, incremental=incremental, progress=progress
                )
            if report is not None:
                await write_report(database, done.id, report)
            await raise_flags(database, operator_here())
            if not incremental and policy is None:
                await count_workforce(database, operator_here(), done.as_of)
            return done

    summary = run(scored())
    emit(summary, lambda: show_run(summary))


def show_run(summary: "RunSummary") -> None:
    """Print a run for people: its id, counts per grade and policy, durations per stage."""
    say(
        f"Run / 评级 {summary.id} {summary.kind} {summary.as_of}: {summary.institutions:,} institutions / 机构, "
        f"{summary.changed:,} changed / 变动"
    )
    most = max((len(counts) for counts in summary.counts_by_stars.values()), default=1)
    headings = ["policy 政策", "not rated 未评", *(f"{stars} ★" for stars in range(1, most))]
    rows = [[code, *counts, *[None] * (most - len(counts))] for code, counts in summary.counts_by_stars.items()]
    show_table(headings, rows)
    say("  ".join(f"{stage} {milliseconds:,} ms" for stage, milliseconds in summary.durations_ms.items()))


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("score", epilog="Example: registry score --as-of 2026-10-31 --report run.html")(_score)
