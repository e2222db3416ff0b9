"""Each rule on a register of two institutions: what it finds, what it leaves alone, in whatever order things come."""

import io
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.services.importing.conftest import (
    KEYS,
    OPERATOR,
    Row,
    as_csv,
    certificate,
    citizen,
    employment,
    entry_on_person,
    evaluator,
    import_rule,
    person,
    uscc,
)

from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.domain.lawdays import law_day
from registry.services.flags.raising import raise_flags
from registry.services.importing import import_file
from registry.services.transactions import ChangeKind, publishing

TODAY = law_day(datetime.now(UTC))
Bring = Callable[..., Awaitable[None]]
Flags = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
async def bring(database: Database) -> Bring:
    """Import rows; the register's people 1 and 2 are carers at institutions 1 and 2."""

    async def rows(kind: str, *given: Row, source: str = "test") -> None:
        content = io.BytesIO(as_csv(kind, given))
        await import_file(database, OPERATOR, KEYS, kind, content, file_name=f"{kind}.csv", source=source)

    await raise_flags(database, OPERATOR, TODAY)
    return rows


@pytest.fixture
async def raised(database: Database, admin: Admin) -> Flags:
    """Hold the register against the rules, and give the flags of one, the oldest first."""

    async def of(rule: str, day: date = TODAY) -> list[dict[str, Any]]:
        await raise_flags(database, OPERATOR, day)
        rows = await admin.fetch(
            "SELECT i.code, f.state, f.evidence FROM register.flag AS f"
            " JOIN register.institution AS i ON i.id = f.institution_id WHERE f.rule = $1 ORDER BY f.id",
            rule,
        )
        return [{"code": row["code"], "state": row["state"], **json.loads(row["evidence"])} for row in rows]

    return of


MASK = "220102********0019"


async def test_an_entry_flags_where_the_person_is_on_post(bring: Bring, raised: Flags) -> None:
    await bring("credit-entries", entry_on_person(1))
    (flag,) = await raised("LISTED_PERSON")
    assert (flag["code"], flag["numberMask"], flag["occupation"]) == (uscc(1), MASK, "CARER")


async def test_a_post_flags_where_the_person_is_listed_already(bring: Bring, raised: Flags) -> None:
    await bring("people", person(3))
    await bring("credit-entries", entry_on_person(3))
    assert await raised("LISTED_PERSON") == []
    await bring("employments", employment(3, 2, occupation="MANAGER"))
    (flag,) = await raised("LISTED_PERSON")
    assert (flag["code"], flag["occupation"]) == (uscc(2), "MANAGER")


async def test_a_second_post_of_a_listed_person_is_another_fact(bring: Bring, raised: Flags) -> None:
    await bring("credit-entries", entry_on_person(1))
    await raised("LISTED_PERSON")
    await bring("employments", employment(1, 2, started_on="2026-06-01", fte="0.5"))
    assert [flag["code"] for flag in await raised("LISTED_PERSON")] == [uscc(1), uscc(2)]
    assert len(await raised("LISTED_PERSON", TODAY + timedelta(days=1))) == 2


@pytest.mark.parametrize("first", ["entry", "post"])
async def test_an_entry_that_has_ended_flags_nobody(bring: Bring, raised: Flags, first: str) -> None:
    """Repaired yesterday: neither who is on post nor who comes is flagged."""
    ended = {"decided_on": "2024-06-03", "ended_on": str(TODAY), "end_kind": "REPAIRED", "end_reason": "已履行"}
    entry = entry_on_person(3, **ended, end_document_number="修复1")
    await bring("people", person(3))
    coming = [("credit-entries", entry), ("employments", employment(3, 1))]
    for kind, row in coming if first == "entry" else reversed(coming):
        await bring(kind, row)
        assert await raised("LISTED_PERSON") == []


async def test_an_entry_that_ends_leaves_its_flag_and_raises_no_more(bring: Bring, raised: Flags) -> None:
    """What was found stays for a person to judge; what comes after the end is not found."""
    entry = entry_on_person(1, decided_on="2024-06-03")
    await bring("credit-entries", entry)
    (flag,) = await raised("LISTED_PERSON")
    end = {"ended_on": str(TODAY), "end_kind": "REPAIRED", "end_reason": "已履行", "end_document_number": "修复1"}
    await bring("credit-entries", {**entry, **end})
    await bring("employments", employment(1, 2, started_on="2026-06-01", fte="0.5"))
    assert await raised("LISTED_PERSON") == [flag]
    assert flag["state"] == "OPEN"


