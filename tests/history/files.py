"""Files drawn at random from a generated register: new rows, amended ones, the same again, and bad ones."""

import csv
import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.history.plain import CONTENT, Plain, Row

from registry.transfer import get_kind

REFERENCES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "institutions": (("organisation_code", "organisations"),),
    "evaluation-organisations": (("organisation_code", "organisations"),),
    "employments": (
        ("citizen_id", "people"),
        ("institution_code", "institutions"),
        ("dispatched_by", "organisations"),
    ),
    "certificates": (("citizen_id", "people"), ("evaluator_code", "evaluation-organisations")),
    "residents": (("institution_code", "institutions"),),
    "assessments": (("institution_code", "institutions"),),
    "measures": (("institution_code", "institutions"),),
}
FILES = tuple(kind for kind in CONTENT if kind != "regions")
NAMES = ("安康", "夕阳红", "福寿", "长乐", "和颐", "百分号%", "下划_线", '双"引,号')


@dataclass(frozen=True)
class File:
    """A file to import; `refused` for one that must not get in."""

    kind: str
    rows: tuple[Row, ...]
    shape: str
    dry_run: bool = False
    refused: bool = False

    def bytes(self) -> bytes:
        """Return it as CSV."""
        stream = io.StringIO()
        writer = csv.DictWriter(stream, get_kind(self.kind).names)
        writer.writeheader()
        writer.writerows(self.rows)
        return stream.getvalue().encode()


def _renamed(dice: random.Random, row: Row) -> Row:
    return {**row, "name": dice.choice(NAMES) + str(dice.randrange(50))}


def _organisation(dice: random.Random, row: Row) -> Row:
    changed = {
        "status": dice.choice(["ACTIVE", "SUSPENDED"]),
        "address": dice.choice(["", "新址1号"]),
        "legal_representative": dice.choice(["", "王五", "赵六"]),
    }
    name = dice.choice(list(changed))
    return _renamed(dice, row) if dice.random() < 0.3 else {**row, name: changed[name]}


def _institution(dice: random.Random, row: Row) -> Row:
    if dice.random() < 0.4:
        return _renamed(dice, row)
    return {**row, "beds": str(dice.choice([0, 10, 20, 77])), "address": dice.choice(["", "新址,2号"])}


def _evaluator(dice: random.Random, row: Row) -> Row:
    withdrawn = (date.fromisoformat(row["accredited_from"]) + timedelta(days=30)).isoformat()
    reason = dice.choice(["", "弄虚作假"])
    return {**row, "withdrawn_from": withdrawn if reason else "", "withdrawal_reason": reason}


def _person(dice: random.Random, row: Row) -> Row:
    return {**row, "education": dice.choice(["", "COLLEGE", "BACHELOR", "SECONDARY"])}


def _employment(dice: random.Random, row: Row) -> Row:
    if dice.random() < 0.3 and not row["ended_on"]:
        return {**row, "ended_on": row["started_on"]}
    return {**row, "fte": dice.choice(["0.5", "0.75", "1"]), "position_title": dice.choice(["", "护理组长"])}


def _certificate(dice: random.Random, row: Row) -> Row:
    day = date.fromisoformat(row["issued_on"]) + timedelta(days=dice.choice([10, 20, 30]))
    status = dice.choice(["VALID", "SUSPENDED", "REVOKED"])
    return {**row, "status": status, "status_from": day.isoformat()}


def _residents(dice: random.Random, row: Row) -> Row:
    return {**row, "headcount": str(dice.randrange(40))}


def _assessment(dice: random.Random, row: Row) -> Row:
    return {**row, "assessor": dice.choice(["省民政厅", "市民政局"]), "document_number": dice.choice(["", "民评7号"])}


def _measure(dice: random.Random, row: Row) -> Row:
    if dice.random() < 0.3:
        return {**row, "value": "", "flag": "NOT_SUBMITTED"}
    return {**row, "value": f"{dice.randrange(10**6)}.{dice.randrange(100):02d}", "flag": ""}


AMEND: Mapping[str, Callable[[random.Random, Row], Row]] = {
    "organisations": _organisation,
    "institutions": _institution,
    "evaluation-organisations": _evaluator,
    "people": _person,
    "employments": _employment,
    "certificates": _certificate,
    "residents": _residents,
    "assessments": _assessment,
    "measures": _measure,
}


class Drawer:
    """Draws files that fit what the register holds."""

    def __init__(self, dice: random.Random, folder: Path) -> None:
        self.dice = dice
        self.generated = {kind: _read(folder / f"{kind}.csv") for kind in FILES}

    def draw(self, model: Plain, most: int = 60) -> File:
        """Return a file: mostly new rows while there are few, later mostly amendments."""
        kind = self.dice.choice(FILES)
        new = self._new(kind, model, self.dice.randrange(1, most))
        known = self.dice.sample(list(model.rows[kind].values()), min(len(model.rows[kind]), self.dice.randrange(most)))
        amended = [AMEND[kind](self.dice, row) for row in known]
        shapes = {"additions": new, "amendments": amended, "the same": known, "mixed": [*new, *amended]}
        shape = self.dice.choices(list(shapes), [6, 4, 1, 4])[0]
        rows = self._one_voice(kind, shapes[shape])
        if not rows:
            return self.draw(model, most)
        chance = self.dice.random()
        if chance < 0.08:
            return File(kind, (*rows, _spoilt(kind, rows[0])), f"{shape}, with a bad row", refused=True)
        return File(kind, rows, shape, dry_run=chance < 0.18)

    def draw_all(self, kind: str, rows: Sequence[Row]) -> File:
        """Return a file of given rows."""
        return File(kind, tuple(rows), "given")

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


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _spoilt(kind: str, row: Row) -> Row:
    """A row that lacks what its kind requires."""
    return {**row, get_kind(kind).key[0]: ""}
