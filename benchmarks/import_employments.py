"""Importing employments, against the server's own COPY FROM into an identically keyed empty table; and its memory."""

import asyncio
import csv
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import asyncpg
from common.command import main
from common.measure import Arm, Ratio, interleave, paired, peak_memory
from common.psql import copy_out, psql_seconds
from common.register import BEFORE_EMPLOYMENTS, COMPLETE, Register, import_one, rows_of
from common.report import Line, Report

from registry.db.pool import Addresses, open_database
from registry.services.importing import ImportProgress, ImportResult

COLUMNS = (
    "institution_id, person_id, occupation, worked, fte_thousandths, dispatched_by, appointed_level, position_title, "
    "change_id, ordinal"
)
# What LIKE … INCLUDING ALL leaves out: the references. The register's triggers act on UPDATE and DELETE only.
TABLE = (
    "CREATE TABLE public.copied (LIKE register.employment INCLUDING ALL)",
    "ALTER TABLE public.copied ADD FOREIGN KEY (institution_id) REFERENCES register.institution (id), "
    "ADD FOREIGN KEY (person_id) REFERENCES register.person (id), "
    "ADD FOREIGN KEY (dispatched_by) REFERENCES register.organisation (id)",
)
BARE = ("CREATE TABLE public.copied (LIKE register.employment INCLUDING IDENTITY)",)
COPY = f"COPY public.copied ({COLUMNS}) FROM STDIN (FORMAT binary)"
FACTS = COLUMNS.replace("change_id, ", "")
DIFFERING = (
    f"SELECT count(*) FROM (SELECT {FACTS} FROM public.copied EXCEPT ALL SELECT {FACTS} FROM register.employment) AS d"
)
AMENDMENTS = 10_000


@dataclass(slots=True)
class Work:
    """The files of the benchmark, and what came of importing them."""

    register: Register
    source: Path
    amendments: Path
    rows: Path
    total: int
    amended: int
    steps: dict[str, float] = field(default_factory=dict)
    unchanged: list[float] = field(default_factory=list)
    added_bytes: list[int] = field(default_factory=list)
    compared: bool = False

    @classmethod
    def of(cls, register: Register) -> "Work":
        """Make the file of amendments, and the finished rows that COPY takes."""
        source, rows = register.file("employments"), register.folder / "employments.bin"
        amendments, total = register.folder / "amended.csv", rows_of(source)
        complete = register.server.dsn("registry_admin", COMPLETE)
        copy_out(complete, f"SELECT {COLUMNS} FROM register.employment ORDER BY id", rows)
        return cls(register, source, amendments, rows, total, amend(source, amendments, total))

    def import_all(self) -> float:
        """Time the import of a new file; note its memory, and how long the same file again takes after it."""
        with self.register.copy_of(BEFORE_EMPLOYMENTS) as name:
            new = self._import(name, self.source)
            again = self._import(name, self.source)
            assert again.result.unchanged == self.total
        for step, seconds in new.steps.items():
            self.steps[step] = self.steps.get(step, 0.0) + seconds
        self.added_bytes.append(new.added_bytes)
        self.unchanged.append(again.seconds)
        return new.seconds

    def _import(self, name: str, path: Path) -> "Imported":
        """Import a file in a process of its own, whose memory nothing before has grown."""
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            return pool.submit(import_timed, self.register.addresses(name), path).result()

    def amend(self) -> float:
        """Time the import of the amendments into the full register."""
        with self.register.copy_of(COMPLETE) as name:
            done = self._import(name, self.amendments)
            assert done.result.amended == self.amended
        return done.seconds

    def copy_keyed(self) -> float:
        """Time COPY into a table with the same keys; the first time, compare what it gives with the import's."""
        with self.register.copy_of(COMPLETE) as name:
            seconds = self.copy_into(name, TABLE)
            if not self.compared:
                self._compare(name)
        return seconds

    def copy_bare(self) -> float:
        """Time COPY into a table without keys."""
        with self.register.copy_of(BEFORE_EMPLOYMENTS) as name:
            return self.copy_into(name, BARE)

    def copy_into(self, name: str, table: Iterable[str]) -> float:
        """Time COPY into a fresh table of one database."""
        self.register.command("DROP TABLE IF EXISTS public.copied", *table, "CHECKPOINT", database=name)
        return psql_seconds(self.register.server.dsn("registry_admin", name), COPY, source=self.rows)

    def _compare(self, name: str) -> None:
        differing, copied = asyncio.run(_compare(self.register.server.dsn("registry_admin", name)))
        if differing or copied != self.total:
            raise AssertionError("the table that was copied differs from the one that was imported")
        self.compared = True


