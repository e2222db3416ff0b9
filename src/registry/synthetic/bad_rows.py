"""Files that an import must refuse, small ones, with the errors to expect."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from string import Formatter

from registry.synthetic.bad_row_list import BAD_FILES, BAD_ROWS
from registry.synthetic.tables import COLUMNS

OTHER_COLUMNS = {
    "import-rules": "rule kind source value effective_from effective_to legal_basis",
    "regions": "region_code name name_en parent_code level valid_from valid_to",
    "equivalences": "region_code from_ladder from_rung to_ladder to_rung effective_from effective_to legal_basis",
}
"""The columns of kinds of which the register beside the bad rows has no file."""


def write_bad_rows(directory: Path) -> None:
    """Writes `bad_rows/<kind>.csv`, `bad_files/<what>.csv` and their `expected.json`, for the register beside them."""
    rows, files = directory / "bad_rows", directory / "bad_files"
    for folder in (rows, files):
        folder.mkdir(exist_ok=True)
    named = _named_rows(directory)
    _write_expected(rows, [error for kind in BAD_ROWS for error in _write_rows(rows, kind, named)])
    for name, (content, _) in BAD_FILES.items():
        (files / f"{name}.csv").write_bytes(content)
    rules = {name: rule for name, (_, rule) in BAD_FILES.items()}
    _write_expected(files, [{"file": f"{name}.csv", "kind": "people", "rule": rule} for name, rule in rules.items()])


def _write_rows(folder: Path, kind: str, named: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """Writes the bad rows of a kind; gives every error in them."""
    header = (COLUMNS.get(kind) or OTHER_COLUMNS[kind]).replace(" ", ",")
    kept = [(row.format_map(named), errors) for row, errors in BAD_ROWS[kind] if _words(row) <= set(named)]
    lines = [header, *(row for row, _ in kept)]
    (folder / f"{kind}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    for number, (_, errors) in enumerate(kept, 1):
        for error in filter(None, errors.split(", ")):
            column, rule = error.split(" ")
            yield {"file": f"{kind}.csv", "row": number, "column": column, "rule": rule}


def _write_expected(folder: Path, expected: list[dict[str, object]]) -> None:
    text = json.dumps(expected, indent=1) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8", newline="\n")


def _rows_of(directory: Path, kind: str) -> Iterator[dict[str, str]]:
    with (directory / f"{kind}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _words(row: str) -> set[str]:
    """The words in braces in a row."""
    return {word for _, word, _, _ in Formatter().parse(row) if word}


def _first(directory: Path, kind: str, wanted: Callable[[Mapping[str, str]], bool] = bool) -> dict[str, str] | None:
    """The first row of a file that is wanted, if there is one."""
    return next((row for row in _rows_of(directory, kind) if wanted(row)), None)


def _named_rows(directory: Path) -> dict[str, str]:
    """What the words in braces stand for: rows of the register, mostly the first."""
    post = next(_rows_of(directory, "employments"))
    started = date.fromisoformat(post["started_on"])
    held, awarded = _first(directory, "certificates"), _first(directory, "awards")
    paid = _first(directory, "training", lambda row: bool(row["subsidy_paid_on"]))
    home = next(_rows_of(directory, "institutions"))
    return {
        "organisation": next(_rows_of(directory, "organisations"))["organisation_code"],
        "institution": home["institution_code"],
        "operator": home["organisation_code"],
        "evaluator": next(_rows_of(directory, "evaluation-organisations"))["evaluator_code"],
        "person": next(_rows_of(directory, "people"))["citizen_id"],
        "post_person": post["citizen_id"],
        "post_institution": post["institution_code"],
        "post_occupation": post["occupation"],
        "post_day": (started - timedelta(days=1)).isoformat(),
        **_cells(held, {"holder": "citizen_id", "certificate": "certificate_number"}),
        **_cells(paid, {"paid_person": "citizen_id", "paid_occupation": "occupation", "paid_level": "level"}),
        **_cells(awarded, {"awarded_person": "citizen_id", "awarded_level": "level"}),
    }


def _cells(row: Mapping[str, str] | None, columns: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row under other names; nothing of no row."""
    return {word: row[column] for word, column in columns.items()} if row else {}
