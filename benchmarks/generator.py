"""Generating a synthetic register, against writing the same bytes from memory."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from common.command import arguments, deliver, read_options
from common.measure import Arm, Ratio, interleave, paired, peak_memory, seconds_of
from common.report import Line, Report

from registry.synthetic import Manifest, generate

SEED = 1
MIB = 2**20


def contents_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_again(contents: dict[str, bytes], folder: Path) -> None:
    """Write files from memory."""
    for name, content in contents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def timed_in_fresh_folder(home: Path, work: Callable[[Path], object]) -> float:
    """Time some work that fills an empty folder."""
    with tempfile.TemporaryDirectory(dir=home) as folder:
        return seconds_of(lambda: work(Path(folder)))


def measure(institutions: int, repetitions: int, home: Path) -> Report:
    """Measure in a folder."""
    report = Report("generator", "Generating a synthetic register", institutions, repetitions)
    first = home / "first"
    with peak_memory() as memory:
        manifest = generate(first, institutions, SEED)
    contents = contents_of(first)
    arms = [
        Arm("generate", lambda: timed_in_fresh_folder(home, lambda to: generate(to, institutions, SEED))),
        Arm("write", lambda: timed_in_fresh_folder(home, lambda to: write_again(contents, to))),
    ]
    report.checks.append(_same_again(home, manifest))
    times = interleave(arms, repetitions)
    middle, floor = (Ratio.of(times[name]).middle for name in ("generate", "write"))
    rows = sum(file.rows for file in (*manifest.files, *manifest.companions))
    ratio = paired(times["write"], times["generate"])
    report.lines.append(
        Line("generate", "write the same bytes from memory", "speed", ratio, f"{middle:.2f} s : {floor:.2f} s")
    )
    report.facts["rows"] = f"{rows:,}, {rows / middle:,.0f} a second"
    report.facts["bytes"] = f"{sum(map(len, contents.values())) / MIB:,.0f} MiB"
    report.facts["memory added at the peak of generating"] = f"{memory.added / MIB:.0f} MiB"
    return report


def _same_again(home: Path, manifest: Manifest) -> str:
    with tempfile.TemporaryDirectory(dir=home) as folder:
        again = generate(Path(folder), manifest.institutions, SEED)
    if (again.files, again.companions) != (manifest.files, manifest.companions):
        raise AssertionError("the same seed gave other bytes")
    return f"the same seed gives the same bytes in {len(manifest.files) + len(manifest.companions)} files"


def main() -> None:
    """Measure and print."""
    options = read_options(arguments(__doc__ or "", 5))
    with tempfile.TemporaryDirectory(prefix="registry-bench-") as home:
        deliver(measure(options.institutions, options.repetitions, Path(home)), options)


if __name__ == "__main__":
    main()
