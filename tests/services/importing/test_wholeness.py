"""Files as published: whoever tells rows and digest of a file is not told of it by halves."""

import hashlib

import pytest
from tests.services.importing.conftest import Admin, Bring, as_csv, citizen, person
from tests.services.importing.test_snapshots import on_post, rosters
from tests.transfer.tables import as_jsonl, as_xlsx

from registry.domain.errors import InputError
from registry.services.importing import ImportOptions
from registry.transfer import FileFormat

PEOPLE = [person(number) for number in range(1, 41)]
TABLE = [("citizen_id", "name"), *((row["citizen_id"], row["name"]) for row in PEOPLE)]
FILES = {
    FileFormat.CSV: as_csv("people", PEOPLE),
    FileFormat.XLSX: as_xlsx([TABLE[0], ["# 说明"], *TABLE[1:]]),
    FileFormat.JSONL: as_jsonl(TABLE) + b"\n",
}


async def refused(bring: Bring, kind: str, content: bytes, rule: str, options: ImportOptions, **more: object) -> str:
    with pytest.raises(InputError) as caught:
        await bring(kind, content, options=options, **more)
    assert caught.value.rule == rule
    return caught.value.message.en


@pytest.mark.parametrize("file_format", FileFormat)
@pytest.mark.parametrize("partial", [False, True])
async def test_rows_are_counted_in_every_format(
    full: Bring, admin: Admin, file_format: FileFormat, partial: bool
) -> None:
    content, people = FILES[file_format], "SELECT count(*) FROM register.person"
    before = await admin.fetchval(people)
    for wrong in (0, 39, 41):
        options = ImportOptions(expected_rows=wrong, partial=partial)
        said = await refused(full, "people", content, "import.row-count", options, file_format=file_format)
        assert f"has 40 rows, {wrong} are expected" in said
    assert await admin.fetchval(people) == before
    result = await full(
        "people", content, file_format=file_format, options=ImportOptions(expected_rows=40, partial=partial)
    )
    assert result.rows == 40


async def test_bad_rows_count_among_those_of_the_file(full: Bring) -> None:
    content = as_csv("people", [*PEOPLE, {"name": "无名"}, {"name": "", "citizen_id": citizen(99)}])
    await refused(full, "people", content, "import.row-count", ImportOptions(expected_rows=40, partial=True))
    result = await full("people", content, options=ImportOptions(expected_rows=42, partial=True))
    assert (result.rows, result.rejected) == (40, 2)


async def test_a_file_cut_short_is_told_so_and_not_by_the_errors_of_its_last_row(full: Bring) -> None:
    cut = FILES[FileFormat.CSV][:-12]
    await refused(full, "people", cut, "import.digest", published(FILES[FileFormat.CSV], 40))


def published(content: bytes, rows: int | None = None, **options: bool) -> ImportOptions:
    return ImportOptions(expected_rows=rows, expected_sha256=hashlib.sha256(content).hexdigest(), **options)


async def test_what_a_snapshot_lost_evenly_is_missed_by_its_count(register: Bring, admin: Admin) -> None:
    """Four of forty rows at several institutions, at line ends: too few to be a mass removal by the shipped rules."""
    await register("import-rules", [{**rule} for rule in SHIPPED])
    await register("people", PEOPLE)
    await register("employments", rosters(range(1, 41)), source="bureau")
    whole = as_csv("employments", rosters(range(1, 41)))
    lines = whole.splitlines(keepends=True)
    lost = b"".join(line for number, line in enumerate(lines) if number not in (3, 9, 25, 31))
    for options in (published(whole, 40, snapshot=True), published(whole, 40, snapshot=True, confirm_removals=True)):
        await refused(register, "employments", lost, "import.row-count", options, source="bureau")
    assert await on_post(admin) == 40
    result = await register("employments", lost, source="bureau", options=published(lost, 36, snapshot=True))
    assert result.ended == 4


SHIPPED = [
    {"rule": rule, "value": value, "effective_from": "2000-01-01", "legal_basis": "test"}
    for rule, value in (("REMOVAL_SHARE", "0.1"), ("REMOVAL_SHARE_OF_ONE", "0.5"), ("REMOVAL_LEAST", "3"))
]


async def test_another_byte_is_another_file(full: Bring, admin: Admin) -> None:
    content = FILES[FileFormat.CSV]
    changed = content.replace("王7,".encode(), "李7,".encode())
    assert changed != content
    for options in (published(content, 40), published(content), published(content, dry_run=True)):
        await refused(full, "people", changed, "import.digest", options)
    assert not await admin.fetchval("SELECT count(*) FROM register.person WHERE name LIKE '李%'")
    assert (await full("people", content, options=published(content, 40))).added == 37


async def test_a_refused_file_leaves_no_batch_behind(full: Bring, admin: Admin) -> None:
    batches = "SELECT count(*) FROM register.import_batch"
    before = await admin.fetchval(batches)
    await refused(full, "people", FILES[FileFormat.CSV], "import.row-count", ImportOptions(expected_rows=1))
    assert await admin.fetchval(batches) == before
