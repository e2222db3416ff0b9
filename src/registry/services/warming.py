"""Getting the scoring core ready before the first run, so that a caller can say that it is compiling."""

import asyncio

from scoring import warm_up


async def warm_kernels() -> None:
    """Compile the kernels, or load them from their cache, beside the event loop."""
    await asyncio.to_thread(warm_up)
