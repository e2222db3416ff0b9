"""What exports say of the end of entries: gone from that moment on, and the removal, whole, for a credit site."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.scheduler.conftest import until
from tests.services.credit.conftest import OPERATOR, SetDay
from tests.services.importing.conftest import KEYS, uscc

from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Forbidden, InputError
from registry.domain.lawdays import law_day
from registry.scheduler.jobs import ExportJobs, rate_what_changed
from registry.services.exporting import ExportFormat, ExportSet, Manifest, as_document, export_set, is_gone
from registry.services.importing import import_file
from registry.services.nightly_exports import export_all
from registry.services.policies import add_policy, shipped_documents
from registry.transfer import FileFormat

DAY = law_day(datetime.now(UTC))
NEXT = DAY + timedelta(days=1)
ENTRY = {
    "list_code": "CN-BLACK",
    "subject_kind": "ORGANISATION",
    "subject_code": uscc(1),
    "origin": "IMPORTED",
    "decided_on": (DAY - timedelta(days=30)).isoformat(),
    "ground_code": "FRAUD",
    "repair_class": "GENERAL",
    "legal_basis": "民发〔2019〕103号",
    "remedy": "六十日内可申请行政复议",
    "authority": "长春市民政局",
    "region_code": "220102",
    "reference": "长民〔2026〕9号",
    "published_on": (DAY - timedelta(days=30)).isoformat(),
}
NAMED_BY_LAW = {
    *("subject_name", "subject_code", "decided_on", "ground", "evidence", "legal_basis", "remedy", "authority"),
    *("document_number", "credit_china_code"),
}
"""What a decision names; a removal names the same, with its day and its ground."""


async def _bring(database: Database, *entries: dict[str, Any]) -> None:
    lines = "\n".join(json.dumps({**ENTRY, **entry}, ensure_ascii=False) for entry in entries)
    content = io.BytesIO(lines.encode())
    await import_file(
        database,
        OPERATOR,
        KEYS,
        "credit-entries",
        content,
        file_name="e.jsonl",
        source="s",
        file_format=FileFormat.JSONL,
    )


async def _export(database: Database, wanted: ExportSet, folder: Path, since: int | None = None) -> Manifest:
    return await export_set(database, OPERATOR, wanted, folder, since=since)


def _rows(folder: Path, manifest: Manifest, place: int = 0) -> list[dict[str, str]]:
    return _entries(folder / manifest.folder / manifest.files[place].name)


async def test_ratings_and_entries_are_gone_from_the_first_day_after_an_entry_and_others_stay(
    database: Database, set_day: SetDay, tmp_path: Path
) -> None:
    await set_day(DAY)
    last = DAY + timedelta(days=4)
    await _bring(database, {"document_number": "1号", "repair_class": None, "last_day": last.isoformat()})
    sets = (ExportSet.RATINGS, ExportSet.CREDIT_ENTRIES, ExportSet.IMPORTABLE_ENTRIES, ExportSet.INSTITUTIONS)
    made = [as_document(await _export(database, wanted, tmp_path)) for wanted in sets]
    assert [one["goneFrom"] for one in made] == [*[(last + timedelta(days=1)).isoformat()] * 3, None]
    await set_day(last)
    assert [await is_gone(database, one) for one in made] == [False] * 4
    await set_day(last + timedelta(days=1))
    assert [await is_gone(database, one) for one in made] == [True, True, True, False]


async def test_what_is_gone_is_written_anew_and_what_an_ended_entry_said_is_kept_no_longer(
    database: Database, set_day: SetDay, tmp_path: Path
) -> None:
    await set_day(DAY)
    await _bring(database, {"document_number": "1号"}, {"document_number": "2号", "subject_code": uscc(2)})
    jobs, lines = ExportJobs(tmp_path), ExportFormat.JSONL
    first = await export_set(database, OPERATOR, ExportSet.CREDIT_ENTRIES, tmp_path, file_format=lines)
    matcher = await export_set(database, OPERATOR, ExportSet.CREDIT_ENTRIES, tmp_path, file_format=ExportFormat.FTM)
    kept = await _export(database, ExportSet.ORGANISATIONS, tmp_path)
    assert await jobs.renew(database) == "0 exports made"
    ended = {"ended_on": DAY.isoformat(), "end_kind": "ANNULLED", "end_reason": "事实不清"}
    await _bring(database, {"document_number": "1号", **ended})
    assert await jobs.renew(database) == "2 exports made"
    assert await jobs.renew(database) == "0 exports made"
    gone, whole = (tmp_path / one.folder for one in (first, kept))
    assert [path.name for path in gone.iterdir()] == ["manifest.json"]
    assert [path.name for path in (tmp_path / matcher.folder).iterdir()] == ["manifest.json"]
    assert (whole / "organisations.csv").is_file()
    (again,) = {path for path in tmp_path.glob("credit-entries-*-jsonl") if path != gone}
    assert [json.loads(line)["document_number"] for line in (again / "credit-entries.jsonl").open()] == ["2号"]
    await set_day(NEXT + timedelta(days=3 * 366))
    assert await jobs.renew(database) == "2 exports made"
    assert len(list(tmp_path.glob("*/credit-entries.jsonl"))) == 1


async def test_what_an_act_ends_is_written_anew_as_soon_as_it_is_followed(
    database: Database, set_day: SetDay, tmp_path: Path
) -> None:
    await set_day(DAY)
    await add_policy(database, OPERATOR, shipped_documents()["cn-national"])
    await _bring(database, {"document_number": "1号"}, {"document_number": "2号", "subject_code": uscc(2)})
    jobs = ExportJobs(tmp_path)
    follow = jobs.after(rate_what_changed)
    first = await _export(database, ExportSet.CREDIT_ENTRIES, tmp_path)
    ended = {"ended_on": DAY.isoformat(), "end_kind": "ANNULLED", "end_reason": "事实不清"}
    await _bring(database, {"document_number": "1号", **ended})
    followed = await follow(database)
    assert followed is not None
    assert followed.changes > 0

    async def renewed() -> bool:
        return {path.parent.name for path in tmp_path.glob("*/credit-entries.csv")}.isdisjoint({first.folder})

    await until(renewed)
    (again,) = tmp_path.glob("*/credit-entries.csv")
    assert [row["document_number"] for row in _entries(again)] == ["2号"]


def _entries(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


async def test_the_sets_of_a_night_are_of_one_moment_whatever_comes_meanwhile(
    database: Database, tmp_path: Path
) -> None:
    night = asyncio.create_task(export_all(database, tmp_path))
    number = 0
    while not night.done():
        number += 1
        await _bring(database, {"document_number": f"{number}号", "subject_code": uscc(number % 3 + 1)})
    made = await night
    assert len({manifest.position for manifest in made}) == 1
    entries = {manifest.format: manifest for manifest in made if manifest.set is ExportSet.CREDIT_ENTRIES}
    assert entries[ExportFormat.CSV].files[0].rows == entries[ExportFormat.JSONL].files[0].rows


async def test_a_credit_site_gets_every_field_of_decisions_and_of_removals(
    database: Database, set_day: SetDay, tmp_path: Path
) -> None:
    await set_day(DAY)
    first, second = {"document_number": "=1号"}, {"document_number": "2号", "subject_code": uscc(2)}
    expiring = {"document_number": "3号", "subject_code": uscc(3), "repair_class": None, "last_day": DAY.isoformat()}
    await _bring(database, first, second, expiring)
    before = await _export(database, ExportSet.CREDIT_SITE, tmp_path)
    decisions = _rows(tmp_path, before)
    assert {row["document_number"] for row in decisions} == {"'=1号", "2号", "3号"}
    assert all(row["credit_china_code"] == "8" and row["ground"] and set(row) >= NAMED_BY_LAW for row in decisions)
    await set_day(NEXT)
    ended = {"ended_on": NEXT.isoformat(), "end_kind": "ANNULLED", "end_reason": "事实不清"}
    await _bring(database, {**second, **ended})
    after = await _export(database, ExportSet.CREDIT_SITE, tmp_path, before.position)
    assert [file.rows for file in after.files] == [0, 2]
    removals = {row["document_number"]: row for row in _rows(tmp_path, after, 1)}
    told = {number: (row["removed_on"], row["removal_kind"], row["removal_ground"]) for number, row in removals.items()}
    assert told == {"2号": (NEXT.isoformat(), "ANNULLED", "事实不清"), "3号": (NEXT.isoformat(), "EXPIRED", "")}
    assert all(set(row) >= {*NAMED_BY_LAW, "removal_document_number"} for row in removals.values())


async def test_what_is_for_a_credit_site_is_for_no_one_else(database: Database, tmp_path: Path) -> None:
    for role in (Role.PROCUREMENT, Role.INSTITUTION, Role.AUDITOR):
        with pytest.raises(Forbidden):
            await export_set(database, Actor("key:9", role), ExportSet.CREDIT_SITE, tmp_path)
    with pytest.raises(InputError, match="credit-entries") as caught:
        await export_set(database, OPERATOR, ExportSet.RATINGS, tmp_path, file_format=ExportFormat.FTM)
    assert caught.value.rule == "export.format"
    assert list(tmp_path.iterdir()) == []


async def test_no_cell_begins_with_what_a_spreadsheet_would_run(database: Database) -> None:
    cells = [*(f"{first}1" for first in "=+-@＝＋－＠\t\r\n"), "养老院", "1+1", "'", "", None]
    told = [await database.public.fetchval("SELECT disclosure.plain_cell($1)", cell) for cell in cells]
    assert told == [*(f"'{cell}" for cell in cells[:11]), *cells[11:]]
