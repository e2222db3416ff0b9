"""Files that an import must refuse, small ones, with the errors to expect."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from registry.synthetic.bad_row_list import BAD_FILES, BAD_ROWS
from registry.synthetic.tables import COLUMNS

OTHER_COLUMNS = {
    "regions": "region_code name name_en parent_code level valid_from valid_to",
    "training": "citizen_id occupation programme level provider started_on ended_on hours result"
    " subsidy_amount subsidy_paid_on",
    "awards": "citizen_id level document_number amount awarded_on authority region_code certificate_number",
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
    lines = [header, *(row.format_map(named) for row, _ in BAD_ROWS[kind])]
    (folder / f"{kind}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    for number, (_, errors) in enumerate(BAD_ROWS[kind], 1):
        for error in filter(None, errors.split(", ")):
            column, rule = error.split(" ")
            yield {"file": f"{kind}.csv", "row": number, "column": column, "rule": rule}


def _write_expected(folder: Path, expected: list[dict[str, object]]) -> None:
    text = json.dumps(expected, indent=1) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8", newline="\n")


def _rows_of(directory: Path, kind: str) -> Iterator[dict[str, str]]:
    with (directory / f"{kind}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _named_rows(directory: Path) -> dict[str, str]:
    """What the words in braces stand for: the first rows of the register, and a post that lasts."""
    post = next(_rows_of(directory, "employments"))
    started = date.fromisoformat(post["started_on"])
    paper = next(_rows_of(directory, "certificates"))
    return {
        "organisation": next(_rows_of(directory, "organisations"))["organisation_code"],
        "institution": next(_rows_of(directory, "institutions"))["institution_code"],
        "evaluator": next(_rows_of(directory, "evaluation-organisations"))["evaluator_code"],
        "person": next(_rows_of(directory, "people"))["citizen_id"],
        "holder": paper["citizen_id"],
        "certificate": paper["certificate_number"],
        "post_person": post["citizen_id"],
        "post_institution": post["institution_code"],
        "post_occupation": post["occupation"],
        "post_day": (started - timedelta(days=1)).isoformat(),
    }
