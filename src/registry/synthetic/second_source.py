"""Files of a second source: mostly the same rows, and here and there a cell that the first source contradicts."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from registry.synthetic.excerpts import Excerpts, Folder, Placed, Row
from registry.synthetic.planting import CONTRADICTION

KINDS = ("institutions", "people", "employments", "certificates", "assessments")
Contradiction = Callable[[Row, date], Row]
"""From a row and the day on which the register stands to the cells that differ; nothing where the row is unsuited."""


def _beds(row: Row, _: date) -> Row:
    beds = int(row["beds"])
    return {"beds": str(beds + max(2, beds // 8))} if beds else {}


def _address(row: Row, _: date) -> Row:
    return {"address": f"{row['address']}附1号"}


def _name(row: Row, _: date) -> Row:
    return {"name": row["name"][:-1] + ("华" if row["name"][-1] != "华" else "花")}


def _education(row: Row, _: date) -> Row:
    return {"education": "VOCATIONAL" if row["education"] != "VOCATIONAL" else "COLLEGE"}


def _share(row: Row, _: date) -> Row:
    return {"fte": "0.5" if row["fte"] == "1" else "1"}


def _leaving(row: Row, as_of: date) -> Row:
    last = (as_of - timedelta(days=12)).isoformat()
    return {"ended_on": last} if not row["ended_on"] and row["started_on"] < last else {}


def _title(row: Row, _: date) -> Row:
    return {"position_title": f"{row['position_title']}(组长)"}


def _expiry(row: Row, as_of: date) -> Row:
    return {"expires_on": "" if row["expires_on"] else (as_of + timedelta(days=365)).isoformat()}


def _suspension(row: Row, as_of: date) -> Row:
    since = (as_of - timedelta(days=9)).isoformat()
    return {"status": "SUSPENDED", "status_from": since} if row["status"] == "VALID" else {}


def _grade(row: Row, _: date) -> Row:
    grade = int(row["grade"])
    return {"grade": str(grade - 1 if grade > 1 else 2)}


def _points(row: Row, _: date) -> Row:
    return {"service": f"{float(row['service']) - 10.5:g}"}


CONTRADICTIONS: Mapping[str, tuple[Contradiction, ...]] = {
    "institutions": (_beds, _address),
    "people": (_name, _education),
    "employments": (_share, _leaving, _title),
    "certificates": (_suspension, _expiry),
    "assessments": (_grade, _points),
}


def write_rows(
    folder: Folder, excerpts: Excerpts, institution: int, turn: int | None, as_of: date
) -> list[dict[str, object]]:
    """Writes what the second source has on an institution: in each kind one contradicting row, the others as they are.

    `turn` decides which column of which row is contradicted; with None none is. Gives the findings.
    """
    code = excerpts.of("institutions", institution)[0].cells["institution_code"]
    found = []
    for kind in KINDS:
        rows = excerpts.of(kind, institution)
        chosen = None if turn is None else _contradicted(kind, rows, turn, as_of)
        folder.put(kind, [placed.cells for placed in rows if chosen is None or placed is not chosen[0]], "unchanged")
        if chosen is not None:
            place = _put(folder, kind, *chosen)
            found.append({"finding": CONTRADICTION, "institution_codes": [code], **place})
    return found


def _contradicted(kind: str, rows: list[Placed], turn: int, as_of: date) -> tuple[Placed, Row] | None:
    """The first row from `turn` on that a contradiction suits, and its other cells; each turn begins with another."""
    ways = CONTRADICTIONS[kind]
    start = turn % len(ways)
    for step in range(len(rows)):
        placed = rows[(turn + step) % len(rows)]
        for way in (*ways[start:], *ways[:start]):
            if other := way(placed.cells, as_of):
                return placed, other
    return None


def _put(folder: Folder, kind: str, placed: Placed, other: Row) -> dict[str, object]:
    number = folder.put(kind, [placed.cells | other], "contradictions")
    return {
        "file": f"{folder.name}/{kind}.csv",
        "rows": [number],
        "columns": list(other),
        "first_file": f"{kind}.csv",
        "first_rows": [placed.number],
    }
