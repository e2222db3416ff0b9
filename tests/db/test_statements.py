"""Every named statement is understood by a migrated database with the types it declares."""

import re
from itertools import groupby

import pytest

from registry.db.pool import Connection
from registry.db.statements import statement, statement_names, statement_of_given

_UNTYPED = re.compile(r"\$\d+(?!\d|::)")
_CREATES = re.compile(r"\s*CREATE TEMP", re.IGNORECASE)
_CREATES_FOR_IMPORTS = [name for name in statement_names() if re.match(r"import/(snapshot|sources)/create_", name)]
_KINDS = sorted({name.rpartition("/")[0] for name in statement_names() if name.endswith("/stage")})


async def _prepare(connection: Connection, names: list[str]) -> None:
    for name in names:
        try:
            await connection.prepare(statement(name))
            if name.startswith("run/read_"):
                await connection.prepare(statement_of_given(name))
        except Exception as error:
            pytest.fail(f"{name}: {error}")


async def _prepare_with_staging(connection: Connection, names: list[str], staging: list[str]) -> None:
    transaction = connection.transaction()
    await transaction.start()
    for name in staging:
        await connection.execute(statement(name))
    await _prepare(connection, [name for name in names if not _CREATES.match(statement(name))])
    await transaction.rollback()


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


async def test_every_statement_prepares(admin: Connection) -> None:
    await admin.execute("SET search_path = register, disclosure, public")
    apart = ("import/", "run/", "flag/", "statistics/")
    general = [name for name in statement_names() if not name.startswith(apart)]
    await _prepare(admin, general)
    runs = [name for name in statement_names() if name.startswith("run/")]
    await _prepare_with_staging(admin, runs, ["run/create_staging"])
    for folder in ("flag/", "statistics/"):
        names = [name for name in statement_names() if name.startswith(folder)]
        await _prepare_with_staging(admin, names, [name for name in names if _CREATES.match(statement(name))])


@pytest.mark.parametrize("kind", _KINDS)
async def test_every_import_statement_prepares_once_its_rows_are_staged(admin: Connection, kind: str) -> None:
    await admin.execute("SET search_path = register, disclosure, public")
    folders = {folder: list(names) for folder, names in groupby(statement_names(), _folder)}
    staging = [f"{kind}/{step}" for step in ("stage", "resolve", "rows")] + _CREATES_FOR_IMPORTS
    snapshot = folders["import/snapshot"] if f"{kind}/scope" in statement_names() else []
    staging += [f"{kind}/scope"] if snapshot else []
    names = folders[kind] + folders["import"] + snapshot + folders["import/sources"]
    await _prepare_with_staging(admin, names, staging)


@pytest.mark.parametrize("name", statement_names())
def test_every_parameter_names_its_type(name: str) -> None:
    assert _UNTYPED.findall(statement(name)) == []


def test_a_statement_of_given_ids_has_no_way_open_to_read_everything() -> None:
    reads = [name for name in statement_names() if name.startswith("run/read_") and "IS NULL OR" in statement(name)]
    assert len(reads) >= 10
    for name in reads:
        assert not re.search(r"::bigint\[\] IS NULL", statement_of_given(name)), name
        assert re.findall(r"= ANY \(+(?:ARRAY|\$)", statement_of_given(name)), name
