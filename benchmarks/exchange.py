"""Full exports against the server's own COPY of the same columns, deltas by the number of changes, rows of a call."""

import asyncio
import csv
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from common.command import main
from common.measure import Arm, Ratio, Times, interleave, paired, peak_memory
from common.psql import psql_seconds
from common.register import ACTOR, COMPLETE, KEYS, Register, import_one
from common.report import Line, Report

from registry.db.pool import Addresses, open_database
from registry.db.statements import statement
from registry.services.exporting import MANIFEST, ExportFormat, ExportSet, Manifest, export_set
from registry.services.importing import import_rows

STORED = {
    ExportSet.ORGANISATIONS: """SELECT code, name, legal_form, region_code, status, registered_on, address
  FROM register.organisation""",
    ExportSet.INSTITUTIONS: """SELECT i.code, o.code, i.name, i.kind, i.region_code, i.status, i.beds, i.opened_on,
       i.closed_on, i.address
  FROM register.institution AS i JOIN register.organisation AS o ON o.id = i.organisation_id""",
    ExportSet.ASSESSMENTS: """SELECT i.code, a.decided_on, a.grade, a.environment, a.facilities, a.operations,
       a.service, lower(a.valid), upper(a.valid), a.assessor, a.document_number
  FROM register.assessment AS a JOIN register.institution AS i ON i.id = a.institution_id""",
    ExportSet.RATINGS: """SELECT i.code, r.policy_id, r.as_of, r.stars, r.stars, r.score, r.certified_ratio, r.reason,
       r.run_id
  FROM register.rating AS r JOIN register.institution AS i ON i.id = r.institution_id""",
}
"""The columns of each set where they are stored, without the views of the public, without an order."""
CHANGES = (1, 100, 10_000)
CALL_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Exported:
    """One export: its seconds, its bytes and rows, and how far it raised the memory of its process."""

    seconds: float
    bytes: int
    rows: int
    added_bytes: int


def export_timed(addresses: Addresses, wanted: ExportSet, file_format: ExportFormat, since: int | None) -> Exported:
    """Export a set into a folder of its own."""

    async def exported(folder: Path) -> tuple[Manifest, float]:
        async with open_database(addresses, size=2) as database:
            begun = time.perf_counter()
            manifest = await export_set(database, ACTOR, wanted, folder, since=since, file_format=file_format)
            return manifest, time.perf_counter() - begun

    with TemporaryDirectory(prefix="registry-bench-") as folder, peak_memory() as memory:
        manifest, seconds = asyncio.run(exported(Path(folder)))
        assert (Path(folder) / manifest.folder / MANIFEST).exists()
    bytes_, rows = sum(file.bytes for file in manifest.files), sum(file.rows for file in manifest.files)
    return Exported(seconds, bytes_, rows, memory.added)


@dataclass(slots=True)
class Work:
    """The exports of a register, and what came of them."""

    addresses: Addresses
    rows: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    added_bytes: dict[str, int] = field(default_factory=dict)

    def export(
        self, wanted: ExportSet, file_format: ExportFormat = ExportFormat.CSV, since: int | None = None
    ) -> float:
        """Time an export in a process of its own, whose memory nothing before has grown."""
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            done = pool.submit(export_timed, self.addresses, wanted, file_format, since).result()
        name = f"{wanted} {file_format}" if since is None else f"{wanted} delta"
        self.rows[name], self.bytes[name] = done.rows, done.bytes
        self.added_bytes[name] = max(done.added_bytes, self.added_bytes.get(name, 0))
        return done.seconds

    def copy(self, query: str) -> float:
        """Time the server's own COPY of a query."""
        return psql_seconds(self.addresses.owner, f"COPY ({query}) TO STDOUT (FORMAT csv)")

    def full(self, repetitions: int) -> Times:
        """Time every set, its statement by COPY, and its columns as they are stored."""
        arms = []
        for wanted, stored in STORED.items():
            asked = statement(f"export/{wanted.replace('-', '_')}_csv").replace("$1", "NULL")
            arms.append(Arm(f"{wanted} export", partial(self.export, wanted)))
            arms.append(Arm(f"{wanted} asked", partial(self.copy, asked)))
            arms.append(Arm(f"{wanted} stored", partial(self.copy, stored)))
            arms.append(Arm(f"{wanted} jsonl", partial(self.export, wanted, ExportFormat.JSONL)))
        return interleave(arms, repetitions)


async def _amend(addresses: Addresses, file: Path) -> int:
    """Import changed institutions; return the position of the register before."""
    async with open_database(addresses, size=2) as database:
        before: int = await database.staff.fetchval("SELECT position FROM disclosure.head")
        await import_one(database, file, "institutions")
        return before


