"""The import: a file's rows staged, checked and merged in one transaction, published as one change set, or nothing."""

from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from registry.db.pool import Database, Record, execute, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.errors import Bilingual, ConfigurationError, RowError, RowsRejected
from registry.domain.identifiers import hide_citizen_ids
from registry.domain.personal import PersonalKeys
from registry.domain.sources import parse_source
from registry.services.importing.calls import Call, require_kind
from registry.services.importing.files import measured
from registry.services.importing.merging import Merge, Scope
from registry.services.importing.options import NO_OPTIONS, ImportOptions, check_options
from registry.services.importing.plans import PLANS, ImportPlan
from registry.services.importing.results import EarlierImport, ImportCounts, ImportProgress, ImportResult, ImportStep
from registry.services.importing.rules import OTHER_INSTITUTION
from registry.services.importing.staging import Report, Upload, stage
from registry.services.importing.turns import await_turn
from registry.services.importing.wholeness import refuse_other_file
from registry.services.permissions import require
from registry.services.personal_keys import claim_key, hold_keys
from registry.services.transactions import Change, ChangeKind, Work, acting, publishing
from registry.transfer import ErrorLog, FileFormat, get_kind

LONGEST_WAIT_SECONDS = 600.0
MOST_ERRORS_TOLD = 1_000


def silent(_: ImportProgress) -> None:
    """Tell nobody."""


class _RehearsalOver(Exception):
    """Rolls a dry run back."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What the transaction of an import found and did."""

    counts: ImportCounts
    earlier: EarlierImport | None
    errors: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """One import with all it needs."""

    plan: ImportPlan
    keys: PersonalKeys | None
    upload: Upload
    source: str
    actor: Actor
    options: ImportOptions
    request_id: str | None
    wait_seconds: float
    change_kind: ChangeKind
    call: Call | None

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
    options: ImportOptions = NO_OPTIONS,
    request_id: str | None = None,
    progress: Report = silent,
    wait_seconds: float = LONGEST_WAIT_SECONDS,
    error_limit: int = MOST_ERRORS_TOLD,
    change_kind: ChangeKind = ChangeKind.IMPORT,
    call: Call | None = None,
) -> ImportResult:
    """Bring the register to what a file says, as one change set; the same file again changes nothing.

    Natural keys decide whether a row is added or amended; what the file does not name stays, unless the options make
    it a snapshot. Where sources contradict each other the higher precedence prevails and a note keeps the rest.
    Imports take turns: `wait_seconds` is the longest wait for one under way. `keys` may be None for kinds without
    personal data. A regulator's rows must lie in the regulator's region (`scope.region`), an institution's be its own
    (`scope.institution`). A `call` that was made before does nothing and gives the import of that time.

    Raises RowsRejected (nothing written; the first `error_limit` errors in the order of rows), InputError
    (`import.kind`, `import.source`, `import.row-count`, `import.digest`, `file.unreadable`, and see the options),
    Forbidden, Conflict (`import.busy`, `import.mass-removal`, `import.cut-off`).
    """
    require(actor, Role.ADMIN, Role.REGULATOR, Role.INSTITUTION)
    plan = PLANS[get_kind(kind).name]
    require_kind(actor, plan.kind.name)
    check_options(options, plan)
    name = hide_citizen_ids(file_name)
    with measured(content, name) as measured_file:
        job = _Job(
            plan,
            _needed(plan, keys),
            Upload(name, measured_file, file_format, ErrorLog(limit=error_limit), progress),
            source=parse_source(source),
            actor=actor,
            options=options,
            request_id=request_id,
            wait_seconds=wait_seconds,
            change_kind=change_kind,
            call=call,
        )
        try:
            return await _publish(database, job)
        except RowsRejected as refused:
            await _record_refusal(database, job, refused)
            raise


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
    position = None
    if job.keys is not None and not job.options.dry_run:
        async with acting(database, job.actor) as work:
            await claim_key(work.connection, job.keys)
    try:
        async with _opened(database, job) as change:
            repeated = None if job.call is None else await job.call.find_import(change)
            if repeated is not None:
                change.nothing_done = True
                return _told_again(job, repeated)
            done = await _bring_in(change, job)
            if job.options.dry_run:
                raise _RehearsalOver
        position = change.published.position if change.published else None
    except _RehearsalOver:
        pass
    return _result(job, done, position)


