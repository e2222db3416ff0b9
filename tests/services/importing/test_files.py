"""The file of an import: read once, digested, refused with a reason where it cannot be read."""

import asyncio
import hashlib
import io
import threading
from pathlib import Path

import pytest
from tests.services.importing.conftest import OPERATOR, Admin, Bring, as_csv, organisation

from registry.db.pool import Database
from registry.domain.errors import InputError, RowsRejected
from registry.services.importing import ImportProgress, ImportStep, import_file
from registry.services.importing.files import BUFFER_BYTES, measured
from registry.transfer.reading import BATCH_ROWS


def test_bytes_are_counted_and_digested_on_their_way() -> None:
    content = bytes(range(256)) * 5000
    with measured(io.BytesIO(content), "x") as file:
        stream = file.buffered()
        assert stream.read(10) == content[:10]
        assert file.bytes_read == BUFFER_BYTES
        assert file.sha256() == hashlib.sha256(content).digest()
        assert file.bytes_read == len(content)
        assert file.bytes_total is None


def test_a_given_stream_stays_open() -> None:
    stream = io.BytesIO(b"x")
    with measured(stream, "x") as file:
        file.buffered().close()
    assert not stream.closed


async def test_a_missing_file_or_a_folder_is_an_error_of_input(database: Database, tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError) as refused:
            await import_file(database, OPERATOR, None, "regions", path, file_name=path.name, source="test")
        assert refused.value.rule == "file.unreadable"
        assert path.name in refused.value.message.en


async def test_a_stream_that_breaks_is_an_error_of_input(database: Database) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match="Input/output error") as refused:
        await import_file(database, OPERATOR, None, "regions", Broken(), file_name="r.csv", source="test")
    assert refused.value.rule == "file.unreadable"


async def test_an_unknown_kind_names_the_nearest(database: Database) -> None:
    with pytest.raises(InputError, match="did you mean institutions"):
        await import_file(database, OPERATOR, None, "institution", io.BytesIO(), file_name="r.csv", source="test")


async def test_an_empty_file_is_refused_and_a_header_alone_is_not(full: Bring) -> None:
    with pytest.raises(RowsRejected):
        await full("organisations", b"")
    assert (await full("organisations", as_csv("organisations", []))).rows == 0


async def test_the_batch_keeps_the_digest_of_the_whole_file(full: Bring, admin: Admin) -> None:
    content = as_csv("organisations", [organisation(number) for number in range(10, 2000)]) + b"\n\n\n"
    await full("organisations", content)
    digest = await admin.fetchval("SELECT file_sha256 FROM register.import_batch ORDER BY id DESC LIMIT 1")
    assert digest == hashlib.sha256(content).digest()


async def test_a_file_that_breaks_while_it_is_copied_is_refused_with_its_place(full: Bring, admin: Admin) -> None:
    batches = 2 * BATCH_ROWS
    content = as_csv("organisations", (organisation(number) for number in range(10, 10 + batches))) + b"\xff\xff,\x00\n"
    with pytest.raises(RowsRejected) as refused:
        await full("organisations", content)
    assert refused.value.errors[0].rule == "file.encoding"
    assert refused.value.errors[0].row > BATCH_ROWS
    assert (await full("organisations", as_csv("organisations", [organisation(7)]))).added == 1


async def test_rows_of_several_batches_are_all_imported(full: Bring, admin: Admin) -> None:
    told: list[ImportProgress] = []
    rows = [organisation(number) for number in range(10, 10 + BATCH_ROWS + 5)]
    result = await full("organisations", as_csv("organisations", rows), progress=told.append)
    assert (result.rows, result.added) == (len(rows), len(rows))
    read = [progress.rows for progress in told if progress.step == ImportStep.READING]
    assert read == [BATCH_ROWS, len(rows)]


async def test_an_import_that_is_cancelled_while_it_copies_leaves_nothing_running(
    database: Database, full: Bring, admin: Admin
) -> None:
    held = threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            held.wait(0.05)
            return super().read(min(size or 1, 4096))

    content = Slow(as_csv("organisations", (organisation(number) for number in range(10, 30_000))))
    importing = asyncio.create_task(
        import_file(database, OPERATOR, None, "organisations", content, file_name="o.csv", source="test")
    )
    await asyncio.sleep(0.3)
    importing.cancel()
    held.set()
    with pytest.raises(asyncio.CancelledError):
        await importing
    place = content.tell()
    await asyncio.sleep(0.1)
    assert content.tell() == place
    assert (await full("organisations", as_csv("organisations", [organisation(7)]))).added == 1
