"""One generated register, parsed once for all tests."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from registry.synthetic import Manifest, generate
from registry.transfer import KINDS, ErrorLog, read_rows

INSTITUTIONS, SEED = 600, 7
Row = Mapping[str, Any]


@dataclass
class Register:
    """A generated register as parsed rows."""

    manifest: Manifest
    tables: dict[str, list[Row]]

    @cached_property
    def institutions(self) -> dict[str, Row]:
        """Institutions by code."""
        return {row["institution_code"]: row for row in self.tables["institutions"]}

    @cached_property
    def held(self) -> dict[str, list[Row]]:
        """Certificates by holder."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.tables["certificates"]:
            found[row["citizen_id"]].append(row)
        return found

    def on_post(self, code: str, occupation: str = "CARER") -> list[Row]:
        """The current employments of an occupation at an institution."""
        return [row for row in self.current if row["institution_code"] == code and row["occupation"] == occupation]

    @cached_property
    def current(self) -> list[Row]:
        """Employments without an end."""
        return [row for row in self.tables["employments"] if row["ended_on"] is None]

    @cached_property
    def planted(self) -> list[dict[str, Any]]:
        """The findings of `planted.json`."""
        document = json.loads((self.manifest.directory / "planted.json").read_text(encoding="utf-8"))
        return list(document["findings"])

    def findings(self, kind: str) -> list[dict[str, Any]]:
        """The findings of a kind, of which there is at least one."""
        found = [finding for finding in self.planted if finding["finding"] == kind]
        assert found
        return found


def parsed(directory: Path, kind: str) -> tuple[list[Row], ErrorLog]:
    """The rows of a file of a directory, and its errors."""
    errors = ErrorLog()
    path = directory / f"{kind}.csv"
    names = KINDS[kind].names
    rows: list[Row] = [
        dict(zip(names, row.values, strict=True)) for row in read_rows(KINDS[kind], path, path.name, errors)
    ]
    return rows, errors


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    manifest = generate(tmp_path_factory.mktemp("register"), INSTITUTIONS, SEED)
    tables = {}
    for file in manifest.files:
        kind = file.name.removesuffix(".csv")
        tables[kind], errors = parsed(manifest.directory, kind)
        assert errors.kept == []
        assert len(tables[kind]) == file.rows
    return Register(manifest, tables)


def is_valid(certificate: Row, day: date) -> bool:
    """Whether a certificate counts on a day by its own dates and status."""
    expired = certificate["expires_on"] is not None and certificate["expires_on"] < day
    return not expired and certificate["status"] == "VALID"