def _result(job: _Job, done: _Done, position: int | None) -> ImportResult:
    return ImportResult(
        job.kind,
        job.upload.name,
        job.source,
        **asdict(done.counts),
        position=position,
        dry_run=job.options.dry_run,
        earlier=done.earlier,
        errors=done.errors,
    )


def _told_again(job: _Job, repeated: Record) -> ImportResult:
    """The result of the import that the same call did before."""
    told = dict(repeated)
    position = told.pop("position")
    return _result(job, _Done(ImportCounts(**told), None, ()), position)


async def _bring_in(change: Change, job: _Job) -> _Done:
    keys = None if job.keys is None else await hold_keys(change.connection, job.keys)
    read = await stage(change.connection, job.plan, job.plan.converter(keys), job.upload)
    refuse_other_file(job.upload, read, job.options)
    job.upload.tell(ImportStep.WAITING, read)
    await await_turn(change.connection, job.wait_seconds)
    if keys is not None and keys.rotating:
        await execute(change.connection, "import/follow_key")
    job.upload.tell(ImportStep.CHECKING, read)
    merge = _merge(change, job)
    rows = await merge.check(read)
    job.upload.tell(ImportStep.WEIGHING, rows)
    counts = await merge.count(rows)
    job.upload.tell(ImportStep.WRITING, rows)
    await merge.write(counts)
    return _Done(counts, await _record(change, job, counts), merge.told)


def _merge(change: Change, job: _Job) -> Merge:
    complete = job.upload.content.ends_a_line or job.upload.file_format is FileFormat.XLSX
    upload = job.upload
    return Merge(change, job.plan, job.options, job.source, _scope(job), upload.name, upload.errors, complete)


def _scope(job: _Job) -> Scope:
    """What holds the rows to what the actor may state."""
    actor = job.actor
    if actor.institution_code is not None:
        return Scope((OTHER_INSTITUTION,), actor.institution_code)
    return Scope(() if actor.scope == EVERYTHING else job.plan.scope_checks, actor.scope)


async def _record(change: Change, job: _Job, counts: ImportCounts) -> EarlierImport | None:
    """Record the batch; return the earlier import of the same file, if there was one."""
    if job.call is not None:
        await job.call.hold_to_quota(change, counts.rows)
    digest = job.upload.content.sha256()
    earlier = await fetch_row(change.connection, "import/find_earlier", job.kind, job.source, digest)
    change_id = change.change_id if change.written else None
    batch = (job.kind, job.upload.name, digest, job.source, job.options.snapshot)
    numbers = (counts.rows, counts.added, counts.amended, counts.ended, counts.unchanged)
    left = (counts.rejected, counts.contradictions)
    await _act_again_as(change, job.actor)
    batch_id = await fetch_value(change.connection, "import/record_batch", *batch, *numbers, *left, change_id)
    change.subject, change.record = f"import:{batch_id}", ("import_batch", "id", str(batch_id))
    told = {"kind": job.kind, "file": job.upload.name, "sha256": digest.hex(), "source": job.source}
    change.details |= {**told, "snapshot": job.options.snapshot, **asdict(counts)}
    if job.call is not None:
        await job.call.remember(change, batch_id)
    return None if earlier is None else EarlierImport(earlier["imported_at"], earlier["position"])


async def _record_refusal(database: Database, job: _Job, refused: RowsRejected) -> None:
    """Keep that a source's delivery was refused, for the report on sources."""
    bad_rows = len({error.row for error in refused.errors})
    if job.options.dry_run or not bad_rows:
        return
    async with acting(database, job.actor) as work:
        await _act_again_as(work, job.actor)
        await execute(work.connection, "import/record_refusal", job.kind, job.source, job.upload.name, bad_rows)


async def _act_again_as(change: Work, actor: Actor) -> None:
    """Let what is recorded of the import be seen by those alone whose business the actor's acts are."""
    scope = actor.scope
    if actor.institution_code is not None:
        scope = await fetch_value(change.connection, "import/institution_path", actor.institution_code)
    await execute(change.connection, "session/act_for", scope, actor.institution_code or "", 0, actor.identity)
