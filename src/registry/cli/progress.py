"""How far long work is, shown while it runs, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from registry.cli.screen import error_console

if TYPE_CHECKING:
    from registry.services.importing import ImportProgress, Report


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


@contextmanager
def counted_progress(label: str, total: int) -> "Iterator[Callable[[int, int], None]]":
    """Show how many of `total` are done, on a terminal only."""
    from rich.progress import Progress

    screen = error_console()
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done, of: progress.update(task, completed=done, total=of)
