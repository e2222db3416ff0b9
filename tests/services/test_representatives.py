"""Names of legal representatives: public while they represent, kept for a term, then gone from every version."""

import io
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from tests.services.importing.conftest import Admin, as_csv, organisation

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.lawdays import add_years, law_day
from registry.services.importing import import_file
from registry.services.representatives import erase_representatives
from registry.services.retention import Kept, RetentionRule, set_rule
from registry.services.seeding import seed
from registry.services.verifying import verify

CLI = operator("cli")
TODAY = law_day(datetime.now(UTC))
LAST_DAY = add_years(TODAY, 3)
DUE = LAST_DAY + timedelta(days=1)
EVERYWHERE = """
SELECT legal_representative FROM register.organisation
UNION ALL SELECT legal_representative FROM register.organisation_history
UNION ALL SELECT content ->> 'legalRepresentative' FROM register.quality_note
UNION ALL SELECT content ->> 'legalRepresentative' FROM register.quality_note_history
UNION ALL SELECT current ->> 'legalRepresentative' FROM register.staff_change
UNION ALL SELECT previous ->> 'legalRepresentative' FROM register.staff_change
"""


async def bring(database: Database, number: int, name: str, source: str = "test", **changed: object) -> None:
    content = io.BytesIO(as_csv("organisations", [organisation(number, legal_representative=name, **changed)]))
    await import_file(database, CLI, None, "organisations", content, file_name="o.csv", source=source)


async def names(admin: Admin) -> set[str]:
    return {row[0] for row in await admin.fetch(EVERYWHERE) if row[0]}


@pytest.fixture
async def register(database: Database) -> Database:
    """Organisation 1 had another representative, and another source says otherwise; 2 closed; 3 never changed."""
    await seed(database, CLI)
    await bring(database, 1, "前任甲")
    await bring(database, 1, "另说乙", source="another")
    await bring(database, 1, "现任丙")
    await bring(database, 2, "末任丁")
    await bring(database, 2, "末任丁", status="CLOSED")
    await bring(database, 3, "现任戊")
    return database


async def test_a_name_is_kept_for_the_whole_term(register: Database, admin: Admin) -> None:
    before = await names(admin)
    assert before == {"前任甲", "另说乙", "现任丙", "末任丁", "现任戊"}
    assert await erase_representatives(register, CLI, LAST_DAY) == 0
    assert await names(admin) == before


async def test_names_that_represent_nobody_go_from_every_version(register: Database, admin: Admin) -> None:
    assert await erase_representatives(register, CLI, DUE) == 3
    left = await names(admin)
    assert left == {"现任丙", "现任戊", "ERASED"}
    assert (await verify(register)).holds
    assert await erase_representatives(register, CLI, DUE) == 0


async def test_the_feed_tells_that_a_closed_organisation_was_erased(register: Database, admin: Admin) -> None:
    await erase_representatives(register, CLI, DUE)
    rows = await admin.fetch("SELECT kind, current, previous FROM register.staff_change WHERE action = 'ERASED'")
    assert [tuple(row) for row in rows] == [("ORGANISATION", None, None)]
    event = await admin.fetchrow("SELECT payload FROM register.audit_event ORDER BY sequence DESC LIMIT 1")
    assert "eraseRepresentatives" in event["payload"]
    assert "前任甲" not in event["payload"]


async def test_a_name_stated_anew_begins_its_term_anew_and_one_in_use_stays(register: Database, admin: Admin) -> None:
    await bring(register, 1, "前任甲")
    assert await erase_representatives(register, CLI, DUE) == 3
    assert await names(admin) == {"前任甲", "现任戊", "ERASED"}


async def test_the_rule_of_the_day_decides(register: Database, admin: Admin) -> None:
    await set_rule(register, CLI, RetentionRule(Kept.REPRESENTATIVE, 0, 30, TODAY, None, "地方规定"), TODAY)
    assert await erase_representatives(register, CLI, TODAY + timedelta(days=30)) == 0
    assert await erase_representatives(register, CLI, TODAY + timedelta(days=31)) == 3


async def test_names_are_erased_only_within_a_change_set(register: Database) -> None:
    async with register.staff.acquire() as connection:
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.fetchval("SELECT register.erase_representatives($1)", date(2099, 1, 1))
