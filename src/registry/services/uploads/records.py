"""What the register knows of an upload: who brings what, until when, and what became of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from registry.db.pool import Database, Record, execute, fetch, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.errors import Bilingual, InputError, NotFound, RateLimited, RegisterError, RowError, RowsRejected
from registry.domain.identifiers import hide_citizen_ids
from registry.domain.uploads import UploadState
from registry.services.importing import ImportProgress, ImportResult
from registry.services.importing.calls import find_account, require_kind
from registry.services.permissions import require
from registry.services.transactions import acting
from registry.services.uploads.store import Store
from registry.transfer import get_kind

MOST_BYTES = 1 << 30
MOST_OPEN = 5
LONGEST_NAME = 200
BRING_WITHIN_SECONDS = 24 * 3600.0
"""An upload of which no piece comes for so long is removed."""
TOLD_FOR_SECONDS = 7 * 24 * 3600.0
"""What became of it is told so long; the import stands in the list of imports for good."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants to bring: its kind, its name, its size; a source and a digest where it gives them."""

    kind: str
    file_name: str
    bytes_total: int
    source: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as its caller finds it."""

    id: UUID
    actor: Actor
    kind: str
    source: str
    file_name: str
    bytes_total: int
    sha256: str | None
    most_rows: int | None
    state: UploadState
    expires_at: datetime
    expired: bool


async def begin(database: Database, actor: Actor, wanted: Wanted, store: Store) -> Upload:
    """Take an upload in hand and return it, without a byte yet; what has expired goes first.

    Rules: `upload.length`, `upload.too-large`, `upload.name`, `upload.digest`, `upload.open`, and those of
    `importRows` on who may bring which kind as which source.
    """
    require(actor, Role.ADMIN, Role.REGULATOR, Role.INSTITUTION)
    _check(wanted)
    kind = get_kind(wanted.kind).name
    require_kind(actor, kind)
    account = await find_account(database, actor, kind, wanted.source)
    await _sweep(database, store)
    number = uuid4()
    store.create(number)
    values = (json.dumps(asdict(actor)), kind, account.source, hide_citizen_ids(wanted.file_name))
    kept = (wanted.bytes_total, wanted.sha256, account.most_rows, BRING_WITHIN_SECONDS)
    async with acting(database, actor) as work:
        if await fetch_value(work.connection, "upload/count_open", actor.identity) >= MOST_OPEN:
            store.remove(number)
            raise _too_many()
        await execute(work.connection, "upload/add", number, actor.identity, *values, *kept)
    return await find(database, actor, number)


def _check(wanted: Wanted) -> None:
    if wanted.bytes_total < 1:
        raise InputError(Bilingual("文件不可为空", "a file has a byte at least"), rule="upload.length")
    if wanted.bytes_total > MOST_BYTES:
        zh, en = f"文件不得超过 {MOST_BYTES} 字节", f"a file has {MOST_BYTES} bytes at most"
        raise InputError(Bilingual(zh, en), rule="upload.too-large")
    if not (wanted.file_name.isprintable() and 1 <= len(wanted.file_name) <= LONGEST_NAME):
        zh, en = f"文件名应为1至{LONGEST_NAME}个字", f"a file name has 1 to {LONGEST_NAME} characters"
        raise InputError(Bilingual(zh, en), rule="upload.name")
    if wanted.sha256 is not None and (len(wanted.sha256) != 64 or set(wanted.sha256) - set("0123456789abcdef")):
        zh, en = "摘要应为64个小写十六进制字符", "a digest has 64 lower-case hexadecimal characters"
        raise InputError(Bilingual(zh, en), rule="upload.digest")


def _too_many() -> RateLimited:
    zh, en = f"未完成的上传不得超过 {MOST_OPEN} 个", f"a caller has {MOST_OPEN} unfinished uploads at most"
    return RateLimited(Bilingual(zh, en), rule="upload.open")


async def find(database: Database, actor: Actor, number: UUID) -> Upload:
    """Return an upload to who began it; to others there is none. Rule: `upload.unknown`."""
    async with acting(database, actor, readonly=True) as work:
        row = await fetch_row(work.connection, "upload/find", number)
    if row is None or row["caller"] != actor.identity:
        raise NotFound(Bilingual("没有该上传", "There is no such upload"), rule="upload.unknown")
    return upload_of(row)


def upload_of(row: Record) -> Upload:
    """Return the upload of a row."""
    given = json.loads(row["actor"])
    names = ("id", "kind", "source", "file_name", "bytes_total", "sha256", "most_rows", "expires_at", "expired")
    actor = Actor(**{**given, "role": Role(given["role"])})
    return Upload(actor=actor, state=UploadState(row["state"]), **{name: row[name] for name in names})


async def note_piece(database: Database, upload: Upload, *, whole: bool) -> None:
    """Keep that a piece has come: the time to bring the rest begins anew."""
    async with acting(database, upload.actor) as work:
        await execute(work.connection, "upload/touch", upload.id, BRING_WITHIN_SECONDS, whole)


async def note_progress(database: Database, upload: Upload, progress: ImportProgress) -> None:
    """Tell how far the import is."""
    async with acting(database, upload.actor) as work:
        told = (str(progress.step), progress.rows, progress.bytes_read)
        await execute(work.connection, "upload/tell", upload.id, *told)


async def note_imported(database: Database, upload: Upload, result: ImportResult) -> None:
    """Tell what the import did."""
    counts = (result.rows, result.added, result.amended, result.unchanged, result.contradictions, result.position)
    async with acting(database, upload.actor) as work:
        await execute(work.connection, "upload/imported", upload.id, TOLD_FOR_SECONDS, *counts)


async def note_refused(database: Database, upload: Upload, error: RegisterError) -> None:
    """Tell why nothing was imported, row by row where rows are wrong."""
    rows = _told(error.errors) if isinstance(error, RowsRejected) else []
    told = (error.rule or str(error.code), error.message.zh, error.message.en, json.dumps(rows, ensure_ascii=False))
    async with acting(database, upload.actor) as work:
        await execute(work.connection, "upload/refused", upload.id, TOLD_FOR_SECONDS, *told)


def _told(errors: Sequence[RowError]) -> list[dict[str, object]]:
    return [
        {
            "row": error.row,
            "column": error.column,
            "value": error.value,
            "rule": error.rule,
            "messageZh": error.reason.zh,
            "messageEn": error.reason.en,
        }
        for error in errors
    ]


async def remove(database: Database, upload: Upload, store: Store) -> None:
    """Forget an upload and its bytes; what was imported stays. Rule: `upload.under-way` while it is imported."""
    with store.held(upload.id):
        async with acting(database, upload.actor) as work:
            await execute(work.connection, "upload/remove", upload.id)
        store.remove(upload.id)


async def _sweep(database: Database, store: Store) -> None:
    async with acting(database, operator("uploads")) as work:
        expired = await fetch(work.connection, "upload/remove_expired")
    for row in expired:
        store.remove(row["id"])
