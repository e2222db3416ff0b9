"""The synthetic register has a bad row or file for every rule that the document on errors has for imports."""

import re
from pathlib import Path

from registry.synthetic.bad_row_list import BAD_FILES, BAD_ROWS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
NOT_BROKEN_BY_A_CSV_FILE = {
    "import.kind": "an argument of the command",
    "import.busy": "another import is under way",
    "import.rows-rejected": "what the refusal of the whole is called",
    "file.unreadable": "the file cannot be opened",
    "file.refused": "a folder or file of a command",
    "text.unstorable": "the columns of an import take none of these characters",
    "number.out-of-range": "the columns of an import have narrower bounds",
    "credit-entry.adopted": "needs its original beside it, which is a good row",
    "credit-entry.local": "no entry is decided in a register that was only imported",
    "xlsx.syntax": "no CSV",
    "xlsx.size": "no CSV",
    "json.syntax": "no CSV",
    "json.object": "no CSV",
    "cell.failed": "CSV has no formulas",
    "cell.number": "every cell of CSV is a text",
    "cell.type": "every cell of CSV is a text",
}
"""Rules of these sections that no content of a CSV file breaks, and why."""


def rules_of(title: str) -> set[str]:
    """The rules in the table of a section."""
    section = DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([a-z0-9.-]+)` \|", section, re.MULTILINE))


def test_every_rule_of_files_and_rows_is_broken_once() -> None:
    documented = rules_of("Files of an import") | rules_of("Rows of an import")
    in_rows = {
        error.split(" ")[1] for rows in BAD_ROWS.values() for _, errors in rows for error in errors.split(", ") if error
    }
    in_files = {rule for _, rule in BAD_FILES.values()}
    assert in_rows | in_files == documented - set(NOT_BROKEN_BY_A_CSV_FILE)
    assert set(NOT_BROKEN_BY_A_CSV_FILE) <= documented
