"""A file's rows into the staging table of its transaction, in batches of flat memory."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from registry.db.copy import copy_rows
from registry.db.pool import Connection, execute
from registry.services.importing.conversion import Convert, StagedRow
from registry.services.importing.files import MeasuredFile
from registry.services.importing.plans import ImportPlan
from registry.services.importing.results import ImportProgress, ImportStep
from registry.transfer import ErrorLog, FileFormat, ParsedRow, read_rows

BATCH_ROWS = 10_000
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


def _take(rows: Iterator[ParsedRow], convert: Convert) -> list[StagedRow]:
    return [convert(row) for row in islice(rows, BATCH_ROWS)]


async def stage(connection: Connection, plan: ImportPlan, convert: Convert, upload: Upload) -> int:
    """Create the staging table, fill it with the accepted rows and return their number.

    Reading and converting run in a thread, so that the server answers others meanwhile.
    """
    await execute(connection, plan.statement("stage"))
    rows = read_rows(plan.kind, upload.content.buffered(), upload.name, upload.errors, file_format=upload.file_format)
    count = 0
    while batch := await asyncio.to_thread(_take, rows, convert):
        count += await copy_rows(connection, STAGED, plan.columns, batch)
        upload.tell(ImportStep.READING, count)
    return count
