"""The floor: PostgreSQL's own client, timed by itself, so that starting it and connecting do not count."""

import os
import re
import subprocess
from pathlib import Path

from registry.db.embedded.binaries import get_binaries

SEARCH_PATH = "register,disclosure"
"""Where the staff pool looks for tables that a statement names without a schema."""
_TIME = re.compile(r"^Time: ([0-9.]+) ms", re.MULTILINE)
_ENVIRONMENT = os.environ | {"PGOPTIONS": f"-c search_path={SEARCH_PATH}"}


def psql_seconds(address: str, *statements: str, source: Path | None = None) -> float:
    """Run statements one after the other, what they give to /dev/null; return the sum of their seconds.

    `source` feeds a COPY FROM STDIN. Raises CalledProcessError where a statement fails,
    which psql tells on standard error.
    """
    commands = [part for statement in ("\\timing on", *statements) for part in ("-c", statement)]
    program = get_binaries().program("psql")
    with (source or Path("/dev/null")).open("rb") as stdin:
        done = subprocess.run(
            [program, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", *commands, address],
            stdin=stdin,
            stdout=subprocess.PIPE,
            check=True,
            env=_ENVIRONMENT,
        )
    times = _TIME.findall(done.stdout.decode())
    return sum(float(time) for time in times) / 1000


def copy_out(address: str, query: str, target: Path) -> None:
    """Write the rows of a query into a file as binary COPY."""
    program = get_binaries().program("psql")
    command = [program, "-X", "-q", "-c", f"COPY ({query}) TO STDOUT (FORMAT binary)", address]
    with target.open("wb") as stdout:
        subprocess.run(command, stdout=stdout, check=True, env=_ENVIRONMENT)


def with_values(text: str, *values: str) -> str:
    """Return a statement with the SQL constants in place of its parameters $1, $2, …"""
    return re.sub(r"\$(\d+)", lambda found: values[int(found[1]) - 1], text)


def text_array(items: list[str]) -> str:
    """Return an array of codes as a SQL constant."""
    return "'{" + ",".join(f'"{item}"' for item in items) + "}'"
