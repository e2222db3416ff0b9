"""SHA-256 digests of what went in and what came out; the order of rows is the order of their keys."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.inputs import Grouping, Population, Previous
from scoring.outcome import Frozen, Outcome
from scoring.policy.policy import Policy
from scoring.version import ENGINE_VERSION


class _Digest:
    """Feeds named arrays in key order, little-endian and row by row."""

    def __init__(self, population: Population) -> None:
        self._hash = hashlib.sha256()
        self._order: NDArray[np.int64] | None = None
        if population.keys is not None and np.any(population.keys[1:] < population.keys[:-1]):
            self._order = np.argsort(population.keys, kind="stable")

    def text(self, *parts: str) -> None:
        for part in parts:
            data = part.encode()
            self._hash.update(len(data).to_bytes(8, "little") + data)

    def array(self, name: str, values: NDArray[Any]) -> None:
        ordered = values if self._order is None else values[self._order]
        little = ordered.astype(ordered.dtype.newbyteorder("<"), copy=False)
        self.text(name, str(little.dtype), str(little.shape))
        self._hash.update(np.asfortranarray(little).T.data)

    def hex(self) -> str:
        return self._hash.hexdigest()


def input_digest(policy: Policy, population: Population, frozen: Frozen | None, previous: Previous | None) -> str:
    """Of all the run rests on: engine, policy, measures, flags, groups, what was frozen and what stood before."""
    digest = _Digest(population)
    digest.text(ENGINE_VERSION, policy.sha256, str(population.n))
    if population.keys is not None:
        digest.array("keys", population.keys)
    for measure in policy.measures:
        column = population.measures.get(measure.code)
        if column is not None:
            digest.array(f"{measure.code}/", column.numerator)
            digest.array(f"/{measure.code}", column.denominator)
    for code in policy.flag_codes:
        if code in population.flags:
            digest.array(f"flag {code}", population.flags[code])
    for level in sorted(population.groups):
        _grouping(digest, level, population.groups[level])
    digest.text(json.dumps(None if frozen is None else frozen.as_document(), sort_keys=True))
    if previous is not None:
        for name in ("values", "points", "present", "stars_before", "score", "base"):
            if (array := getattr(previous, name)) is not None:
                digest.array(f"previous {name}", array)
    return digest.hex()


def _grouping(digest: _Digest, level: str, grouping: Grouping) -> None:
    """Groups by the order of their codes, so that the caller's numbering of groups does not matter."""
    used = sorted({grouping.codes[at] for at in np.unique(grouping.index).tolist() if at >= 0})
    place = {code: at for at, code in enumerate(used)}
    table = np.array([place.get(code, -1) for code in grouping.codes] + [-1], dtype=np.int32)
    digest.text(level, *used)
    digest.array(level, table[grouping.index])


def output_digest(population: Population, outcome: Outcome) -> str:
    """Of everything that is published: scores, grades, reasons, contributions, domain grades, ranks, weights."""
    digest = _Digest(population)
    digest.text(outcome.engine_version, *(reason.code for reason in outcome.reasons), *outcome.stage_codes)
    if population.keys is not None:
        digest.array("keys", population.keys)
    for name, values in _published(outcome):
        digest.array(name, values)
    digest.text(json.dumps(outcome.weights.final))
    return digest.hex()


def _published(outcome: Outcome) -> Iterable[tuple[str, NDArray[Any]]]:
    for name in ("score", "scored", "stars", "reason", "contributions", "domain_grades", "stages"):
        yield name, getattr(outcome, name)
    for scope in ("nation", "region", "kind"):
        yield f"rank {scope}", getattr(outcome.ranks, scope)
