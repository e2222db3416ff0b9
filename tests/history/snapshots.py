"""What taking a file does to the plain model: whether it must be refused, what a snapshot ends, what is left out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tests.history.files import File
from tests.history.plain import CONTENT, Counts, Key, Plain, Row

from registry.transfer import get_kind

SUBJECT = {
    "evaluation-organisations": "evaluator_code",
    "employments": "institution_code",
    "certificates": "citizen_id",
    "residents": "institution_code",
    "assessments": "institution_code",
    "measures": "institution_code",
    "wages": "institution_code",
}
"""By kind that knows snapshots: the column that names what a snapshot speaks for."""

LEAST, SHARE, SHARE_OF_ONE = 3, 0.1, 0.5
"""The shipped rules of mass removal."""


def bring(model: Plain, file: File) -> Counts | None:
    """Bring a model to what a file says, and count; None where the file must be refused as a whole."""
    expected = file.options.expected_rows
    if (file.bad and not file.options.partial) or expected not in (None, len(file.rows) + len(file.bad)):
        return None
    ended = _ended(model, file) if file.options.snapshot else []
    if not file.options.confirm_removals and _is_mass(model, file, ended):
        return None
    for key in ended:
        _end(model, file.kind, key)
    return replace(model.bring(file.kind, file.rows), ended=len(ended), rejected=len(file.bad))


def _key(kind: str, row: Row) -> Key:
    return tuple(row[column] for column in get_kind(kind).key)


def _standing(model: Plain, file: File) -> dict[str, list[Key]]:
    """What stands of each subject that a file names, without certificates that an award was paid for."""
    column, found = SUBJECT[file.kind], defaultdict[str, list[Key]](list)
    named = {row[column] for row in file.rows}
    awarded = {row["certificate_number"] for row in model.rows["awards"].values()}
    for key, row in model.rows[file.kind].items():
        if row[column] in named and row.get("certificate_number") not in awarded:
            found[row[column]].append(key)
    return found


def _ended(model: Plain, file: File) -> list[Key]:
    stated = {_key(file.kind, row) for row in file.rows}
    return [key for keys in _standing(model, file).values() for key in keys if key not in stated]


def _is_mass(model: Plain, file: File, ended: Sequence[Key]) -> bool:
    if len(ended) < LEAST:
        return False
    lines, gone = {_key(file.kind, row): line for line, row in enumerate(file.rows, 1)}, set(ended)
    told = [(len(keys), len(gone & set(keys)), max(lines.get(key, 0) for key in keys))
            for keys in _standing(model, file).values()]  # fmt: skip
    at_end = max(told, key=lambda subject: subject[2])[1] == len(ended)
    emptied = any(lost >= LEAST and lost > SHARE_OF_ONE * all_ for all_, lost, _ in told)
    return at_end or emptied or len(ended) > SHARE * sum(all_ for all_, _, _ in told)


def _end(model: Plain, kind: str, key: Key) -> None:
    del model.rows[kind][key]
    told, length, _ = CONTENT[kind][-1]
    del model.standing[told][key[:length]]
    if kind == "certificates":
        statuses = model.standing["CERTIFICATE_STATUS"]
        for status in [status for status in statuses if status[0] == key[0]]:
            del statuses[status]
