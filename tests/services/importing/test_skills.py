"""The skills ledgers: subsidies and awards once and never twice, whoever tries; equivalences by region and day."""

import asyncio
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest
from tests.services.importing.conftest import (
    ONE_OCCUPATION,
    OPERATOR,
    Admin,
    Bring,
    Refuse,
    award,
    certificate,
    citizen,
    employment,
    equivalence,
    paid,
    training,
    uscc,
)

from registry.db.mapping import mapped_errors
from registry.db.pool import Database
from registry.domain.errors import Conflict
from registry.services.erasure import erase_due
from registry.services.importing import ImportOptions
from registry.services.scoring_inputs import read_snapshot
from registry.services.transactions import ChangeKind, acting, publishing

TRAINED = (
    "INSERT INTO register.training_record (person_id, occupation, programme, level, provider, started_on, ended_on,"
    " hours, result, subsidy_amount, subsidy_paid_on, ordinal)"
    " SELECT id, 'CARER', $1, $2, '学校', '2023-01-01', '2023-02-01', 40, 'PASSED', 1, '2023-03-01', 1"
    " FROM register.person ORDER BY id LIMIT 1"
)
AWARDED = (
    "INSERT INTO register.skill_award (person_id, level, document_number, amount, awarded_on, authority, region_code,"
    " ordinal)"
    " SELECT id, 3, '另一文', 1, '2023-01-01', '局', '220100', 1 FROM register.person ORDER BY id LIMIT 1"
)


async def test_a_second_payment_names_the_earlier_one(full: Bring, refuse: Refuse) -> None:
    (error,) = await refuse("training", [paid(1, started_on="2022-04-01", ended_on="2022-04-20")])
    for told in ("2022-05-01", "1200.00", "长春市康养职业培训学校", "长人社〔2022〕7号"):
        assert told in error.reason.en
        assert told in error.reason.zh


async def test_another_level_or_occupation_is_another_subsidy(full: Bring, admin: Admin) -> None:
    await admin.execute(ONE_OCCUPATION.replace("CARER", "NURSE"))
    rows = [
        paid(1, level="INTERMEDIATE", started_on="2022-04-01", ended_on="2022-04-20"),
        paid(1, occupation="NURSE"),
        paid(1, level="", programme="失智照护"),
        paid(1, level="", programme="认知训练"),
        paid(2, level="", programme="失智照护"),
    ]
    assert (await full("training", rows)).added == 5


async def test_without_a_level_the_programme_is_paid_once(full: Bring, refuse: Refuse) -> None:
    await full("training", [paid(1, level="", programme="ＡＢ 照护")])
    (error,) = await refuse("training", [paid(1, level="", programme="AB  照护", started_on="2022-03-09")])
    assert (error.column, error.rule) == ("subsidy_amount", "subsidy.second")


async def test_trainings_without_subsidy_may_repeat(full: Bring) -> None:
    rows = [training(1, started_on="2022-03-02"), training(1, started_on="2022-03-03")]
    assert (await full("training", rows)).added == 2


async def test_a_payment_moves_between_records_in_one_file(full: Bring, refuse: Refuse, admin: Admin) -> None:
    await full("training", [training(1, started_on="2021-03-01")])
    moved = [training(1), paid(1, started_on="2021-03-01")]
    await refuse("training", moved[1:])
    assert (await full("training", moved)).amended == 2
    assert (await full("training", [paid(1), training(1, started_on="2021-03-01")])).amended == 2
    new = [training(1), paid(1, started_on="2020-03-01")]
    result = await full("training", new)
    assert (result.added, result.amended) == (1, 1)
    assert await admin.fetchval("SELECT count(*) FROM register.training_record WHERE subsidy_amount IS NOT NULL") == 1


async def test_a_corrected_amount_is_an_amendment_not_a_second_payment(full: Bring, admin: Admin) -> None:
    result = await full("training", [paid(1) | {"subsidy_amount": "1000.5"}])
    assert result.amended == 1
    now = await admin.fetchval("SELECT subsidy_amount FROM register.training_record ORDER BY id LIMIT 1")
    before = await admin.fetchval("SELECT subsidy_amount FROM register.training_record_history ORDER BY id LIMIT 1")
    assert (before, now) == (Decimal("1200.00"), Decimal("1000.50"))


async def write(database: Database, statement: str, *arguments: object) -> None:
    """Publish one row past the import's own checks."""
    async with publishing(database, OPERATOR, ChangeKind.IMPORT, "test", action="test") as change:
        with mapped_errors():
            await change.connection.execute(statement, *arguments)
        await change.reserve_from(1)


async def test_the_database_refuses_a_second_payment_whoever_writes(full: Bring, database: Database) -> None:
    await full("training", [paid(1, level="", programme="失智照护")])
    await write(database, TRAINED, "别的", 3)
    for programme, level in (("又一", 2), ("又一", 3), ("失智照护", 0)):
        with pytest.raises(Conflict) as refused:
            await write(database, TRAINED, programme, level)
        assert refused.value.rule == "subsidy.second"