def changed(register: Register, number: int, mark: int) -> Path:
    """Write a file of so many institutions from all over the register, each with other beds."""
    source, target = register.file("institutions"), register.folder / "changed-institutions.csv"
    every = max(1, register.institutions // number)
    with source.open(encoding="utf-8", newline="") as given, target.open("w", encoding="utf-8", newline="") as taken:
        rows = csv.DictReader(given)
        writer = csv.DictWriter(taken, rows.fieldnames or ())
        writer.writeheader()
        chosen = islice((row for place, row in enumerate(rows) if place % every == 0), number)
        writer.writerows({**row, "beds": str(int(row["beds"]) + mark)} for row in chosen)
    return target


def deltas(register: Register, work: Work, repetitions: int) -> dict[int, list[float]]:
    """Time the export of what 1, 100 and 10,000 changes changed; each must have as many rows."""
    times: dict[int, list[float]] = {number: [] for number in CHANGES}
    for repetition in range(repetitions):
        for number in CHANGES:
            before = asyncio.run(_amend(work.addresses, changed(register, number, repetition + number)))
            times[number].append(work.export(ExportSet.INSTITUTIONS, since=before))
            if work.rows["institutions delta"] != number:
                raise AssertionError(f"{work.rows['institutions delta']} rows for {number} changes")
    return times


def called_rows(register: Register) -> list[dict[str, str]]:
    """Return as many employments from all over the register as a call takes."""
    source = register.file("employments")
    with source.open(encoding="utf-8", newline="") as given:
        every = max(1, register.institutions * 9 // CALL_ROWS)
        return list(islice((row for place, row in enumerate(csv.DictReader(given)) if place % every == 0), CALL_ROWS))


async def _call(addresses: Addresses, rows: list[dict[str, str]], key: str) -> tuple[float, int]:
    async with open_database(addresses, size=2) as database:
        begun = time.perf_counter()
        source = "benchmark"
        done = await import_rows(database, ACTOR, lambda: KEYS, "employments", rows, source=source, idempotency_key=key)
        return time.perf_counter() - begun, done.amended + done.added


def calls(register: Register, addresses: Addresses, repetitions: int) -> dict[str, list[float]]:
    """Time calls of 10,000 rows that amend as many employments, and of as many that are new."""
    times: dict[str, list[float]] = {"amended": [], "new": []}
    standing = called_rows(register)
    for number in range(repetitions):
        day = f"1999-0{1 + number % 9}-0{1 + number // 9}"
        amended = [{**row, "position_title": f"护理{number}"} for row in standing]
        new = [{**row, "started_on": day, "ended_on": day} for row in standing]
        for name, rows in (("amended", amended), ("new", new)):
            seconds, written = asyncio.run(_call(addresses, rows, f"{name}-{number}"))
            if written != CALL_ROWS:
                raise AssertionError(f"{written} rows were {name}")
            times[name].append(seconds)
    return times


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("exchange", "Exports and rows of a call", register.institutions, repetitions)
    with register.copy_of(COMPLETE) as name:
        work = Work(register.addresses(name))
        _tell_full(report, work, work.full(repetitions))
        _tell_deltas(report, deltas(register, work, repetitions))
        _tell_calls(report, calls(register, work.addresses, repetitions))
    report.facts["memory that an export adds at most"] = f"{max(work.added_bytes.values()) / 2**20:.1f} MiB"
    by_set = (f"{name} {added / 2**20:.1f} MiB" for name, added in work.added_bytes.items())
    report.facts["memory by set"] = ", ".join(by_set)
    return report


def _tell_full(report: Report, work: Work, times: Times) -> None:
    whole = {kind: _summed(times, kind) for kind in ("export", "asked", "stored", "jsonl")}
    for wanted, arms in [("all sets", whole), *((each, _of(times, each)) for each in STORED)]:
        for against, title in (("stored", "COPY of the same columns"), ("asked", "COPY of the same statement")):
            ratio = paired(arms[against], arms["export"])
            report.lines.append(Line(f"{wanted}, CSV", title, "speed", ratio, _medians(arms["export"], arms[against])))
    report.lines.append(
        Line(
            "all sets, JSON Lines",
            "CSV",
            "time",
            paired(whole["jsonl"], whole["export"]),
            _medians(whole["jsonl"], whole["export"]),
        )
    )
    report.facts["rows and bytes of a full export"] = json.dumps(
        {name: [rows, work.bytes[name]] for name, rows in work.rows.items() if name.endswith("csv")}
    )


def _of(times: Times, wanted: str) -> dict[str, list[float]]:
    return {kind: times[f"{wanted} {kind}"] for kind in ("export", "asked", "stored", "jsonl")}


def _summed(times: Times, kind: str) -> list[float]:
    return [sum(one) for one in zip(*(times[f"{wanted} {kind}"] for wanted in STORED), strict=True)]


def _tell_deltas(report: Report, times: dict[int, list[float]]) -> None:
    few, *others = CHANGES
    for number in others:
        ratio = paired(times[number], times[few])
        what, medians = f"delta of {number:,} changes", _medians(times[number], times[few])
        report.lines.append(Line(what, f"delta of {few}", "time", ratio, medians))
    costs = (f"{number:,}: {1e3 * median(times[number]):.1f} ms" for number in CHANGES)
    report.facts["delta of institutions by changes"] = ", ".join(costs)
    report.checks.append("each delta has as many rows as there were changes")


def _tell_calls(report: Report, times: dict[str, list[float]]) -> None:
    for name, seconds in times.items():
        told = Ratio.of(seconds)
        title = f"importRows of {CALL_ROWS:,} {name} employments"
        report.facts[title] = f"{told.middle:.2f} s ({told.low:.2f}–{told.high:.2f})"


def _medians(own: list[float], other: list[float]) -> str:
    return f"{Ratio.of(own).middle:.2f} s : {Ratio.of(other).middle:.2f} s"


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=3)
