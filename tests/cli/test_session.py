"""Running a command's coroutine: a request to stop is never lost."""

import asyncio
from contextlib import suppress

import pytest

from registry.cli.session import run


async def _deaf() -> str:
    """Swallow a request to stop, as what is waited for may."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    return "done"


def test_a_swallowed_stop_still_stops() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(_deaf())


def test_what_is_done_is_returned() -> None:
    assert run(asyncio.sleep(0, "done")) == "done"
