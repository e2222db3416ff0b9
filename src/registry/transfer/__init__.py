"""Files in, typed rows and row errors out. No database, no clock.

One small reader per format gives the header and the raw cells of each row; one shared conversion makes typed values.

    errors = ErrorLog(limit=1_000)                       # keeps the first thousand, counts all
    with open("people.csv", "rb") as stream:
        for row in read_rows(get_kind("people"), stream, "people.csv", errors):
            row.number                                   # 1 = first row under the header; blank rows count too
            row.values                                   # a tuple in the order of kind.names; None for an empty cell
    for batch in read_batches(…): …                      # the same rows as columns: batch.numbers, batch.columns
    errors.count, errors.row_count, errors.kept          # every error of a rejected row, not only the first
    write_errors(path, errors.kept)                      # file,row,column,cell,value,rule,reason_zh,reason_en,code

Formats are CSV, XLSX and JSON Lines; `format_of(name)` tells one by the ending of a file's name. Rows of CSV and JSON
Lines stream: memory does not grow with the file; a workbook is held whole. A rejected row is not yielded. What is wrong
with the file as a whole (encoding, header, broken quoting) raises `RowsRejected`, located; row 0 is the header.
Values are str (codes in canonical form), int, Decimal or date. Values of personal columns are masked in errors.
`template(kind, format)` is a file to fill in: the columns, and comments that the reader passes over.
`read_manifest(path)` tells how many rows published files have, and their SHA-256.
"""

from registry.transfer.columns import Column, ImportKind
from registry.transfer.conversion import ErrorLog, ParsedBatch, ParsedRow
from registry.transfer.formats import FileFormat, format_of
from registry.transfer.kinds import KINDS, get_kind
from registry.transfer.kinds.ruled import RULE_KINDS
from registry.transfer.manifests import PublishedFile, published_file, read_manifest
from registry.transfer.reading import read_batches, read_rows
from registry.transfer.reports import ERROR_COLUMNS, header_letters, write_errors
from registry.transfer.templates import template
from registry.transfer.values import Value

__all__ = [
    "ERROR_COLUMNS",
    "KINDS",
    "RULE_KINDS",
    "Column",
    "ErrorLog",
    "FileFormat",
    "ImportKind",
    "ParsedBatch",
    "ParsedRow",
    "PublishedFile",
    "Value",
    "format_of",
    "get_kind",
    "header_letters",
    "published_file",
    "read_batches",
    "read_manifest",
    "read_rows",
    "template",
    "write_errors",
]