async def _compare(address: str) -> tuple[int, int]:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval(DIFFERING), await connection.fetchval("SELECT count(*) FROM public.copied")
    finally:
        await connection.close()


@dataclass(frozen=True, slots=True)
class Imported:
    """One import: its seconds, as a whole and by step, and how far it raised the memory of its process."""

    result: ImportResult
    seconds: float
    steps: dict[str, float]
    added_bytes: int


def import_timed(addresses: Addresses, path: Path) -> Imported:
    """Import a file of employments."""
    marks: list[tuple[str, float]] = []

    def note(progress: ImportProgress) -> None:
        if not marks or marks[-1][0] != progress.step:
            marks.append((str(progress.step), time.perf_counter()))

    async def imported() -> tuple[ImportResult, float, float]:
        async with open_database(addresses, size=2) as database:
            begun = time.perf_counter()
            return await import_one(database, path, "employments", report=note), begun, time.perf_counter()

    with peak_memory() as memory:
        result, begun, ended = asyncio.run(imported())
    starts = [begun, *(at for _, at in marks[1:]), ended]
    steps = {step: end - start for (step, _), start, end in zip(marks, starts, starts[1:], strict=False)}
    return Imported(result, ended - begun, steps, memory.added)


def amend(source: Path, target: Path, total: int) -> int:
    """Write `AMENDMENTS` of the rows, from all over the file, with another share of full time; return how many."""
    every = max(1, total // AMENDMENTS)
    with source.open(encoding="utf-8", newline="") as given, target.open("w", encoding="utf-8", newline="") as taken:
        rows = csv.DictReader(given)
        writer = csv.DictWriter(taken, rows.fieldnames or ())
        writer.writeheader()
        chosen = list(islice((row for number, row in enumerate(rows) if number % every == 0), AMENDMENTS))
        writer.writerows({**row, "fte": "0.7" if row["fte"] != "0.7" else "0.8"} for row in chosen)
    return len(chosen)


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("import_employments", "Import of employments", register.institutions, repetitions)
    work = Work.of(register)
    arms = [
        Arm("import", work.import_all),
        Arm("copy", work.copy_keyed),
        Arm("bare", work.copy_bare),
        Arm("amended", work.amend),
    ]
    times = {**interleave(arms, repetitions), "unchanged": work.unchanged}
    report.checks.append(f"COPY gives the same {work.total:,} rows as the import")
    report.checks.append(f"the same file again changes nothing; {work.amended:,} changed rows amend as many")
    for what, against, unit, own, other in (
        ("import of a new file", "COPY, same keys", "speed", "import", "copy"),
        ("COPY, same keys", "COPY, no keys", "speed", "copy", "bare"),
        ("the same file again", "COPY, same keys", "speed", "unchanged", "copy"),
        ("the same file again", "import of a new file", "time", "unchanged", "import"),
        (f"{work.amended:,} amended rows, full register", "import of a new file", "time", "amended", "import"),
    ):
        ratio = paired(times[other], times[own]) if unit == "speed" else paired(times[own], times[other])
        middles = " : ".join(f"{Ratio.of(times[name]).middle:.2f} s" for name in (own, other))
        report.lines.append(Line(what, against, unit, ratio, middles))
    whole = sum(work.steps.values())
    shares = (f"{step.lower()} {100 * seconds / whole:.0f} %" for step, seconds in work.steps.items())
    report.facts["rows"] = f"{work.total:,}"
    report.facts["memory that the import of a new file adds"] = f"{max(work.added_bytes) / 2**20:.0f} MiB"
    report.facts["steps of the import of a new file"] = ", ".join(shares)
    return report


if __name__ == "__main__":
    main(__doc__ or "", run, repetitions=3)
