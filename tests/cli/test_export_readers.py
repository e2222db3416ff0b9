"""Exports as their users' tools read them: matchers, spreadsheets, data frames, and the register itself."""

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import httpx
import openpyxl
import pandas
import pytest
from followthemoney import model
from followthemoney.dataset import DataCatalog, Dataset
from tests.cli.conftest import Program
from tests.cli.processes import serving

from registry.transfer.sheets import CellKind, SheetColumn, Sheets

pytestmark = pytest.mark.xdist_group("demo-register")
TARGET_COLUMNS = (
    "id schema name aliases birth_date countries addresses identifiers sanctions phones emails "
    "program_ids dataset first_seen last_seen last_change"
)
DANGEROUS = "=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", '=HYPERLINK("http://x")', "{=1}", "0123", "=cmd|' /C calc'!A1"
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "exports.md"
FORMATS = "csv", "jsonl", "xlsx"
SANCTION_PARTS = "program", "reason", "status", "startDate", "endDate"
Exported = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def exported(demo: Program) -> Exported:
    """The folder of a set of the demo register in a format."""
    made: dict[tuple[str, str], Path] = {}

    def export(name: str, file_format: str) -> Path:
        if (name, file_format) not in made:
            told = demo.data("export", name, demo.folder / "readers", "--format", file_format)
            made[name, file_format] = Path(told["folder"])
        return made[name, file_format]

    return export


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _entities(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "entities.ftm.json").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_followthemoney_takes_every_entity_with_every_value(exported: Exported) -> None:
    folder = exported("credit-entries", "ftm")
    entities = _entities(folder)
    ids = {entity["id"] for entity in entities}
    assert len(ids) == len(entities) > 5
    for document in entities:
        entity = model.get_proxy(document, cleaned=False)
        entity.schema.validate(document)
        kept = {name: set(values) for name, values in entity.to_dict()["properties"].items()}
        assert kept == {name: set(values) for name, values in document["properties"].items()}
        assert set(entity.get("entity", quiet=True)) <= ids
    sanctions = [entity for entity in entities if entity["schema"] == "Sanction"]
    standing = [
        row for row in _rows(exported("credit-entries", "csv") / "credit-entries.csv") if row["list_kind"] != "RED"
    ]
    assert sorted(entity["id"] for entity in sanctions) == sorted(f"care-entry-{row['entry_id']}" for row in standing)
    assert {topic for one in entities for topic in one["properties"].get("topics", ())} <= {"debarment", "reg.warn"}


def test_no_number_of_a_person_can_be_matched_and_none_is_whole(exported: Exported) -> None:
    people = [entity for entity in _entities(exported("credit-entries", "ftm")) if entity["schema"] == "Person"]
    assert people
    for person in people:
        assert set(person["properties"]) == {"name", "country", "topics", "notes"}
        assert "********" in person["properties"]["notes"][0]
    targets = _rows(exported("credit-entries", "ftm") / "targets.simple.csv")
    assert {row["identifiers"] for row in targets if row["schema"] == "Person"} == {""}


def test_targets_are_the_subjects_in_the_columns_that_programs_expect(exported: Exported) -> None:
    folder = exported("credit-entries", "ftm")
    assert (folder / "targets.simple.csv").read_bytes().startswith(b"id,schema,"), "no BOM, as programs expect"
    targets = _rows(folder / "targets.simple.csv")
    assert " ".join(targets[0]) == TARGET_COLUMNS
    subjects = {one["id"]: one for one in _entities(folder) if one["target"]}
    assert {row["id"]: (row["name"], row["schema"]) for row in targets} == {
        name: (one["caption"], one["schema"]) for name, one in subjects.items()
    }
    assert all(row["first_seen"] <= row["last_seen"] for row in targets)
    sanctions = [one["properties"] for one in _entities(folder) if one["schema"] == "Sanction"]
    for row in targets:
        wanted = [" - ".join(_told(one)) for one in sanctions if one["entity"] == [row["id"]]]
        assert next(csv.reader([row["sanctions"]], delimiter=";")) == sorted(wanted)


def _told(sanction: dict[str, list[str]]) -> list[str]:
    return [value for name in SANCTION_PARTS for value in sanction.get(name, ())]


def test_a_matcher_finds_the_newest_entities_by_the_catalogue(demo: Program) -> None:
    served = demo.folder / ".registry" / "exports"
    demo.data("export", "credit-entries", served, "--format", "ftm")
    demo.data("export", "credit-site", served)
    with serving(demo) as (_, url), httpx.Client() as client:
        listed = client.get(f"{url}/exports/").json()["exports"]
        assert [one["set"] for one in listed] == ["credit-entries"]
        assert client.get(f"{url}/exports/{_one(served, 'credit-site*').name}/credit-site.csv").status_code == 404
        catalogue = DataCatalog(Dataset, client.get(f"{url}/exports/index.json").json())
        (dataset,) = catalogue.datasets
        (told,) = client.get(f"{url}/exports/index.json").json()["datasets"]
        resource = dataset.get_resource(told["resource_name"])
        answer = client.get(f"{url}{urlsplit(str(resource.url)).path}")
        assert resource.checksum == hashlib.sha1(answer.content).hexdigest()
        assert (dataset.model.entity_count, resource.size) == (len(answer.text.splitlines()), len(answer.content))
        assert {row["dataset"] for row in _rows(_one(served, "*/targets.simple.csv"))} == {dataset.model.title}
        assert answer.headers["content-type"] == resource.mime_type == "application/json+ftm"
        assert {tuple(json.loads(line)["datasets"]) for line in answer.text.splitlines()} == {(dataset.name,)}
        assert str(dataset.model.version).isdigit()
    shutil.rmtree(served)


