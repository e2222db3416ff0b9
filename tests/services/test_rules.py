"""Dated rules: one follows another, ends, is confirmed; what was in force is not rewritten."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from registry.db.pool import Connection, Database
from registry.domain.access import Role
from registry.domain.actors import Actor, operator
from registry.domain.errors import Forbidden, InputError, NotFound, RowsRejected
from registry.domain.lawdays import law_day
from registry.resources import resource_root
from registry.services.rules import (
    RULES,
    SHIPPED,
    Named,
    add_rules,
    confirm_rule,
    end_rule,
    list_rules,
    read_rules,
    rehearse_rules,
    relation_of,
)
from registry.services.seeding import seed
from registry.transfer import RULE_KINDS, template

CLI = operator("cli")
TODAY = law_day(datetime.now(UTC))
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
WINDOW = "code,days,working,effective_from,effective_to,legal_basis,confirmed\n"
OPEN = None

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "rules.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


async def windows(database: Database, code: str) -> list[tuple[date, date | None, object]]:
    found = await list_rules(database, CLI, "credit-windows")
    return [(r.effective_from, r.effective_to, r.content["days"]) for r in found if r.code == code]


async def refused(database: Database, kind: str, path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(RowsRejected) as rejected:
        await add_rules(database, CLI, kind, path, TODAY)
    return [(error.row, error.column, error.rule) for error in rejected.value.errors]


async def state(admin: Connection) -> tuple[int, str]:
    rules = await admin.fetchval(
        "SELECT md5(string_agg(r::text, '' ORDER BY r.relation, r.id)) FROM register.rule AS r"
    )
    return await admin.fetchval("SELECT coalesce(max(position), 0) FROM register.change_set"), rules


@pytest.mark.parametrize("kind", SHIPPED)
def test_what_is_shipped_is_sound(kind: str) -> None:
    path = resource_root("sql") / "data" / f"{relation_of(kind)}s.csv"
    assert read_rules(RULE_KINDS[kind], path)


async def test_every_kind_is_a_table_whose_columns_its_files_have(admin: Connection) -> None:
    for kind in RULE_KINDS:
        columns = set(await admin.fetchval("SELECT register.rule_columns($1)", relation_of(kind)))
        key = tuple(await admin.fetchval("SELECT register.rule_key($1)", relation_of(kind)))
        assert columns - {"effective"} == set(RULE_KINDS[kind].names) - {"effective_from", "effective_to"}
        assert (*key, "effective_from") == RULE_KINDS[kind].key
        assert template(RULE_KINDS[kind])
    listed = await admin.fetch("SELECT table_name FROM information_schema.columns "
                               "WHERE table_schema = 'register' AND column_name = 'confirmed'")  # fmt: skip
    assert {relation_of(kind) for kind in RULES} == {row["table_name"] for row in listed} - {"rule", "told_flag_rule"}


async def test_a_rule_follows_the_one_in_force_which_ends_the_day_before(
    database: Database, admin: Connection, write: Write
) -> None:
    await seed(database, CLI)
    [(began, _, days)] = await windows(database, "DEFENCE")
    path = write(f"{WINDOW}DEFENCE,10,true,{TOMORROW},,吉民发〔2026〕1号,true\n")
    before = await state(admin)
    told = await rehearse_rules(database, CLI, "credit-windows", path, TODAY)
    assert (told.added, told.ended, told.replaced, told.position) == (1, 1, 0, None)
    assert await state(admin) == before
    told = await add_rules(database, CLI, "credit-windows", path, TODAY)
    assert told.position == before[0] + 1
    assert await windows(database, "DEFENCE") == [(began, TODAY, days), (TOMORROW, OPEN, 10)]
    again = write(f"{WINDOW}DEFENCE,12,true,{TOMORROW},,吉民发〔2026〕2号,true\n")
    told = await add_rules(database, CLI, "credit-windows", again, TODAY)
    assert (told.added, told.ended, told.replaced) == (1, 0, 1), "what has not begun gives way"
    assert await windows(database, "DEFENCE") == [(began, TODAY, days), (TOMORROW, OPEN, 12)]
    event = await admin.fetchrow("SELECT * FROM register.audit_event ORDER BY sequence DESC LIMIT 1")
    assert event is not None
    assert (event["action"], event["subject"]) == ("addRules", "rules:credit-windows")
    assert json.loads(event["payload"])["details"]["rules"][0]["days"] == 12
    kind = await admin.fetchval("SELECT kind FROM register.change_set ORDER BY position DESC LIMIT 1")
    assert kind == "RULE"


async def test_from_today_on_is_the_earliest_where_a_rule_stands_and_anything_goes_where_none_does(
    database: Database, write: Write
) -> None:
    await seed(database, CLI)
    row = f"{WINDOW}DEFENCE,10,true,%s,%s,law,true\n"
    assert await refused(database, "credit-windows", write(row % (YESTERDAY, ""))) == [
        (1, "effective_from", "rules.past")
    ]
    ground = "code,list_kind,name_zh,name_en,court_only,effective_from,effective_to,legal_basis,confirmed\n"
    told = await add_rules(
        database, CLI, "credit-grounds", write(f"{ground}NEW_ONE,BLACK,新事由,New,false,2020-01-01,,law,true\n"), TODAY
    )
    assert (told.added, told.ended) == (1, 0)
    await add_rules(database, CLI, "credit-windows", write(row % (TODAY, "")), TODAY)
    assert await refused(database, "credit-windows", write(row % (TODAY, ""))) == [
        (1, "effective_from", "rules.later")
    ], "what began today has been in force"


async def test_what_cannot_follow_is_told_by_row_and_nothing_is_changed(
    database: Database, admin: Connection, write: Write
) -> None:
    await seed(database, CLI)
    await add_rules(
        database, CLI, "credit-windows", write(f"{WINDOW}REPAIR,9,true,{TODAY + timedelta(9)},,law,true\n"), TODAY
    )
    before = await state(admin)
    text = (
        f"REPAIR,8,true,{TOMORROW},,law,true\n"
        f"DEFENCE,8,true,{TOMORROW},,law,true\n"
        f"DEFENCE,9,true,{TODAY + timedelta(5)},,law,true\n"
        f"NOSUCH,0,maybe,{TOMORROW},{TODAY},,true\n"
    )
    assert await refused(database, "credit-windows", write(WINDOW + text)) == [
        (4, "code", "choice.unknown"),
        (4, "days", "count.range"),
        (4, "working", "choice.unknown"),
        (4, "legal_basis", "cell.required"),
        (4, "effective_to", "period.order"),
    ]
    good = text[: text.index("NOSUCH")]
    assert await refused(database, "credit-windows", write(WINDOW + good)) == [
        (1, "effective_from", "rules.later"),
        (3, "effective_from", "rules.twice"),
    ]
    assert await state(admin) == before


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            "credit-consequences",
            "list_code,ground_code,measure,name_zh,name_en,effective_from,legal_basis,confirmed\n"
            "NO-LIST,NO_GROUND,FINED,罚,Fined,{day},law,true\nCN-BLACK,,FINED,罚,Fined,{day},law,true\n",
            [(1, "ground_code", "rules.unknown"), (1, "list_code", "rules.unknown")],
        ),
        (
            "credit-lists",
            "code,kind,name_zh,name_en,region_code,authority,credit_china_code,needs_consent,effective_from,legal_basis,"
            "confirmed\nX-BLACK,BLACK,名单,List,999999,民政局,8,false,{day},law,true\n",
            [(1, "region_code", "rules.unknown")],
        ),
        (
            "credit-lists",
            "code,kind,name_zh,name_en,region_code,authority,credit_china_code,needs_consent,effective_from,legal_basis,"
            "confirmed\nX-BLACK,BLACK,名单,List,220000,民政局,2,false,{day},law,true\n",
            [(1, "credit_china_code", "rule.china-code")],
        ),
        (
            "credit-terms",
            "repair_class,least_months,most_months,published,effective_from,legal_basis,confirmed\n"
            "SERIOUS,12,3,true,{day},law,true\n",
            [(1, "most_months", "rule.months")],
        ),
        (
            "flag-rules",
            "code,severity,parameters,effective_from,legal_basis,confirmed\n"
            'NEVER_HEARD,NOTICE,{{}},{day},law,true\nDATA_OVERDUE,NOTICE,"{{""days"": ""x""}}",{day},law,true\n'
            'RATING_FELL,NOTICE,"{{""days"": 3}}",{day},law,true\n',
            [
                (1, "code", "rules.unknown"),
                (2, "parameters", "rule.parameters"),
                (3, "parameters", "rule.parameters"),
            ],
        ),
        (
            "flag-rules",
            "code,severity,parameters,effective_from,legal_basis,confirmed\nDATA_OVERDUE,NOTICE,[1],{day},law,true\n",
            [(1, "parameters", "rule.parameters")],
        ),
        (
            "complaint-limits",
            "per,most,within,effective_from,legal_basis,confirmed\nADDRESS,5,a while,{day},law,true\n",
            [(1, "within", "rule.interval")],
        ),
    ],
)
async def test_a_rule_names_what_there_is(
    database: Database, write: Write, kind: str, text: str, expected: list[tuple[int, str, str]]
) -> None:
    await seed(database, CLI)
    found = await refused(database, kind, write(text.format(day=TOMORROW)))
    assert sorted(found) == expected


async def test_every_kind_can_be_added(database: Database, write: Write) -> None:
    await seed(database, CLI)
    day = TOMORROW.isoformat()
    files = {
        "credit-terms": f"repair_class,least_months,most_months,published,effective_from,legal_basis,confirmed\n"
        f"WATCH,1,,true,{day},law,true\n",
        "flag-rules": f"code,severity,parameters,effective_from,legal_basis,confirmed\n"
        f'DATA_OVERDUE,SERIOUS,"{{""days"": 200}}",{day},law,true\n',
        "staffing-rules": f"occupation,counted,one_per,effective_from,legal_basis,confirmed\n"
        f"SOCIAL_WORKER,BEDS,80,{day},law,true\n",
        "complaint-limits": f"per,most,within,effective_from,legal_basis,confirmed\n"
        f"ADDRESS,3,30 minutes,{day},law,是\n",
    }
    for kind, text in files.items():
        told = await add_rules(database, CLI, kind, write(text), TODAY)
        assert (told.added, told.ended) == (1, 1), kind
    standing = {(r.kind, r.code): r.content for r in await list_rules(database, CLI, on=TOMORROW)}
    assert standing["flag-rules", "DATA_OVERDUE"]["parameters"] == {"days": 200}
    assert standing["staffing-rules", "SOCIAL_WORKER BEDS"]["one_per"] == 80
    assert standing["complaint-limits", "ADDRESS"]["within"] == "00:30:00"
    assert standing["credit-terms", "WATCH"]["most_months"] is None


async def test_a_rule_ends_today_or_later(database: Database, admin: Connection) -> None:
    await seed(database, CLI)
    for day, reason, rule in ((YESTERDAY, "law", "rules.past"), (TODAY, " ", "rules.reason")):
        with pytest.raises(InputError) as said:
            await end_rule(database, CLI, Named("credit-windows", "LOOK_BACK"), day, reason, today=TODAY)
        assert said.value.rule == rule
    with pytest.raises(NotFound):
        await end_rule(database, CLI, Named("credit-windows", "NONE"), TODAY, "law", today=TODAY)
    position = await end_rule(database, CLI, Named("credit-windows", "LOOK_BACK"), TODAY, "law", today=TODAY)
    assert position == (await state(admin))[0]
    assert [ends for _, ends, _ in await windows(database, "LOOK_BACK")] == [TODAY]
    assert await admin.fetchval("SELECT action FROM register.audit_event ORDER BY sequence DESC LIMIT 1") == "endRule"


async def test_a_rule_is_confirmed_once_and_the_source_is_kept(database: Database, admin: Connection) -> None:
    await seed(database, CLI)
    unconfirmed = {(r.kind, r.code) for r in await list_rules(database, CLI, unconfirmed=True)}
    assert ("credit-windows", "DEFENCE") in unconfirmed
    assert ("retention-rules", "EXPORT") in unconfirmed
    await confirm_rule(database, CLI, Named("credit-windows", "DEFENCE"), None, source="行政处罚法 第六十四条")
    await confirm_rule(database, CLI, Named("retention-rules", "EXPORT"), None, source="本局决定")
    left = {(r.kind, r.code) for r in await list_rules(database, CLI, unconfirmed=True)}
    assert left == unconfirmed - {("credit-windows", "DEFENCE"), ("retention-rules", "EXPORT")}
    told = await admin.fetchval("SELECT payload FROM register.audit_event WHERE action = 'confirmRule' LIMIT 1")
    assert json.loads(told)["details"]["source"] == "行政处罚法 第六十四条"
    with pytest.raises(NotFound):
        await confirm_rule(database, CLI, Named("credit-windows", "DEFENCE"), None, source="again")
    assert len(left) == await admin.fetchval("SELECT count(DISTINCT (relation, code)) FROM register.unconfirmed_rule")


async def test_of_two_who_follow_at_once_one_is_told(database: Database, tmp_path: Path) -> None:
    await seed(database, CLI)
    paths = [tmp_path / f"{days}.csv" for days in range(3, 7)]
    for days, path in enumerate(paths, 3):
        path.write_text(f"{WINDOW}DEFENCE,{days},true,{TODAY},,law,true\n", encoding="utf-8")
    told = await asyncio.gather(
        *(add_rules(database, CLI, "credit-windows", path, TODAY) for path in paths), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in told) == ["RowsRejected"] * 3 + ["RulesFollowed"]


async def test_who_may_and_what_kinds_there_are(database: Database, write: Write) -> None:
    auditor = Actor(identity="key:1", role=Role.AUDITOR)
    assert await list_rules(database, auditor)
    for act in (
        add_rules(database, auditor, "credit-windows", write(WINDOW), TODAY),
        rehearse_rules(database, auditor, "credit-windows", write(WINDOW), TODAY),
        end_rule(database, auditor, Named("credit-windows", "DEFENCE"), TODAY, "law", today=TODAY),
        confirm_rule(database, auditor, Named("credit-windows", "DEFENCE"), None, source="law"),
    ):
        with pytest.raises(Forbidden):
            await act
    with pytest.raises(InputError) as unknown:
        await list_rules(database, CLI, "person; DROP TABLE register.person")
    assert unknown.value.rule == "rules.kind"
    with pytest.raises(InputError) as elsewhere:
        await add_rules(database, CLI, "retention-rules", write(WINDOW), TODAY)
    assert elsewhere.value.rule == "rules.kind"


async def test_the_service_cannot_write_rules_by_itself(database: Database) -> None:
    for statement in (
        "UPDATE register.credit_window SET confirmed = true",
        "DELETE FROM register.credit_window",
        "INSERT INTO register.complaint_limit (per, most, within, effective, legal_basis) "
        "VALUES ('ADDRESS', 1, '1 day', '[1999-01-01,2000-01-01)', 'x')",
    ):
        async with database.staff.acquire() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
