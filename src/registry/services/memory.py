"""What large columns leave behind goes back to the system at once."""

import ctypes

_M_MMAP_THRESHOLD = -3
_BYTES = 6 << 20
"""More than a chunk of COPY, less than a column of four million: what comes and goes quickly stays where it is."""


def give_back_at_once() -> None:
    """Let the allocator map every block of 6 MiB or more by itself; without effect where it is not glibc's.

    Left alone, glibc raises that size to the largest block freed so far, up to 32 MiB, and freed columns below it stay
    with the process.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, _BYTES)
