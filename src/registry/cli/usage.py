"""Wrong usage, told in both languages: the group of all commands puts a Chinese lead on what the parser says."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperGroup

TITLE = "Wrong usage 用法错误"
HINT = "Try [blue]'{command_path} {help_option}'[/] for help. 运行该命令可查看用法。"


@contextmanager
def _led_in_both_languages() -> Iterator[None]:
    """Set the words around a complaint of the parser; only then, as what prints it is slow to import."""
    try:
        yield
    except Exception as error:
        if hasattr(error, "format_message"):
            from typer import rich_utils

            rich_utils.ERRORS_PANEL_TITLE, rich_utils.RICH_HELP = TITLE, HINT
        raise


class Commands(TyperGroup):
    """The group of all commands."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Read the options before the command."""
        with _led_in_both_languages():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """Read and run the command."""
        with _led_in_both_languages():
            return super().invoke(ctx)
