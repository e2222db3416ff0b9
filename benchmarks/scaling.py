"""From nothing to a scored register at N and at 10 N institutions: a linear stage takes ten times as long."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import asyncpg
import uvloop
from common.command import arguments, deliver, folder_of, read_options, tell
from common.measure import Ratio
from common.register import COMPLETE, MARKER, prepared_register
from common.report import Line, Report
from common.stages import Stage

SMALLER = 4_000
TIMES = 10
MIB = 2**20
BYTES = "SELECT pg_database_size(current_database())"


async def _database_bytes(address: str) -> int:
    connection = await asyncpg.connect(address)
    try:
        size: int = await connection.fetchval(BYTES)
    finally:
        await connection.close()
    return size


def prepare(folder: Path, institutions: int) -> int:
    """Make the register of a folder unless it is there; return the bytes of its database."""
    with prepared_register(folder, institutions, lambda text: tell(f"{institutions:,}: {text}")) as register:
        return uvloop.run(_database_bytes(register.server.dsn("registry_admin", COMPLETE)))


def _prepare_apart(folder: Path, institutions: int) -> int:
    """Prepare in a process of its own, so that one size's memory does not show in the other's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(prepare, folder, institutions).result()


def stages_of(folder: Path) -> dict[str, Stage]:
    """Return what the stages took when the register was prepared, by name."""
    document = json.loads((folder / MARKER).read_text())
    return {stage["name"]: Stage(**stage) for stage in document["stages"]}


def measure(folder: Path, institutions: int) -> Report:
    """Prepare both sizes in folders named after them, which other benchmarks can go on with."""
    sizes = (institutions, institutions * TIMES)
    folders = [folder / str(size) for size in sizes]
    volumes = [_prepare_apart(place, size) for place, size in zip(folders, sizes, strict=True)]
    report = Report("scaling", f"From {sizes[0]:,} to {sizes[1]:,} institutions", sizes[1], 1)
    small, large = map(stages_of, folders)
    for name, stage in large.items():
        report.lines.append(_line(name, small[name], stage, sizes))
    report.lines.append(_bytes_line(volumes, sizes))
    for size, stages in zip(sizes, (small, large), strict=True):
        _state(report, size, stages)
    return report


def _line(name: str, small: Stage, large: Stage, sizes: tuple[int, int]) -> Line:
    ratio = large.seconds / small.seconds / TIMES
    medians = f"{large.seconds:.2f} s : {small.seconds:.2f} s"
    if large.rows:
        medians += f", {_pace(large)} : {_pace(small)} rows/s"
    return Line(name, f"{sizes[0]:,} institutions, {TIMES} times", "time", Ratio.of([ratio]), medians)


def _pace(stage: Stage) -> str:
    return f"{stage.rows / stage.seconds:,.0f}"


def _bytes_line(volumes: list[int], sizes: tuple[int, int]) -> Line:
    medians = " : ".join(f"{volume / MIB:,.0f} MiB" for volume in reversed(volumes))
    ratio = Ratio.of([volumes[1] / volumes[0] / TIMES])
    return Line("size of the database", f"{sizes[0]:,} institutions, {TIMES} times", "bytes", ratio, medians)


def _state(report: Report, size: int, stages: dict[str, Stage]) -> None:
    imports = {name: stage for name, stage in stages.items() if name.startswith("import")}
    name, widest = max(imports.items(), key=lambda item: item[1].peak_bytes)
    report.facts[f"peak resident memory of the importing process, {size:,} institutions"] = (
        f"{widest.peak_bytes / MIB:.0f} MiB in {name}"
    )
    report.facts[f"rows imported, {size:,} institutions"] = f"{sum(stage.rows for stage in imports.values()):,}"
    report.facts[f"all stages, {size:,} institutions"] = f"{sum(stage.seconds for stage in stages.values()):.0f} s"


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "", 1)
    parser.set_defaults(institutions=SMALLER)
    options = read_options(parser)
    with folder_of(options) as folder:
        deliver(measure(folder, options.institutions), options)


if __name__ == "__main__":
    main()
