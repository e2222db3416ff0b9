"""Import of files into the register.

    result = await import_file(database, actor, keys, "institutions", Path("institutions.csv"),
                               file_name="institutions.csv", source="civil affairs bureau")

read and convert (in a thread) → COPY into a temporary table → take the turn among imports → resolve references →
check set by set → weigh against other sources →
end, amend and add set by set → notes → import batch → change set → audit event. One transaction: after a kill at
any moment the register is as before or after.

Parts, each importing only those above it:
    results      progress and result
    files        the file, counted and digested while it is read
    pinyin       names in Latin letters
    conversion   typed rows to staged rows
    checks       a check and its errors
    rules        the checks by rule
    skill_rules  those of the skills ledgers
    plans        what each kind stages, checks and writes
    options      how a file is to be taken
    staging      rows into the staging table
    wholeness    whether the file is the one that was published
    turns        one at a time
    removal      what a snapshot ends
    sources      who prevails, and notes of what others say
    merging      staged rows into the register
    calls        calls of partner platforms: retries, accounts, quotas
    importer     the use case for a file
    rows         the use case for the rows of a call
"""

from registry.services.importing.importer import import_file, silent
from registry.services.importing.options import ImportOptions
from registry.services.importing.results import EarlierImport, ImportProgress, ImportResult, ImportStep
from registry.services.importing.rows import import_rows
from registry.services.importing.staging import Report

__all__ = [
    "EarlierImport",
    "ImportOptions",
    "ImportProgress",
    "ImportResult",
    "ImportStep",
    "Report",
    "import_file",
    "import_rows",
    "silent",
]
