"""The import: a file's rows staged, checked and merged in one transaction, published as one change set, or nothing."""

from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from registry.db.pool import Database, execute, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import Bilingual, ConfigurationError
from registry.domain.identifiers import hide_citizen_ids
from registry.domain.personal import PersonalKeys
from registry.services.importing.checks import refuse_bad_rows
from registry.services.importing.files import measured
from registry.services.importing.plans import PLANS, ImportPlan
from registry.services.importing.results import ImportCounts, ImportProgress, ImportResult, ImportStep
from registry.services.importing.staging import Report, Upload, stage
from registry.services.importing.turns import await_turn
from registry.services.permissions import require
from registry.services.personal_keys import claim_key, hold_keys
from registry.services.transactions import Change, ChangeKind, acting, publishing
from registry.transfer import ErrorLog, FileFormat, get_kind

LONGEST_WAIT_SECONDS = 600.0
MOST_ERRORS_TOLD = 1_000
NOTHING_DONE = ImportCounts(0, 0, 0, 0, 0)


def silent(_: ImportProgress) -> None:
    """Tell nobody."""


class _RehearsalOver(Exception):
    """Rolls a dry run back."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One import with all it needs."""

    plan: ImportPlan
    keys: PersonalKeys | None
    upload: Upload
    source: str
    actor: Actor
    dry_run: bool
    request_id: str | None
    wait_seconds: float
    change_kind: ChangeKind

    @property
    def kind(self) -> str:
        """The name of the kind."""
        return self.plan.kind.name


async def import_file(
    database: Database,
    actor: Actor,
    keys: PersonalKeys | None,
    kind: str,
    content: Path | BinaryIO,
    *,
    file_name: str,
    source: str,
    file_format: FileFormat = FileFormat.CSV,
    dry_run: bool = False,
    request_id: str | None = None,
    progress: Report = silent,
    wait_seconds: float = LONGEST_WAIT_SECONDS,
    error_limit: int = MOST_ERRORS_TOLD,
    change_kind: ChangeKind = ChangeKind.IMPORT,
) -> ImportResult:
    """Bring the register to what a file says, as one change set; the same file again changes nothing.

    Natural keys decide whether a row is added or amended; what the file does not name stays. A dry run does all and
    rolls back. Imports take turns: `wait_seconds` is the longest wait for one under way. `keys` may be None for kinds
    without personal data. A regulator's rows must lie in the regulator's region (`scope.region`).

    Raises RowsRejected (nothing written; the first `error_limit` errors in the order of rows), InputError
    (`import.kind`, `file.unreadable`), Forbidden, Conflict (`import.busy`).
    """
    require(actor, Role.ADMIN, Role.REGULATOR)
    plan = PLANS[get_kind(kind).name]
    name = hide_citizen_ids(file_name)
    with measured(content, name) as measured_file:
        job = _Job(
            plan,
            _needed(plan, keys),
            Upload(name, measured_file, file_format, ErrorLog(limit=error_limit), progress),
            source=hide_citizen_ids(source),
            actor=actor,
            dry_run=dry_run,
            request_id=request_id,
            wait_seconds=wait_seconds,
            change_kind=change_kind,
        )
        return await _publish(database, job)


def _needed(plan: ImportPlan, keys: PersonalKeys | None) -> PersonalKeys | None:
    if plan.personal is None:
        return None
    if keys is None:
        zh, en = "导入人员数据需要个人信息密钥", "importing people's data needs the personal data key"
        raise ConfigurationError(Bilingual(zh, en), rule="personal-key.missing", path=("PII_KEY",))
    return keys


def _opened(database: Database, job: _Job) -> AbstractAsyncContextManager[Change]:
    """The job's change set. People are matched over the whole register; `_check` holds the actor's scope."""
    return publishing(
        database,
        replace(job.actor, scope=EVERYTHING, institution_code=None),
        job.change_kind,
        f"import {job.kind}",
        action="importRows",
        source=job.source,
        request_id=job.request_id,
    )


async def _publish(database: Database, job: _Job) -> ImportResult:
    counts, position = NOTHING_DONE, None
    if job.keys is not None and not job.dry_run:
        async with acting(database, job.actor) as work:
            await claim_key(work.connection, job.keys)
    try:
        async with _opened(database, job) as change:
            counts = await _bring_in(change, job)
            if job.dry_run:
                raise _RehearsalOver
        position = change.published.position if change.published else None
    except _RehearsalOver:
        pass
    return ImportResult(job.kind, job.upload.name, **asdict(counts), position=position, dry_run=job.dry_run)


async def _bring_in(change: Change, job: _Job) -> ImportCounts:
    keys = None if job.keys is None else await hold_keys(change.connection, job.keys)
    rows = await stage(change.connection, job.plan, job.plan.converter(keys), job.upload)
    job.upload.tell(ImportStep.WAITING, rows)
    await await_turn(change.connection, job.wait_seconds)
    if keys is not None and keys.rotating:
        await execute(change.connection, "import/follow_key")
    job.upload.tell(ImportStep.CHECKING, rows)
    await _check(change, job)
    counts = await _count(change, rows)
    job.upload.tell(ImportStep.WRITING, rows)
    if counts.added or counts.amended:
        await _write(change, job.plan)
    await _record(change, job, counts)
    return counts


async def _check(change: Change, job: _Job) -> None:
    await execute(change.connection, "import/analyse_staged")
    await execute(change.connection, job.plan.statement("resolve"))
    await execute(change.connection, "import/analyse_resolved")
    scope = job.actor.scope
    checks = job.plan.checks if scope == EVERYTHING else job.plan.checks + job.plan.scope_checks
    await refuse_bad_rows(change, checks, job.upload.name, scope, job.upload.errors)


async def _count(change: Change, rows: int) -> ImportCounts:
    row = await fetch_row(change.connection, "import/count")
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return ImportCounts(rows, row["added"], row["amended"], 0, row["unchanged"])


async def _write(change: Change, plan: ImportPlan) -> None:
    """Write the register table by table; each statement numbers its rows from the change set's ordinal base."""
    for name in plan.writes:
        await change.reserve_from(await execute(change.connection, plan.statement(name)))


async def _record(change: Change, job: _Job, counts: ImportCounts) -> None:
    digest = job.upload.content.sha256()
    change_id = change.change_id if change.written else None
    batch = (job.kind, job.upload.name, digest, job.source)
    numbers = (counts.rows, counts.added, counts.amended, counts.ended, counts.unchanged)
    batch_id = await fetch_value(change.connection, "import/record_batch", *batch, *numbers, change_id)
    change.subject = f"import:{batch_id}"
    change.details |= {"kind": batch[0], "file": batch[1], "sha256": digest.hex(), "source": batch[3], **asdict(counts)}
