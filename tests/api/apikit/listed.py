"""Entries on credit lists for the API's tests: some in force, some ended, on every kind of subject."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from apikit.builder import Writer, change_set
from apikit.sample import Sample
from registry.db.pool import Database
from registry.domain.lawdays import law_day
from registry.services.rules import put_shipped_rules
from registry.services.transactions import ChangeKind

LISTS = {"BLACK": "CN-BLACK", "WATCH": "CN-WATCH", "RED": "CN-RED"}
GROUNDS = {"BLACK": "FALSE_CLAIMS", "WATCH": "CORRECTION_OVERDUE", "RED": "HONEST_OPERATION"}


def days_ago(days: int) -> date:
    """Return the law day so many days before today."""
    return law_day(datetime.now(UTC)) - timedelta(days=days)


async def write_rules(writer: Writer) -> None:
    await put_shipped_rules(writer.change)


async def add_entry(writer: Writer, kind: str, subject: dict[str, int], **more: Any) -> int:
    """Add an entry that another authority decided; `subject` names its column and number."""
    values = {
        "origin": "IMPORTED",
        "list_code": LISTS[kind],
        "ground_code": GROUNDS[kind],
        "region_code": "220100",
        "decided_on": date(2026, 5, 1),
        "document_number": f"长民罚〔2026〕{next(iter(subject))}{kind}",
        "authority": "长春市民政局",
        "legal_basis": "民发〔2019〕103号",
        "remedy": "60日内可申请行政复议",
        "evidence": "现场检查笔录",
        "reference": "CC-2026-1",
        **subject,
        **more,
    }
    return await writer.add("credit_entry", **values)


async def add_person(writer: Writer, name: str, institution: int, occupation: str) -> int:
    """Add a person who works at an institution."""
    person = await writer.add(
        "person", number_hash=name.encode(), number_encrypted=b"x", number_mask="110105********002X", name=name
    )
    worked = asyncpg.Range(date(2020, 1, 1), None)
    employed = {"occupation": occupation, "worked": worked, "fte_thousandths": 1000}
    await writer.add("employment", institution_id=institution, person_id=person, **employed)
    return person


@dataclass
class Listed:
    """Numbers of the entries by what they are, and when they were recorded."""

    entries: dict[str, int] = field(default_factory=dict)
    recorded: list[datetime] = field(default_factory=list)


async def write_entries(database: Database, sample: Sample) -> Listed:
    """Write entries on homes, the chain and a manager; some in force, disputed, on their last day, ended."""
    listed, inst, org = Listed(), sample.institutions, sample.organisations
    async with change_set(database, ChangeKind.SEED, "rules") as writer:
        await write_rules(writer)
    async with change_set(database, cause="entries") as writer:
        e = listed.entries
        e["single"] = await add_entry(writer, "WATCH", {"institution_id": inst["single"]})
        e["chain"] = await add_entry(
            writer, "BLACK", {"organisation_id": org["chain"]}, region_code="220104", decided_on=date(2026, 6, 1)
        )
        e["red"] = await add_entry(
            writer, "RED", {"organisation_id": org["single"]}, decided_on=date(2025, 1, 1), disputed=True
        )
        e["foreign"] = await add_entry(writer, "BLACK", {"institution_id": inst["cms"]}, region_code="US-AL")
        e["past"] = await add_entry(
            writer, "BLACK", {"institution_id": inst["single"]}, decided_on=date(2024, 5, 1), last_day=days_ago(1)
        )
        e["past foreign"] = await add_entry(
            writer, "WATCH", {"institution_id": inst["cms"]}, region_code="US-AL", last_day=days_ago(3)
        )
        person = await add_person(writer, "张三", inst["single"], "MANAGER")
        e["person"] = await add_entry(writer, "BLACK", {"person_id": person}, decided_on=date(2026, 7, 1))
        e["last day"] = await add_entry(
            writer, "RED", {"institution_id": inst["east"]}, decided_on=date(2026, 2, 1), last_day=days_ago(0)
        )
        e["adopted"] = await add_entry(
            writer,
            "BLACK",
            {"institution_id": inst["cms"]},
            origin="ADOPTED",
            original_id=e["foreign"],
            decided_on=date(2026, 8, 1),
            document_number="互认1",
        )
    async with change_set(database, ChangeKind.CORRECTION, "withdrawn") as writer:
        await writer.amend(
            "credit_entry", e["foreign"], ended_on=days_ago(0), end_kind="WITHDRAWN", end_reason="决定有误"
        )
    rows = await database.public.fetch("SELECT recorded_at FROM disclosure.change_set ORDER BY position")
    listed.recorded = [row["recorded_at"] for row in rows]
    return listed
