"""Cases from opening to publication of their entry: the time in the database of each step, 10 ms at most.

Makes a register of its own with 100,000 entries, of which nine in ten have ended, and takes cases on its institutions
one after the other, each step as a request takes it: with a key for retries, in a change set of its own, audited.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import asyncpg
from common.command import arguments, deliver, folder_of, read_options
from common.register import Register
from common.report import Report
from common.searched import SEARCHED, searched_register
from credit_entries import ENTRIES, WAYS, fill_entries
from search import centiles

from registry.db.pool import Database, open_database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.credit.vocabulary import Intake, Recommendation, RepairClass, ServiceWay, SubjectKind
from registry.services import credit

CASES = 40
"""Cases of each repetition."""
WARMING = 10
"""Cases before the first that is measured."""
BAR_MS = 10.0
SUBJECTS = """SELECT i.code, r.path, register.law_today() AS today FROM register.institution AS i
  JOIN register.region AS r ON r.code = i.region_code WHERE r.path LIKE '%/%/%/%' ORDER BY i.id"""
PUBLISHED = "SELECT count(*) FROM disclosure.listed_entry WHERE document_number LIKE 'case %'"
PAPER = credit.Paper("依法办理", (credit.Document("长民〔2026〕1号", date(2026, 1, 5), "0" * 64),))


@dataclass(slots=True)
class Spent:
    """Milliseconds that statements took since the last look, from being sent to being answered; and their number."""

    milliseconds: float = 0.0
    statements: int = 0

    def note(self, query: Any) -> None:
        """Add a statement."""
        self.milliseconds += 1000 * query.elapsed
        self.statements += 1


@dataclass(slots=True)
class Measured:
    """Of one kind of step: the milliseconds of each that was taken, and of how many statements one consists."""

    milliseconds: list[float] = field(default_factory=list)
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Officers:
    """The people of an authority whom a case needs, and of the one above it."""

    opener: Actor
    reviewer: Actor
    decider: Actor
    higher: Actor

    @classmethod
    def of(cls, path: str) -> "Officers":
        """Return those of the region with this path."""
        paths = (path, path, path, path.rpartition("/")[0])
        return cls(*(_regulator(number, at) for number, at in enumerate(paths, 1)))


def _regulator(number: int, path: str) -> Actor:
    return Actor(f"key:{number}", Role.REGULATOR, region_code=path.rpartition("/")[2], scope=path)


Taking = Callable[[Awaitable[credit.StepTaken]], Awaitable[credit.StepTaken]]


class Procedure:
    """Takes one case after the other and keeps what each step spent."""

    def __init__(self, database: Database, spent: Spent) -> None:
        self.database, self.spent = database, spent
        self.measured: dict[str, Measured] = {}
        self.requests = 0

    async def _take(self, name: str, act: Callable[..., Awaitable[credit.StepTaken]], *given: Any) -> credit.StepTaken:
        self.requests += 1
        self.spent.milliseconds, self.spent.statements = 0.0, 0
        taken = await act(self.database, *given, idempotency_key=f"k{self.requests}", request_id=f"r{self.requests}")
        await asyncio.sleep(0)  # what was sent last is noted in the next turn of the loop
        measured = self.measured.setdefault(name, Measured())
        measured.milliseconds.append(self.spent.milliseconds)
        measured.statements = self.spent.statements
        return taken

    async def case(self, number: int, code: str, who: Officers, today: date) -> None:
        """Open a case and take it to the publication of its entry."""
        wanted = credit.NewCase("CN-BLACK", "FRAUD", SubjectKind.INSTITUTION, code, Intake.SUPERVISION, PAPER)
        notice = credit.Notice(ServiceWay.DIRECT, today, "送达回证")
        taken = await self._take("openCase", credit.open_case, who.opener, wanted)
        taken = await self._take("serveNotice", credit.serve_notice, who.opener, _after(taken), notice)
        taken = await self._take("recordDefence", credit.record_defence, who.opener, _after(taken))
        list_it = Recommendation.LIST
        taken = await self._take("reviewCase", credit.review_case, who.reviewer, _after(taken), list_it)
        taken = await self._take("consentToCase", credit.consent_to_case, who.higher, _after(taken), True)
        taken = await self._take("decideCase", credit.decide_case, who.decider, _after(taken), _listing(number))
        if taken.entry_id is None:
            raise AssertionError("a decision to list makes an entry")
        entry = credit.EntryStep(taken.entry_id, 0, PAPER)
        await self._take("publishEntry", credit.publish_entry, who.opener, entry)


def _after(taken: credit.StepTaken) -> credit.Step:
    if taken.case_id is None:
        raise AssertionError("a step of a case names it")
    return credit.Step(taken.case_id, taken.step, PAPER)


def _listing(number: int) -> credit.Listing:
    return credit.Listing(
        document_number=f"case {number}",
        authority="民政局",
        repair_class=RepairClass.GENERAL,
        legal_basis="民发〔2019〕103号",
        remedy="六十日内可申请行政复议",
        evidence="检查笔录",
    )


@asynccontextmanager
async def _noting(register: Register) -> AsyncIterator[tuple[Database, Spent]]:
    """Give pools of one connection each, and what statements on the staff's one spend."""
    spent = Spent()
    async with open_database(register.addresses(SEARCHED), size=1) as database:
        async with database.staff.acquire() as connection:
            connection.add_query_logger(spent.note)
        yield database, spent


