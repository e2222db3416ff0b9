"""Settings, logs and the event loop of one command."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from registry.domain.actors import Actor, operator

if TYPE_CHECKING:
    from registry.db.pool import Database
    from registry.settings import Settings

T = TypeVar("T")


def settings_of_command(*, service: bool = False, **given: Any) -> "Settings":
    """Read the settings and set up the logs; what is no service keeps quiet unless LOG_LEVEL is set."""
    from registry.app.logs import configure_logging
    from registry.settings import load_settings

    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    quiet = not service and "log_level" not in settings.model_fields_set
    configure_logging("WARNING" if quiet else settings.log_level, settings.log_format if service else "console")
    return settings


def operator_here() -> Actor:
    """Return the actor of a command: whoever runs it on this machine."""
    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        name = "unknown"
    return operator(f"cli:{name}")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a fast loop; SIGTERM cancels cleanly and then counts as an interruption."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_stoppable(work))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            signal.signal(signal.SIGTERM, signal.default_int_handler)


async def _stoppable(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


@asynccontextmanager
async def opened(settings: "Settings", *, size: int = 4) -> "AsyncIterator[Database]":
    """Open the register for this command."""
    from registry.app.hosting import opened_register

    async with opened_register(settings, size=size) as database:
        yield database
