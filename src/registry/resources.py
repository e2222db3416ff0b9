"""Where the SQL files and the SDL live: inside the installed package, or beside `src` in a checkout."""

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def resource_root(name: str) -> Path:
    """Return the folder `sql` or `schema`."""
    installed = Path(str(files("registry"))) / f"_{name}"
    if installed.is_dir():
        return installed
    return Path(__file__).resolve().parents[2] / name