async def _take_cases(register: Register, subjects: Sequence[Mapping[str, Any]]) -> dict[str, Measured]:
    async with _noting(register) as (database, spent):
        procedure = Procedure(database, spent)
        for number, subject in enumerate(subjects):
            if number == WARMING:
                procedure.measured.clear()
            await procedure.case(number, subject["code"], Officers.of(subject["path"]), subject["today"])
    return procedure.measured


def _tell(report: Report, measured: Mapping[str, Measured]) -> None:
    every = [took for step in measured.values() for took in step.milliseconds]
    for name, step in measured.items():
        middle, high, worst = centiles(step.milliseconds)
        least = min(step.milliseconds)
        figures = f"{middle:.2f} ms ({least:.2f}–{worst:.2f}, p95 {high:.2f})"
        report.facts[name] = f"{figures}, {step.statements} statements"
    within = sum(took <= BAR_MS for took in every)
    report.facts[f"steps within {BAR_MS:g} ms"] = f"{within:,} of {len(every):,}"
    report.facts["entries before"] = f"{ENTRIES:,}, nine in ten ended"


async def _run(register: Register, report: Report) -> None:
    owner = await asyncpg.connect(register.addresses(SEARCHED).owner)
    try:
        await fill_entries(owner, WAYS["mixed"])
        rows = await owner.fetch(SUBJECTS)
        subjects = random.Random(1).sample(rows, WARMING + CASES * report.repetitions)
        measured = await _take_cases(register, subjects)
        published = await owner.fetchval(PUBLISHED)
    finally:
        await owner.close()
    if published != len(subjects) or any(
        len(step.milliseconds) != CASES * report.repetitions for step in measured.values()
    ):
        raise AssertionError(f"{published} entries of {len(subjects)} cases are in force")
    _tell(report, measured)
    slow = [name for name, step in measured.items() if centiles(step.milliseconds)[0] > BAR_MS]
    if slow:
        raise AssertionError(f"more than {BAR_MS:g} ms in the database: {', '.join(slow)}: {report.facts}")
    report.checks.append("every case ended with an entry that everybody sees in force")
    report.checks.append(f"no step's median is over {BAR_MS:g} ms")


def run(register: Register, repetitions: int) -> Report:
    """Measure."""
    report = Report("credit_steps", "Cases from opening to publication", register.institutions, repetitions)
    asyncio.run(_run(register, report))
    return report


def main() -> None:
    """Make the register, measure, print."""
    options = read_options(arguments(__doc__ or "", 5))
    with folder_of(options) as folder, searched_register(folder / "searched", options.institutions) as register:
        report = run(register, options.repetitions)
    deliver(report, options)


if __name__ == "__main__":
    main()