async def test_no_other_occupation_and_no_honour_is_flagged(bring: Bring, raised: Flags) -> None:
    honour = {"list_code": "CN-RED", "ground_code": "DEDICATION", "repair_class": "HONOUR"}
    await bring("people", person(3), person(4))
    await bring("employments", employment(3, 1, occupation="LOGISTICS"), employment(4, 1, ended_on="2024-12-31"))
    await bring("credit-entries", entry_on_person(3), entry_on_person(4), entry_on_person(1, **honour))
    assert await raised("LISTED_PERSON") == []


async def test_a_number_of_another_level_is_flagged(
    bring: Bring, raised: Flags, database: Database, admin: Admin
) -> None:
    """Imports refuse such a row; the rule finds what came otherwise, as by an amendment of the level."""
    await bring("evaluation-organisations", evaluator("E1"))
    await bring("certificates", certificate(1, 1), certificate(2, 2))
    assert await raised("CERTIFICATE_LEVEL") == []
    async with publishing(database, OPERATOR, ChangeKind.CORRECTION, "test", action="test") as change:
        base = await change.reserve_from(1)
        await change.connection.execute(
            "UPDATE register.certificate SET level = 5, change_id = $1, ordinal = $2 WHERE number = $3",
            change.change_id,
            base + 1,
            certificate(1, 1)["certificate_number"],
        )
    (flag,) = await raised("CERTIFICATE_LEVEL")
    assert (flag["code"], flag["level"], flag["levelOfNumber"]) == (uscc(1), 5, 3)
    assert citizen(1) not in json.dumps(flag)


def headcount(day: str, count: int, of: str = "DISABLED", at: int = 1) -> Row:
    return {"institution_code": uscc(at), "ability_class": of, "day_from": day, "headcount": count}


@pytest.mark.parametrize(
    ("before", "after", "flagged"), [(40, 61, True), (40, 19, True), (40, 60, False), (12, 20, False), (0, 30, False)]
)
async def test_a_jump_of_residents_is_flagged(
    bring: Bring, raised: Flags, before: int, after: int, flagged: bool
) -> None:
    """More than half of what stood before, and by ten at least."""
    await bring("residents", headcount("2026-01-01", before), headcount("2026-01-01", 40, at=2))
    assert await raised("HEADCOUNT_JUMP") == []
    await bring("residents", headcount("2026-09-01", after))
    found = [(flag["code"], flag["before"], flag["residents"]) for flag in await raised("HEADCOUNT_JUMP")]
    assert found == ([(uscc(1), before, after)] if flagged else [])


async def test_residents_of_all_classes_count_together(bring: Bring, raised: Flags) -> None:
    """Who only moves between classes does not make the head count jump."""
    await bring("residents", headcount("2026-01-01", 40), headcount("2026-01-01", 10, "SELF_CARE"))
    await bring("residents", headcount("2026-09-01", 10), headcount("2026-09-01", 40, "SELF_CARE"))
    assert await raised("HEADCOUNT_JUMP") == []
    await bring("residents", headcount("2026-10-01", 90, "SELF_CARE"))
    assert [(flag["before"], flag["residents"]) for flag in await raised("HEADCOUNT_JUMP")] == [(50, 100)]


async def test_a_source_that_delivers_nothing_is_overdue(bring: Bring, raised: Flags) -> None:
    """A file that changes nothing is a delivery too."""
    term = timedelta(days=400)
    assert await raised("DATA_OVERDUE", TODAY + term) == []
    late = await raised("DATA_OVERDUE", TODAY + term + timedelta(days=1))
    assert {(flag["code"], flag["deliveredOn"], flag["source"]) for flag in late} == {
        (uscc(1), str(TODAY), "test"),
        (uscc(2), str(TODAY), "test"),
    }


async def test_a_source_with_a_term_of_its_own_is_overdue_by_that(bring: Bring, raised: Flags) -> None:
    await bring("import-rules", import_rule("DUE_DAYS", 30, source="test"), import_rule("DUE_DAYS", 9, source="x"))
    assert await raised("DATA_OVERDUE", TODAY + timedelta(days=30)) == []
    assert len(await raised("DATA_OVERDUE", TODAY + timedelta(days=31))) == 2


async def test_a_delivery_of_today_is_of_today(bring: Bring, raised: Flags, admin: Admin) -> None:
    await admin.execute("UPDATE register.import_batch SET imported_at = imported_at - interval '401 days'")
    await admin.execute("UPDATE register.change_set SET recorded_at = recorded_at - interval '401 days'")
    await bring("employments", employment(1, 1), employment(2, 2))
    assert await raised("DATA_OVERDUE", TODAY + timedelta(days=1)) == []
