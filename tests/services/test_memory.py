"""Columns that are freed leave the process."""

import subprocess
import sys

import pytest

# Where glibc has seen a block of 24 MiB freed, it keeps blocks of 8 MiB below another one that stays.
FREED = """
import sys
import numpy as np
from registry.services.memory import give_back_at_once

if sys.argv[1] == "at once":
    give_back_at_once()
def resident():
    with open("/proc/self/statm") as table:
        return int(table.read().split()[1]) * 4096 / 2**20
first = np.ones(3 << 20)
del first
columns = [np.ones(1 << 20) for _ in range(12)]
held = resident()
del columns[:-1]
print(held - resident())
"""


def freed(how: str) -> float:
    done = subprocess.run([sys.executable, "-c", FREED, how], check=True, capture_output=True, text=True)
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="tells resident memory by /proc")
def test_freed_columns_leave_the_process() -> None:
    assert freed("at once") > 80
