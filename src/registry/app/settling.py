"""What a process has made when it begins to serve stays, so that no collection looks at it while somebody waits."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled() -> Iterator[None]:
    """Keep what there is out of the garbage collector's sight: schema, templates, kernels."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
