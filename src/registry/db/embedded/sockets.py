"""Where the server's socket lies: in the data directory, or in a private directory where that path is too long."""

import os
from pathlib import Path
from tempfile import gettempdir

from registry.db.embedded.account import Account, make_private_directory
from registry.db.embedded.layout import PORT, Layout

LONGEST_PATH_BYTES = 103  # macOS; Linux allows 107


def make_socket_directory(layout: Layout, account: Account) -> Path:
    """Make the directory of the socket, which only the server's account (and root) may enter."""
    name = f"{layout.name}-{account.uid}"
    candidates = (layout.run / "socket", Path(gettempdir()) / name)
    shortest = Path("/tmp") / name  # noqa: S108 - made 0700 and refused when another user owns it
    directory = next((candidate for candidate in candidates if _fits(candidate)), shortest)
    make_private_directory(directory, account)
    return directory


def _fits(directory: Path) -> bool:
    """Clients read a comma as the end of one host in a list of several."""
    return "," not in str(directory) and len(os.fsencode(directory / f".s.PGSQL.{PORT}")) <= LONGEST_PATH_BYTES
