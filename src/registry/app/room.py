"""How many connections a process holds open: no more than its file descriptors allow."""

import resource
from functools import cache

MOST_CONNECTIONS = 10_000
KEPT_BACK = 200
"""Descriptors for files, the database and whoever is just being turned away."""


@cache
def most_connections() -> int:
    """Take as many descriptors as the system grants this process, and return how many of them are for callers."""
    taken, granted = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + KEPT_BACK
    if granted != resource.RLIM_INFINITY:
        wanted = min(wanted, granted)
    if taken != resource.RLIM_INFINITY and taken < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, granted))
    return max(wanted - KEPT_BACK, 1)