def _one(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


SQL = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "boolean": "BOOLEAN"}
NUMPY = {"text": "string", "integer": "Int64", "number": "float64", "boolean": "boolean"}
SOME_TYPES = {
    "organisations": {"organisation_code": "text", "region_code": "text", "registered_on": "date"},
    "institutions": {"region_code": "text", "beds": "integer", "opened_on": "date", "closed_on": "date"},
    "assessments": {"decided_on": "date", "grade": "integer", "environment": "number"},
    "ratings": {"stars_before_entries": "integer", "score": "number", "as_of": "date", "capped": "boolean"},
    "credit-entries": {"entry_id": "integer", "region_code": "text", "decided_on": "date", "disputed": "boolean"},
    "importable-entries": {"document_number": "text", "last_day": "date"},
}


@pytest.mark.parametrize("name", SOME_TYPES)
def test_duckdb_and_pandas_read_the_same_rows_with_the_types_of_the_manifest(exported: Exported, name: str) -> None:
    in_csv, in_lines = exported(name, "csv") / f"{name}.csv", exported(name, "jsonl") / f"{name}.jsonl"
    told = {kind: json.loads((exported(name, kind) / "manifest.json").read_text())["files"][0] for kind in FORMATS}
    columns = told["csv"]["columns"]
    assert [one["columns"] for one in told.values()] == [columns] * 3
    assert columns.items() >= SOME_TYPES[name].items()
    types = {column: SQL[kind] for column, kind in columns.items()}
    rows = duckdb.read_csv(str(in_csv), dtype=types)
    lines = duckdb.read_json(str(in_lines), format="newline_delimited", columns=types)
    for relation in (rows, lines):
        assert dict(zip(relation.columns, map(str, relation.types), strict=True)) == types
    assert _content(rows) == _content(lines)
    assert len(rows) == told["csv"]["rows"] == len(_rows(in_csv)) > 0
    days = [column for column, kind in columns.items() if kind == "date"]
    wanted = {column: NUMPY[kind] for column, kind in columns.items() if kind != "date"}
    frame = pandas.read_csv(in_csv, dtype=wanted, parse_dates=days)
    again = pandas.read_json(in_lines, lines=True, dtype=wanted)
    assert list(frame.columns) == list(again.columns) == list(columns)
    assert {column: str(kind) for column, kind in frame.dtypes.items() if column in wanted} == wanted
    assert all(pandas.api.types.is_datetime64_any_dtype(frame[column]) for column in days)
    key = next(iter(columns))
    assert sorted(frame[key]) == sorted(again[key])


def test_the_guide_reads_the_types_of_a_manifest(exported: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    program = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert program is not None
    monkeypatch.chdir(exported("institutions", "csv"))
    names: dict[str, Any] = {}
    exec(program[1], names)
    types = dict(zip(names["rows"].columns, map(str, names["rows"].types), strict=True))
    assert (types["region_code"], types["beds"], types["closed_on"]) == ("VARCHAR", "BIGINT", "DATE")
    kinds = names["frame"].dtypes
    assert (str(kinds["region_code"]), str(kinds["beds"])) == ("string", "Int64")
    assert pandas.api.types.is_datetime64_any_dtype(kinds["opened_on"])


def _content(rows: duckdb.DuckDBPyRelation) -> list[str]:
    """The rows, whatever their order; an empty text is nothing in CSV."""
    return sorted(str([None if value == "" else value for value in row]) for row in rows.fetchall())


def test_a_workbook_has_what_the_csv_has_and_another_register_imports_it(demo: Program, exported: Exported) -> None:
    book = exported("institutions", "xlsx") / "institutions.xlsx"
    lines = openpyxl.load_workbook(book, read_only=True).active.iter_rows(values_only=True)
    header = next(lines)
    told = [{name: _shown(value) for name, value in zip(header, line, strict=True)} for line in lines]
    assert told == _rows(exported("institutions", "csv") / "institutions.csv")
    (done,) = demo.data("import", "institutions", book, "--dry-run")["imported"]
    assert (done["rows"], done["unchanged"]) == (len(told), len(told))


def _shown(value: Any) -> str:
    return "" if value is None else str(value.date()) if hasattr(value, "date") else str(value)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_a_workbook_and_runs_nothing_in_it(exported: Exported, tmp_path: Path) -> None:
    book, trap = exported("institutions", "xlsx") / "institutions.xlsx", tmp_path / "trap.xlsx"
    sheets = Sheets(trap, "trap", [SheetColumn("text", CellKind.TEXT)], datetime(2026, 11, 1, tzinfo=UTC))
    sheets.add([{"text": text} for text in DANGEROUS])
    sheets.close()
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    to_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        to_csv,
        "--outdir",
        str(tmp_path),
        str(book),
        str(trap),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    opened = list(csv.DictReader(io.StringIO((tmp_path / "institutions.csv").read_text(encoding="utf-8"))))
    assert opened == _rows(exported("institutions", "csv") / "institutions.csv")
    assert [row["text"] for row in _rows(tmp_path / "trap.csv")] == list(DANGEROUS)
