"""Digests of what a run read, by table and whatever the order of rows: they tell where a replay parts from its run."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.services.policy_runs import InForce
from registry.services.scoring_inputs import LEVELS, Snapshot
from scoring import Column, Grouping

_ROWS_AT_ONCE = 1 << 16
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

Part = Callable[[slice], npt.NDArray[Any]]
"""The values of one column for a slice of rows."""


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Spread every bit over the whole word (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    return values ^ (values >> np.uint64(31))


def digest_of_rows(n: int, columns: Sequence[Part]) -> int:
    """Sum of a 64-bit hash of each row, modulo 2**64; reads a part of the rows at a time."""
    total = n * _GOLDEN
    for start in range(0, n, _ROWS_AT_ONCE):
        part = slice(start, min(start + _ROWS_AT_ONCE, n))
        word = np.zeros(part.stop - start, np.uint64)
        for column in columns:
            word = _mixed(word + column(part).astype(np.uint64) + np.uint64(_GOLDEN))
        total += int(word.sum(dtype=np.uint64))
    return total & _MASK


def _of_text(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def _plain(*arrays: npt.NDArray[Any]) -> list[Part]:
    return [array.__getitem__ for array in arrays]


def _named(index: npt.NDArray[Any], codes: Sequence[str]) -> Part:
    """A column of numbers of codes as what the codes say, whatever their numbering; -1 for none."""
    words = np.array([*(_of_text(code) for code in codes), 0], np.uint64)
    return lambda part: words[index[part]]


def _grouped(grouping: Grouping) -> Part:
    return _named(grouping.index, grouping.codes)


def _of_columns(ids: npt.NDArray[np.int64], columns: Mapping[str, Column]) -> int:
    parts = (
        digest_of_rows(rows.size, _plain(ids[rows], column.numerator[rows], column.denominator[rows])) ^ _of_text(code)
        for code, column in columns.items()
        if (rows := np.flatnonzero(column.denominator)).size
    )
    return sum(parts) & _MASK


def _of_flags(ids: npt.NDArray[np.int64], flags: Mapping[str, npt.NDArray[np.bool_]]) -> int:
    raised = ((code, ids[np.flatnonzero(flag)]) for code, flag in flags.items())
    return sum(digest_of_rows(found.size, _plain(found)) ^ _of_text(code) for code, found in raised if found.size)


def _employments(snapshot: Snapshot) -> int:
    posts, ids = snapshot.roster.employments, snapshot.ids

    def institution(part: slice) -> npt.NDArray[np.int64]:
        return ids[np.searchsorted(posts.offsets, np.arange(part.start, part.stop), side="right") - 1]

    own = _plain(posts.person, posts.fte_thousandths, posts.started_day, posts.ended_day, posts.appointed_level)
    named = _named(posts.occupation, snapshot.roster.occupation_codes)
    columns = [institution, named, *own, *(_plain(posts.recorded) if posts.recorded is not None else [])]
    return digest_of_rows(posts.person.size, columns)


def _certificates(snapshot: Snapshot) -> int:
    held, roster = snapshot.roster.certificates, snapshot.roster
    codes = [_named(held.kind, roster.certificate_kinds), _named(held.occupation, roster.occupation_codes)]
    own = _plain(held.person, held.level, held.valid_from_day, held.valid_to_day)
    return digest_of_rows(held.person.size, [*own, *codes])


def _institutions(snapshot: Snapshot) -> int:
    codes = [_named(snapshot.kinds, snapshot.kind_codes), _named(snapshot.schemes, snapshot.scheme_codes)]
    return digest_of_rows(snapshot.n, [*_plain(snapshot.ids, snapshot.roster.beds), *codes])


def _of_parts(parts: Iterable[object]) -> int:
    return _of_text(json.dumps(list(parts), sort_keys=True))


def _earlier(policies: Sequence[InForce]) -> int:
    found = [
        digest_of_rows(len(next(iter(columns.values()))), _plain(*columns.values())) ^ _of_parts([one.id, number])
        for one in policies
        if one.earlier is not None
        for number, columns in enumerate((one.earlier.indicators, one.earlier.ratings, one.earlier.year_ago))
    ]
    return sum(found) & _MASK


def read_digests(snapshot: Snapshot, policies: Sequence[InForce]) -> dict[str, str]:
    """Return a digest per table, as 16 hexadecimal digits; a table stands for all that is read with it.

    `certificate` stands for statuses, accreditations, education and equivalences too.
    """
    reported = {code: column for code, column in snapshot.measures.items() if not code.startswith("assessment_")}
    assessed = {code: column for code, column in snapshot.measures.items() if code.startswith("assessment_")}
    regions = [_grouped(snapshot.groups[level.lower()]) for level in LEVELS]
    found = {
        "institution": _institutions(snapshot),
        "region": digest_of_rows(snapshot.n, [*_plain(snapshot.ids), *regions]),
        "employment": _employments(snapshot),
        "certificate": _certificates(snapshot),
        "resident_count": digest_of_rows(snapshot.n, _plain(snapshot.ids, *snapshot.roster.residents.T)),
        "assessment": _of_columns(snapshot.ids, assessed),
        "measure_value": (_of_columns(snapshot.ids, reported) + _of_flags(snapshot.ids, snapshot.flags)) & _MASK,
        "rating_policy": _of_parts(sorted([one.id, one.policy.sha256] for one in policies)),
        "rating_run": _of_parts(sorted([one.id, one.weights_run_id] for one in policies)),
        "rating": _earlier(policies),
    }
    return {name: f"{digest:016x}" for name, digest in found.items()}
