"""A file's rows into the staging table of its transaction: the next batch is read while the last one is copied."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass

from registry.db.copy import column_types, copy_encoded, encode_columns
from registry.db.pool import Connection, execute
from registry.domain.errors import RegisterError
from registry.services.importing.conversion import Convert
from registry.services.importing.files import MeasuredFile
from registry.services.importing.plans import ImportPlan
from registry.services.importing.results import ImportProgress, ImportStep
from registry.transfer import ErrorLog, FileFormat, read_batches

STAGED = "import_staged"
Report = Callable[[ImportProgress], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in: its sanitised name, its bytes, its format, where its errors and its progress go."""

    name: str
    content: MeasuredFile
    file_format: FileFormat
    errors: ErrorLog
    report: Report

    def tell(self, step: ImportStep, rows: int) -> None:
        """Report how far it is."""
        self.report(ImportProgress(step, rows, self.content.bytes_read, self.content.bytes_total))


@dataclass(slots=True)
class _Reading:
    """The reading of one upload; what ends it early waits in `failure` until the COPY under way has ended."""

    plan: ImportPlan
    convert: Convert
    upload: Upload
    types: list[str]
    failure: RegisterError | None = None

    def encoded(self) -> Iterator[tuple[int, bytes]]:
        """The number of rows and the encoded rows of each batch."""
        upload = self.upload
        stream = upload.content.buffered()
        for batch in read_batches(self.plan.kind, stream, upload.name, upload.errors, file_format=upload.file_format):
            if batch.numbers:
                yield len(batch.numbers), encode_columns(self.types, self.convert(batch))

    async def batches(self) -> AsyncGenerator[bytes, None]:
        """The encoded batches, one read ahead in a thread: the server copies, and answers others, meanwhile."""
        encoded, count = self.encoded(), 0
        ahead = asyncio.create_task(asyncio.to_thread(next, encoded, None))
        try:
            while (batch := await asyncio.shield(ahead)) is not None:
                ahead = asyncio.create_task(asyncio.to_thread(next, encoded, None))
                yield batch[1]
                count += batch[0]
                self.upload.tell(ImportStep.READING, count)
        except RegisterError as failure:
            self.failure = failure
        finally:
            await asyncio.gather(ahead, return_exceptions=True)  # nothing reads the file once this has ended


async def stage(connection: Connection, plan: ImportPlan, convert: Convert, upload: Upload) -> int:
    """Create the staging table, fill it with the accepted rows by one COPY and return their number."""
    await execute(connection, "import/tune")
    await execute(connection, plan.statement("stage"))
    reading = _Reading(plan, convert, upload, await column_types(connection, STAGED, plan.columns))
    count = await copy_encoded(connection, STAGED, plan.columns, reading.batches())
    if reading.failure is not None:
        raise reading.failure
    return count
