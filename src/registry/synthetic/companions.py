"""The folders beside the register: a second source, the next month, and what importing their files must report."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from registry.synthetic import next_month, second_source
from registry.synthetic.draws import Draws
from registry.synthetic.excerpts import Excerpts, Folder, open_folder
from registry.synthetic.files import WrittenFile, write_json, write_manifest
from registry.synthetic.planting import Plan, some
from registry.synthetic.scene import Scene

SECOND_PER_FINDING = 3
"""The second source has so many institutions for each in which it contradicts the first."""

SNAPSHOTS_PER_FINDING = 5
"""Others that have a snapshot of the next month."""

SNAPSHOTS = frozenset({"employments", "residents"})
"""Files of the next month that are all that the source has to say on the institutions in them."""

OUTCOMES = ("added", "amended", "ended", "unchanged", "contradictions")
_STREAM = 1_000_000
"""What the companions of a block are drawn from: streams that no block of the register uses."""


@dataclass(slots=True)
class Companions:
    """The folders while they are written."""

    second: Folder
    snapshot: next_month.Snapshot
    as_of: date
    seed: int
    turn: int = 0

    def write(self, scene: Scene, plan: Plan, excerpts: Excerpts, block: int) -> list[dict[str, object]]:
        """Writes what the folders have on some institutions of a block; gives where the sources contradict."""
        draws = Draws(self.seed, _STREAM + block)
        planted = np.array(sorted({row for rows in plan.institutions for row in rows}), np.int64)
        plain = np.setdiff1d(np.nonzero(scene.active)[0], planted)
        seconds, snapshots = plan.wanted * SECOND_PER_FINDING, plan.wanted * SNAPSHOTS_PER_FINDING
        chosen = some(draws, plain, seconds + snapshots).tolist()
        for row in sorted(chosen[seconds:]):
            self.snapshot.write(draws, excerpts, row, int(scene.provinces[row]))
        return [finding for row in sorted(chosen[:seconds]) for finding in self._second(excerpts, row)]

    def _second(self, excerpts: Excerpts, row: int) -> list[dict[str, object]]:
        """Every third institution, the first among them, is told otherwise; the rest as the first source has it."""
        turn, agrees = divmod(self.turn, SECOND_PER_FINDING)
        self.turn += 1
        return second_source.write_rows(self.second, excerpts, row, None if agrees else turn, self.as_of)

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All folders."""
        return self.second, self.snapshot.whole, self.snapshot.cut

    def written(self) -> tuple[WrittenFile, ...]:
        """All files."""
        return tuple(table.written() for folder in self.folders for table in folder.files.values())


def open_companions(stack: ExitStack, directory: Path, seed: int, as_of: date) -> Companions:
    """The folders with their files, closed and named by the stack."""
    second = open_folder(stack, directory, "second_source", second_source.KINDS)
    whole = open_folder(stack, directory, "next_month", next_month.KINDS)
    cut = open_folder(stack, directory, "truncated", next_month.CUT_KINDS)
    return Companions(second, next_month.Snapshot(whole, cut, as_of), as_of, seed)


FIRST_SOURCE, SECOND_SOURCE = "first source", "second source"
"""What `--source` says in the imports that are expected; the register itself comes from the first."""

LEAST_REFUSED = 3
"""A snapshot that removes fewer rows is never refused for removing too many."""


def write_expected(directory: Path, companions: Companions) -> None:
    """Writes `expected.json` into each folder: how its files are imported, and what each import must report.

    And `manifest.json`; that of the snapshot cut short tells of the files as they were published.
    """
    second, whole, cut = companions.folders
    _write(directory, second, SECOND_SOURCE, lambda kind: _prevailing(second.tallies[kind]))
    _write(directory, whole, FIRST_SOURCE, lambda kind: {"snapshot": kind in SNAPSHOTS, **_report(whole.tallies[kind])})
    removed = whole.rows("employments") - cut.rows("employments")
    refusal: dict[str, object] = {"snapshot": True, "refused": "import.mass-removal"}
    _write(directory, cut, FIRST_SOURCE, lambda _: refusal if removed >= LEAST_REFUSED else {"snapshot": True})
    for folder, published in ((second, second), (whole, whole), (cut, whole)):
        write_manifest(directory / folder.name, [published.files[kind].written() for kind in folder.files])


def _report(tally: Mapping[str, int]) -> dict[str, object]:
    return {outcome: tally.get(outcome, 0) for outcome in OUTCOMES}


def _prevailing(tally: Mapping[str, int]) -> dict[str, object]:
    """The report where no rule puts the first source above the second: what contradicts it prevails."""
    return _report(tally) | {"amended": tally.get("contradictions", 0)}


def _write(directory: Path, folder: Folder, source: str, report: Callable[[str], Mapping[str, object]]) -> None:
    imports = [
        {"file": f"{kind}.csv", "kind": kind, "rows": folder.rows(kind), **report(kind)}
        for kind in folder.files
        if folder.rows(kind)
    ]
    document = {"source": source, "imports": imports}
    write_json(directory / folder.name / "expected.json", document)
