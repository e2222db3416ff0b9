"""Waiting no longer than one is willing to, also where the end of what is waited for has to be waited for itself."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what the work gives; after `seconds` raise TimeoutError and leave the work, told to end, to itself.

    A connection whose question is cancelled waits for its server's consent before it goes back to its pool:
    `asyncio.timeout` would wait with it, which is for ever where the server stands still.
    """
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.add_done_callback(_overlook)
        task.cancel()
        raise TimeoutError
    return task.result()


def _overlook(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled():
        task.exception()
