"""The import of a whole upload, as a file of the same name would be imported; once, however often it is begun."""

import asyncio
from collections.abc import Callable
from uuid import UUID

from registry.db.mapping import domain_error
from registry.db.pool import Database, fetch, fetch_row, fetch_value
from registry.domain.actors import operator
from registry.domain.errors import Bilingual, Conflict, RegisterError, Unauthenticated, Unavailable
from registry.domain.personal import PersonalKeys
from registry.domain.uploads import UploadState
from registry.services.importing import ImportOptions, ImportProgress, ImportResult, import_file
from registry.services.importing.calls import Call
from registry.services.importing.plans import PLANS
from registry.services.transactions import acting
from registry.services.uploads.records import (
    Upload,
    note_imported,
    note_progress,
    note_refused,
    upload_of,
)
from registry.services.uploads.store import Store
from registry.transfer import format_of

TELL_EVERY_SECONDS = 0.5
WAITING = frozenset({UploadState.RECEIVED, UploadState.IMPORTING})
Keys = Callable[[], PersonalKeys]


async def list_whole(database: Database) -> list[UUID]:
    """Return the uploads that wait to be imported, the oldest first."""
    async with acting(database, operator("uploads"), readonly=True) as work:
        return [row["id"] for row in await fetch(work.connection, "upload/unfinished")]


async def import_upload(database: Database, keys: Keys, store: Store, number: UUID) -> bool:
    """Import a whole upload and tell what came of it; False where it has to be tried again later.

    Nothing is done while somebody else imports it. After a kill it is done anew, and what had been imported by then
    is known again.
    """
    try:
        with store.held(number) as stream:
            upload = None if stream is None else await _waiting(database, number)
            if upload is None:
                return True
            done = await _imported(database, keys, store, upload)
            if done:
                store.remove(number)
            return done
    except Conflict:
        return True


async def _waiting(database: Database, number: UUID) -> Upload | None:
    async with acting(database, operator("uploads"), readonly=True) as work:
        row = await fetch_row(work.connection, "upload/find", number)
    upload = None if row is None else upload_of(row)
    return upload if upload is not None and upload.state in WAITING else None


async def _imported(database: Database, keys: Keys, store: Store, upload: Upload) -> bool:
    try:
        await _require_standing(database, upload)
        result = await _run(database, keys, store, upload)
    except Exception as error:
        known = error if isinstance(error, RegisterError) else domain_error(error)
        if isinstance(known, Unavailable) or (known is not None and known.rule == "import.busy"):
            return False
        if known is None:
            await note_refused(database, upload, _unexpected())
            raise
        await note_refused(database, upload, known)
    else:
        await note_imported(database, upload, result)
    return True


def _unexpected() -> RegisterError:
    return RegisterError(Bilingual("导入时发生内部错误", "the import met an internal error"), rule="upload.internal")


async def _require_standing(database: Database, upload: Upload) -> None:
    """Raise where the key by which it was brought has been revoked or has expired since."""
    if upload.actor.key_id is None:
        return
    async with acting(database, operator("uploads"), readonly=True) as work:
        stands = await fetch_value(work.connection, "upload/key_stands", upload.actor.key_id)
    if not stands:
        raise Unauthenticated(
            Bilingual("上传所用密钥已失效", "the key of the upload is not valid any more"), rule="upload.key"
        )


async def _run(database: Database, keys: Keys, store: Store, upload: Upload) -> ImportResult:
    newest: list[ImportProgress] = []
    telling = asyncio.create_task(_tell(database, upload, newest))
    try:
        return await import_file(
            database,
            upload.actor,
            None if PLANS[upload.kind].personal is None else keys(),
            upload.kind,
            store.path(upload.id),
            file_name=upload.file_name,
            source=upload.source,
            file_format=format_of(upload.file_name),
            options=ImportOptions(expected_sha256=upload.sha256),
            progress=lambda progress: newest.__setitem__(slice(None), [progress]),
            call=Call(f"upload:{upload.id}", {"upload": str(upload.id)}, upload.most_rows),
        )
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _tell(database: Database, upload: Upload, newest: list[ImportProgress]) -> None:
    """Keep the newest progress for those who ask, while the import goes on."""
    while True:
        if newest:
            await note_progress(database, upload, newest.pop())
        await asyncio.sleep(TELL_EVERY_SECONDS)