async def test_of_many_writers_at_once_one_pays(full: Bring, database: Database, admin: Admin) -> None:
    tries = [write(database, TRAINED, f"项目{number}", 3) for number in range(4)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(getattr(outcome, "rule", "") for outcome in outcomes) == ["", *["subsidy.second"] * 3]
    assert await admin.fetchval("SELECT count(*) FROM register.training_record WHERE level = 3") == 1


async def test_a_second_award_names_the_earlier_one_and_its_document(full: Bring, refuse: Refuse) -> None:
    (error,) = await refuse("awards", [award(1, document_number="长民发〔2023〕1号", awarded_on="2023-06-01")])
    assert (error.row, error.rule, error.value) == (1, "award.second", "长民发〔2023〕1号")
    for told in ("2022-06-01", "2000.00", "长春市民政局", "长民发〔2022〕9号"):
        assert told in error.reason.en
        assert told in error.reason.zh


async def test_the_next_level_is_another_award(full: Bring) -> None:
    assert (await full("awards", [award(1, level="SENIOR"), award(2)])).added == 2


async def test_the_database_refuses_a_second_award_whoever_writes(full: Bring, database: Database) -> None:
    with pytest.raises(Conflict) as refused:
        await write(database, AWARDED)
    assert refused.value.rule == "award.second"


async def test_an_award_rests_on_the_persons_own_certificate_of_that_level(full: Bring, refuse: Refuse) -> None:
    number = certificate(2, 2)["certificate_number"]
    (level,) = await refuse("awards", [award(2, level="SENIOR", certificate_number=number)])
    assert "another level" in level.reason.en
    (holder,) = await refuse("awards", [award(3, certificate_number=number)])
    assert "somebody else" in holder.reason.en
    assert (await full("awards", [award(2, certificate_number=number)])).added == 1


async def test_a_dry_run_finds_the_second_award_and_writes_nothing(full: Bring, refuse: Refuse, admin: Admin) -> None:
    await refuse("awards", [award(1, document_number="另一文")], options=ImportOptions(dry_run=True))
    result = await full("awards", [award(3)], options=ImportOptions(dry_run=True))
    assert (result.added, result.position) == (1, None)
    assert await admin.fetchval("SELECT count(*) FROM register.skill_award") == 2


async def test_an_equivalence_ends_where_the_next_begins(full: Bring, admin: Admin) -> None:
    rows = [
        equivalence("TITLE_ASSISTANT", "TECHNICIAN", effective_from="2024-01-01", effective_to="2024-12-31"),
        equivalence("TITLE_ASSISTANT", "SENIOR_TECHNICIAN", effective_from="2025-01-01"),
    ]
    result = await full("equivalences", rows)
    assert (result.added, result.amended) == (1, 1)
    in_force = "SELECT to_rung FROM disclosure.equivalence WHERE from_rung = 'TITLE_ASSISTANT' ORDER BY effective_from"
    assert [row["to_rung"] for row in await admin.fetch(in_force)] == ["SENIOR", "TECHNICIAN", "SENIOR_TECHNICIAN"]


async def test_both_directions_and_several_regions_stand_side_by_side(full: Bring) -> None:
    rows = [
        equivalence("SENIOR", "TITLE_ASSISTANT", from_ladder="SKILL", to_ladder="TITLE"),
        equivalence("COLLEGE", "SENIOR", from_ladder="学历"),
        equivalence("助理级", "高级工", region_code="CN"),
    ]
    assert (await full("equivalences", rows)).added == 3


async def test_equivalences_are_public_and_ledgers_are_not(full: Bring, database: Database, admin: Admin) -> None:
    assert await database.public.fetchval("SELECT count(*) FROM disclosure.equivalence_version") == 3
    kinds = "SELECT DISTINCT kind FROM {} ORDER BY kind"
    public = {row["kind"] for row in await database.public.fetch(kinds.format("disclosure.change"))}
    assert "EQUIVALENCE" in public
    assert not public & {"TRAINING", "AWARD"}
    for relation in ("training_record", "training_record_version", "skill_award", "skill_award_version", "equivalence"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.public.fetch(f"SELECT * FROM register.{relation}")


async def test_the_ledgers_show_no_name_and_no_number(full: Bring, admin: Admin) -> None:
    told = await admin.fetch("SELECT content::text FROM register.training_record_version")
    told += await admin.fetch("SELECT content::text FROM register.skill_award_version")
    assert len(told) == 5
    for row in told:
        assert "name" not in json.loads(row["content"])
        assert "********" in json.loads(row["content"])["numberMask"]


async def test_an_erased_person_leaves_sums_and_days_alone(full: Bring, database: Database, admin: Admin) -> None:
    await full("training", [paid(3, level="", programme="失智照护")])
    await full("awards", [award(3)])
    assert (await erase_due(database, OPERATOR, date(2040, 1, 1))).erased == 1
    texts = ""
    for ledger in ("training_record", "skill_award"):
        for table in (ledger, f"{ledger}_history"):
            of_erased = "WHERE person_id IN (SELECT person_id FROM register.erasure)"
            rows = await admin.fetch(f"SELECT t::text AS row FROM register.{table} AS t {of_erased}")
            texts += " ".join(row["row"] for row in rows)
    assert "1200.00" in texts
    assert "2000.00" in texts
    for told in ("失智照护", "学校", "长人社", "长民发", "民政局"):
        assert told not in texts
    erased = "SELECT DISTINCT kind FROM register.staff_change WHERE action = 'ERASED'"
    assert {"TRAINING", "AWARD"} <= {row["kind"] for row in await admin.fetch(erased)}


async def test_one_number_of_two_kinds_is_two_certificates(full: Bring, admin: Admin) -> None:
    rows = [
        certificate(0, 1, certificate_number="1234567890123456", kind=kind, level="", evaluator_code="")
        for kind in ("OLD_QUALIFICATION", "FIRST_AID", "OTHER")
    ]
    assert (await full("certificates", rows)).added == 3
    assert (await full("certificates", [*rows[:2], rows[2] | {"citizen_id": citizen(2)}])).amended == 1
    held = await admin.fetch("SELECT person_id FROM register.certificate WHERE number = '1234567890123456' ORDER BY id")
    assert [row["person_id"] for row in held] == [1, 1, 2]


async def levels_on(database: Database, day: date) -> list[tuple[int, str, int]]:
    """Person, kind and level of titles and education as scoring is given them."""
    async with acting(database, OPERATOR, isolation="repeatable_read", readonly=True) as work:
        roster = (await read_snapshot(work.connection, day)).roster
    found = roster.certificates
    rows = zip(found.person.tolist(), found.kind.tolist(), found.level.tolist(), strict=True)
    named = [(person, roster.certificate_kinds[kind], level) for person, kind, level in rows]
    return sorted(row for row in named if row[1] in {"PROFESSIONAL_TITLE", "EDUCATION"})


async def test_scoring_is_given_the_level_that_a_title_equals_on_the_day(full: Bring, database: Database) -> None:
    title = {"kind": "PROFESSIONAL_TITLE", "evaluator_code": "", "issued_on": "2020-01-01"}
    rows = [
        certificate(0, 1, certificate_number="职称第1号", level="助理级", **title),
        certificate(0, 2, certificate_number="职称第2号", level="TITLE_SENIOR", **title),
    ]
    await full("certificates", rows)
    assert await levels_on(database, date(2020, 6, 1)) == [(1, "PROFESSIONAL_TITLE", 0), (2, "PROFESSIONAL_TITLE", 0)]
    assert (await levels_on(database, date(2022, 6, 1)))[0] == (1, "PROFESSIONAL_TITLE", 4)
    assert (await levels_on(database, date(2024, 1, 1))) == [(1, "PROFESSIONAL_TITLE", 5), (2, "PROFESSIONAL_TITLE", 0)]


async def test_the_nearest_region_wins_and_other_regions_do_not_count(full: Bring, database: Database) -> None:
    rows = [
        equivalence("COLLEGE", "INTERMEDIATE", from_ladder="EDUCATION", region_code="CN"),
        equivalence("COLLEGE", "SENIOR", from_ladder="EDUCATION", region_code="220100", effective_from="2023-01-01"),
        equivalence("COLLEGE", "TECHNICIAN", from_ladder="EDUCATION", region_code="210000"),
        equivalence("JUNIOR", "COLLEGE", from_ladder="SKILL", to_ladder="EDUCATION", region_code="220102"),
    ]
    await full("equivalences", rows)
    assert {row[2] for row in await levels_on(database, date(2022, 6, 1))} == {3}
    assert {row[2] for row in await levels_on(database, date(2023, 6, 1))} == {4}
    await full("employments", [employment(3, 2)])
    assert (3, "EDUCATION", 5) in await levels_on(database, date(2023, 6, 1))


async def test_a_dispatched_post_names_both_employers_in_the_feed(full: Bring, admin: Admin) -> None:
    query = "SELECT current FROM register.staff_change WHERE kind = 'EMPLOYMENT' AND current ->> 'dispatchedBy' = $1"
    (row,) = await admin.fetch(query, uscc(2))
    assert json.loads(row["current"])["institutionCode"] == uscc(1)
    await full("employments", [employment(2, 1, ended_on="2020-12-31", fte="0.5")])
    (amended,) = await admin.fetch(
        "SELECT previous, current FROM register.staff_change WHERE kind = 'EMPLOYMENT' AND action = 'AMENDED'"
    )
    assert json.loads(amended["previous"])["dispatchedBy"] == uscc(2)
    assert json.loads(amended["current"])["dispatchedBy"] is None


async def test_the_documented_example_is_imported_and_marked_unconfirmed(register: Bring, admin: Admin) -> None:
    example = Path(__file__).parents[3] / "docs" / "examples" / "equivalences.csv"
    assert (await register("equivalences", example.read_bytes())).added == 8
    assert await admin.fetchval("SELECT bool_and(legal_basis LIKE '%unconfirmed') FROM register.equivalence")
