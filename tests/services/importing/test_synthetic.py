"""A whole synthetic register goes in without an error, and again without a change."""

from pathlib import Path

import pytest
from tests.services.importing.conftest import KEYS, OPERATOR, Admin

from registry.db.pool import Database
from registry.domain.errors import RowsRejected
from registry.services.importing import ImportResult, import_file
from registry.services.seeding import seed
from registry.synthetic import generate
from registry.transfer import KINDS


async def bring_file(database: Database, path: Path) -> ImportResult:
    return await import_file(database, OPERATOR, KEYS, path.stem, path, file_name=path.name, source="synthetic")


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
    assert {Path(name).stem for name in rows} == set(KINDS) - {"regions"}
    assert await admin.fetchval("SELECT count(*) FROM register.institution") == 300
    counts = await admin.fetch(
        "SELECT s.changes, count(*) AS told, count(DISTINCT c.ordinal) AS ordinals, max(c.ordinal) AS highest"
        " FROM register.change_set AS s JOIN register.staff_change AS c ON c.change_id = s.id GROUP BY s.id, s.changes"
    )
    assert all(row["changes"] == row["told"] == row["ordinals"] == row["highest"] for row in counts)
    assert sum(row["changes"] for row in counts) > sum(rows.values())


async def test_its_bad_rows_are_refused(database: Database, tmp_path: Path) -> None:
    generate(tmp_path, institutions=1, seed=7)
    await seed(database, OPERATOR)
    files = sorted((tmp_path / "bad_rows").glob("*.csv"))
    assert files
    for path in files:
        with pytest.raises(RowsRejected):
            await bring_file(database, path)
