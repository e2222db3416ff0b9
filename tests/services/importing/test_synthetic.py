"""A whole synthetic register goes in without an error, and again without a change."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.services.importing.conftest import KEYS, OPERATOR, Admin

from registry.db.pool import Database
from registry.domain.errors import Conflict, RowError, RowsRejected
from registry.services.importing import ImportOptions, ImportResult, import_file
from registry.services.seeding import seed
from registry.synthetic import generate
from registry.transfer import KINDS

NOT_GENERATED = {"import-rules", "regions", "equivalences"}
PLAIN = ImportOptions()
COUNTS = ("rows", "added", "amended", "ended", "unchanged", "contradictions")


async def bring_file(database: Database, path: Path) -> ImportResult:
    return await bring_from(database, path, "synthetic")


async def bring_from(database: Database, path: Path, source: str, options: ImportOptions = PLAIN) -> ImportResult:
    return await import_file(
        database, OPERATOR, KEYS, path.stem, path, file_name=path.name, source=source, options=options
    )


async def test_three_hundred_institutions_of_all_kinds(database: Database, admin: Admin, tmp_path: Path) -> None:
    manifest = generate(tmp_path, institutions=300, seed=7)
    await seed(database, OPERATOR)
    rows = {file.name: file.rows for file in manifest.files}
    for name in rows:
        result = await bring_file(database, tmp_path / name)
        assert (result.rows, result.added) == (rows[name], rows[name])
    for name in rows:
        result = await bring_file(database, tmp_path / name)
        assert (result.unchanged, result.position) == (rows[name], None)
    assert {Path(name).stem for name in rows} == set(KINDS) - NOT_GENERATED
    assert await admin.fetchval("SELECT count(*) FROM register.institution") == 300
    counts = await admin.fetch(
        "SELECT s.changes, count(*) AS told, count(DISTINCT c.ordinal) AS ordinals, max(c.ordinal) AS highest"
        " FROM register.change_set AS s JOIN register.staff_change AS c ON c.change_id = s.id GROUP BY s.id, s.changes"
    )
    assert all(row["changes"] == row["told"] == row["ordinals"] == row["highest"] for row in counts)
    assert sum(row["changes"] for row in counts) > sum(rows.values())


async def refusal(database: Database, path: Path, kind: str) -> list[RowError]:
    """The errors of a file that is refused."""
    with pytest.raises(RowsRejected) as refused:
        await import_file(database, OPERATOR, KEYS, kind, path, file_name=path.name, source="synthetic")
    return list(refused.value.errors)


async def test_its_bad_rows_are_refused_for_the_expected_reasons(database: Database, tmp_path: Path) -> None:
    manifest = generate(tmp_path, institutions=3, seed=7)
    await seed(database, OPERATOR)
    for file in manifest.files:
        await bring_file(database, tmp_path / file.name)
    found = [
        {"file": error.file, "row": error.row, "column": error.column, "rule": error.rule}
        for path in sorted((tmp_path / "bad_rows").glob("*.csv"))
        for error in await refusal(database, path, path.stem)
    ]
    expected = json.loads((tmp_path / "bad_rows" / "expected.json").read_text(encoding="utf-8"))
    assert sorted(found, key=str) == sorted(expected, key=str)


async def test_its_bad_files_are_refused_for_the_expected_reasons(database: Database, tmp_path: Path) -> None:
    generate(tmp_path, institutions=1, seed=7)
    expected = json.loads((tmp_path / "bad_files" / "expected.json").read_text(encoding="utf-8"))
    assert {entry["file"] for entry in expected} == {path.name for path in (tmp_path / "bad_files").glob("*.csv")}
    for entry in expected:
        errors = await refusal(database, tmp_path / "bad_files" / entry["file"], entry["kind"])
        assert [error.rule for error in errors] == [entry["rule"]]


async def test_its_companions_are_taken_as_their_lists_say(database: Database, tmp_path: Path) -> None:
    manifest = generate(tmp_path, institutions=300, seed=7)
    await seed(database, OPERATOR)
    for file in manifest.files:
        await bring_from(database, tmp_path / file.name, "first source")
    for name in ("truncated", "second_source", "next_month", "truncated"):
        folder = tmp_path / name
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        assert expected["imports"]
        for entry in expected["imports"]:
            await take(database, folder / entry["file"], entry, expected["source"])


async def take(database: Database, path: Path, entry: dict[str, Any], source: str) -> None:
    """Import a file of a companion folder and hold what its list says of it."""
    options = ImportOptions(snapshot=entry.get("snapshot", False))
    if "refused" in entry:
        with pytest.raises(Conflict) as refused:
            await bring_from(database, path, source, options)
        assert refused.value.rule == entry["refused"]
        return
    result = await bring_from(database, path, source, options)
    assert {name: getattr(result, name) for name in COUNTS} == {name: entry[name] for name in COUNTS}, entry
