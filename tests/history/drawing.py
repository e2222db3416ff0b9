"""Files drawn at random from a generated register: new rows, amended ones, the same again, snapshots, and bad rows."""

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.history.amending import AMEND
from tests.history.files import File
from tests.history.plain import CONTENT, Plain, Row
from tests.history.snapshots import SUBJECT

from registry.services.importing import ImportOptions
from registry.transfer import FileFormat, get_kind

REFERENCES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "institutions": (("organisation_code", "organisations"),),
    "evaluation-organisations": (("organisation_code", "organisations"),),
    "employments": (
        ("citizen_id", "people"),
        ("institution_code", "institutions"),
        ("dispatched_by", "organisations"),
    ),
    "certificates": (("citizen_id", "people"), ("evaluator_code", "evaluation-organisations")),
    "training": (("citizen_id", "people"),),
    "awards": (("citizen_id", "people"), ("certificate_number", "certificates")),
    "residents": (("institution_code", "institutions"),),
    "assessments": (("institution_code", "institutions"),),
    "measures": (("institution_code", "institutions"),),
    "wages": (("institution_code", "institutions"),),
}
FILES = tuple(kind for kind in CONTENT if kind != "regions")
UNKNOWN = {"institution_code": "FAC:UNKNOWN", "organisation_code": "FAC:UNKNOWN", "citizen_id": "11010519491231002X"}
MOST_SUBJECTS = 12
LOST_SHARES = (0.0, 0.05, 0.1, 0.4)


class Drawer:
    """Draws files that fit what the register holds."""

    def __init__(self, dice: random.Random, folder: Path) -> None:
        self.dice = dice
        self.generated = {kind: _read(folder / f"{kind}.csv") for kind in FILES if kind != "equivalences"}
        self.generated["equivalences"] = _equivalences()

    def draw(self, model: Plain, most: int = 60) -> File:
        """Return a file: mostly new rows while there are few, later mostly amendments; of any format."""
        kind = self.dice.choice(FILES)
        file = self._snapshot(kind, model) if kind in SUBJECT and self.dice.random() < 0.4 else None
        file = file or self._rows(kind, model, most)
        if not file.rows:
            return self.draw(model, most)
        file = self._with_bad_rows(file) if self.dice.random() < 0.16 else file
        options = replace(file.options, dry_run=self.dice.random() < 0.1, expected_rows=self._expected(file))
        file_format = self.dice.choices(list(FileFormat), [3, 1, 1])[0]
        return replace(file, options=options, file_format=file_format)

    def draw_all(self, kind: str, rows: Sequence[Row]) -> File:
        """Return a file of given rows."""
        return File(kind, tuple(rows), "given rows")

    def _rows(self, kind: str, model: Plain, most: int) -> File:
        """A file that says something about the rows in it alone."""
        new = self._new(kind, model, self.dice.randrange(1, most))
        known = self.dice.sample(list(model.rows[kind].values()), min(len(model.rows[kind]), self.dice.randrange(most)))
        amended = [AMEND[kind](self.dice, row) for row in known]
        shapes = {"additions": new, "amendments": amended, "the same": known, "mixed rows": [*new, *amended]}
        shape = self.dice.choices(list(shapes), [6, 4, 1, 4])[0]
        return File(kind, self._one_voice(kind, shapes[shape]), shape)

    def _snapshot(self, kind: str, model: Plain) -> File | None:
        """All that the source has to say of some subjects: some of it lost, some amended, some new."""
        subjects = sorted({row[SUBJECT[kind]] for row in model.rows[kind].values()})
        chosen = set(self.dice.sample(subjects, min(len(subjects), self.dice.randrange(1, MOST_SUBJECTS))))
        if not chosen:
            return None
        lost = self.dice.choice(LOST_SHARES)
        known = [row for row in model.rows[kind].values() if row[SUBJECT[kind]] in chosen]
        kept = [row for row in known if self.dice.random() >= lost]
        told = [AMEND[kind](self.dice, row) if self.dice.random() < 0.2 else row for row in kept]
        new = [row for row in self._new(kind, model, len(self.generated[kind])) if row[SUBJECT[kind]] in chosen]
        options = ImportOptions(snapshot=True, confirm_removals=self.dice.random() < 0.7)
        return File(kind, self._one_voice(kind, [*told, *new]), "a snapshot", options=options)

    def _new(self, kind: str, model: Plain, most: int) -> list[Row]:
        key = get_kind(kind).key
        known = {name: {found[0] for found in rows} for name, rows in model.rows.items()}
        fitting = [
            row
            for row in self.generated[kind]
            if tuple(row[column] for column in key) not in model.rows[kind]
            and all(not row[column] or row[column] in known[of] for column, of in REFERENCES.get(kind, ()))
        ]
        return self.dice.sample(fitting, min(most, len(fitting)))

    def _one_voice(self, kind: str, rows: list[Row]) -> tuple[Row, ...]:
        """Shuffle; of an evaluation organisation one row only, which then speaks for it."""
        self.dice.shuffle(rows)
        if kind != "evaluation-organisations":
            return tuple(rows)
        return tuple({row["evaluator_code"]: row for row in rows}.values())

    def _expected(self, file: File) -> int | None:
        """How many rows the source says that it sent; sometimes one more than came."""
        rows = len(file.rows) + len(file.bad)
        return self.dice.choices([None, rows, rows + 1], [10, 3, 1])[0]

    def _with_bad_rows(self, file: File) -> File:
        """Rows that lack what their kind requires, that name nothing known, that repeat another."""
        row, key = file.rows[0], get_kind(file.kind).key[0]
        kinds = [{**row, key: ""}, *([{**row, key: UNKNOWN[key]}] if key in UNKNOWN and key in _named(file) else [])]
        kinds += [row] if file.kind not in ("employments", "evaluation-organisations", "equivalences") else []
        bad = tuple(self.dice.sample(kinds, self.dice.randrange(1, len(kinds) + 1)))
        partial = not file.options.snapshot and self.dice.random() < 0.6
        return replace(file, bad=bad, options=replace(file.options, partial=partial))


def _named(file: File) -> set[str]:
    return {column for column, _ in REFERENCES.get(file.kind, ())}


def _equivalences() -> list[Row]:
    """Equivalences that hold a year each; the years and regions keep them apart."""
    ladders = {"from_ladder": "TITLE", "from_rung": "TITLE_ASSISTANT", "to_ladder": "SKILL", "to_rung": "SENIOR"}
    return [
        {
            "region_code": region,
            **ladders,
            "effective_from": f"{year}-01-01",
            "effective_to": f"{year}-12-31",
            "legal_basis": "某号文",
        }
        for region in ("220000", "150000", "370300", "110000")
        for year in range(2012, 2026)
    ]


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
