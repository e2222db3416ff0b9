"""What is told of sources: late, missing, contradicting, rejected; and the accounts that bind callers to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.services.importing.conftest import KEYS, OPERATOR, Bring, Refuse, employment, import_rule, institution

from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Forbidden, InputError, RateLimited
from registry.domain.lawdays import law_day
from registry.services.import_accounts import ImportAccount, list_accounts, set_account
from registry.services.importing import import_rows
from registry.services.source_reports import SourceReport, list_sources

TODAY = law_day(datetime.now(UTC))
LIAONING = Actor("key:2", Role.REGULATOR, "liaoning", "210000", "CN/210000")
AGE = "UPDATE register.import_batch SET imported_at = imported_at - interval '40 days'"
ACCOUNT = ImportAccount("oidc:hr", "HR platform", ("employments",), 3, TODAY, None, "协议")


async def told(database: Database, actor: Actor = OPERATOR) -> dict[tuple[str, str], SourceReport]:
    return {(one.source, one.kind): one for one in await list_sources(database, actor)}


async def test_a_source_is_late_by_its_own_rule(register: Bring, database: Database, admin: Admin) -> None:
    await register("employments", [employment(1, 1)], source="HR")
    assert not any(one.late for one in (await told(database)).values())
    await admin.execute(AGE)
    before = (await told(database))["HR", "employments"]
    await register("import-rules", [import_rule("DUE_DAYS", 30, source="HR"), import_rule("DUE_DAYS", 90)])
    found = await told(database)
    late = found["HR", "employments"]
    assert (before.due_days, before.late) == (400, False)
    assert (late.due_days, late.late, late.deliveries, late.rows) == (30, True, 1, 1)
    assert (found["test", "people"].due_days, found["test", "people"].late) == (90, False)
    await register("employments", [employment(1, 1)], source="HR")
    assert not (await told(database))["HR", "employments"].late


async def test_what_was_refused_or_contradicted_is_told(
    register: Bring, refuse: Refuse, database: Database, admin: Admin
) -> None:
    await register("employments", [employment(1, 1)], source="HR")
    bad = [employment(2, 1, fte="7"), employment(3, 1, fte="8"), employment(1, 1)]
    await refuse("employments", bad, source="late one")
    await register("institutions", [institution(1, beds="77")], source="other")
    found = await told(database)
    refused = found["late one", "employments"]
    assert (refused.rejected_rows, refused.refusals, refused.deliveries, refused.late) == (2, 1, 0, True)
    other, first = found["other", "institutions"], found["test", "institutions"]
    assert (other.contradictions, other.open_notes, first.contradictions, first.open_notes) == (1, 1, 0, 1)
    assert (found["HR", "employments"].rejected_rows, found["HR", "employments"].open_notes) == (0, 0)
    assert {one.missing for one in found.values()} == {None, 1}
    kept: list[Any] = await admin.fetch("SELECT file_name, bad_rows FROM register.import_refusal")
    assert [tuple(row) for row in kept] == [("employments.csv", 2)]


async def test_institutions_with_nobody_are_missing(register: Bring, database: Database) -> None:
    found = await told(database)
    assert found["test", "institutions"].missing == 2
    assert found["test", "people"].missing is None


async def test_an_authority_is_told_of_its_region(register: Bring, refuse: Refuse, database: Database) -> None:
    jilin = Actor("key:1", Role.REGULATOR, "jilin", "220000", "CN/220000")
    await refuse("residents", [{"institution_code": "x"}], jilin, source="county")
    assert ("county", "residents") in await told(database, jilin)
    assert ("county", "residents") not in await told(database, LIAONING)
    assert (await told(database, LIAONING))["test", "institutions"].missing == 1
    with pytest.raises(Forbidden):
        await list_sources(database, Actor("key:9", Role.PROCUREMENT))


async def test_an_account_binds_from_its_day_on(register: Bring, database: Database) -> None:
    caller = replace(OPERATOR, identity="oidc:hr")
    await set_account(database, OPERATOR, ACCOUNT, TODAY)
    later = replace(ACCOUNT, most_rows=None, kinds=None, effective_from=TODAY + timedelta(days=9))
    await set_account(database, OPERATOR, later, TODAY)
    rows = [employment(1, 1), employment(2, 1)]
    done = await import_rows(database, caller, lambda: KEYS, "employments", rows)
    assert done.source == "HR platform"
    with pytest.raises(RateLimited):
        await import_rows(database, caller, lambda: KEYS, "employments", rows)
    with pytest.raises(Forbidden):
        await import_rows(database, caller, lambda: KEYS, "institutions", [institution(1)])
    assert await list_accounts(database, OPERATOR) == [
        replace(ACCOUNT, effective_to=TODAY + timedelta(days=8)),
        later,
    ]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"caller": "somebody"}, "import-account.caller"),
        ({"caller": "key:999"}, "import-account.caller"),
        ({"most_rows": -1}, "import-account.most"),
        ({"effective_from": TODAY - timedelta(days=1)}, "import-account.past"),
        ({"reason": " "}, "import-account.reason"),
        ({"kinds": ("nothing",)}, "import.kind"),
        ({"source": " "}, "import.source"),
    ],
)
async def test_an_account_that_is_not_sound_is_refused(database: Database, changed: dict[str, Any], rule: str) -> None:
    with pytest.raises(InputError) as refused:
        await set_account(database, OPERATOR, replace(ACCOUNT, **changed), TODAY)
    assert refused.value.rule == rule
