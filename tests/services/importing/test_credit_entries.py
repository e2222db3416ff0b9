"""Entries of other authorities and courts: the rules of their day, removals, adoption, snapshots, local steps."""

from datetime import date

import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    OPERATOR,
    Admin,
    Bring,
    Refuse,
    as_csv,
    entry,
    entry_on_person,
    import_rule,
    institution,
    organisation,
    uscc,
)
from tests.transfer.tables import WRITERS

from registry.db.pool import Database
from registry.domain.errors import Conflict
from registry.services.importing import ImportOptions
from registry.services.transactions import ChangeKind, publishing
from registry.services.verifying import verify
from registry.transfer import FileFormat

SNAPSHOT = ImportOptions(snapshot=True)
CONFIRMED = ImportOptions(snapshot=True, confirm_removals=True)
BUREAU = "bureau"
IN_FORCE = "SELECT count(*) FROM disclosure.listed_entry WHERE list_code = 'CN-BLACK'"
STATES = "SELECT document_number, end_kind FROM register.credit_entry ORDER BY 1"


@pytest.fixture
async def listed(register: Bring) -> Bring:
    """Rules of imports, and thirty institutions on the black list by word of the bureau."""
    await register("import-rules", EVERYTHING_IN["import-rules"])
    numbers = range(11, 41)
    await register("organisations", [organisation(number) for number in numbers])
    await register("institutions", [institution(number) for number in numbers])
    await register("credit-entries", [entry(number) for number in numbers], source=BUREAU)
    return register


async def test_the_rules_of_the_decision_day_fill_the_term(register: Bring, admin: Admin) -> None:
    await register("credit-entries", [entry(1, decided_on="2024-02-29"), entry(2, repair_class="GENERAL")])
    rows = await admin.fetch("SELECT * FROM register.credit_entry ORDER BY document_number")
    assert [(row["list_kind"], row["least_months"], row["most_months"]) for row in rows] == [
        ("BLACK", 3, 36),
        ("BLACK", 3, 12),
    ]
    assert [str(row["last_day"]) for row in rows] == ["2027-02-28", "2027-05-11"]
    assert [str(row["published_on"]) for row in rows] == ["2024-02-29", "2026-05-11"]


@pytest.mark.parametrize("file_format", FileFormat)
async def test_each_format_lists_amends_and_is_guarded(listed: Bring, admin: Admin, file_format: FileFormat) -> None:
    """Days stand in a workbook as days; what ended nothing has an empty cell or null."""
    blank = {"ended_on": None, "end_kind": None, "end_reason": None}
    ended = {"ended_on": date(2026, 8, 20), "end_kind": "ANNULLED", "end_reason": "复议撤销"}
    rows = [entry(number, decided_on=date(2026, 5, 11)) for number in range(11, 41)]
    told = [rows[0] | ended, *(row | blank for row in rows[1:])]
    table = [tuple(told[0]), *(tuple(row.values()) for row in told)]
    options = {"source": BUREAU, "file_format": file_format}
    write = WRITERS[file_format]
    with pytest.raises(Conflict) as refused:
        await listed("credit-entries", write(table[:11]), options=SNAPSHOT, **options)
    assert refused.value.rule == "import.mass-removal"
    result = await listed("credit-entries", write(table), options=SNAPSHOT, **options)
    assert (result.rows, result.amended, result.unchanged, result.ended) == (30, 1, 29, 0)
    found = await admin.fetchrow("SELECT ended_on, end_reason FROM register.credit_entry WHERE end_kind = 'ANNULLED'")
    assert tuple(found) == (date(2026, 8, 20), "复议撤销")
    assert await admin.fetchval(IN_FORCE) == 29


async def test_a_removal_is_an_amendment_that_ends_the_entry_at_once(register: Bring, admin: Admin) -> None:
    await register("credit-entries", [entry(1)])
    assert await admin.fetchval(IN_FORCE) == 1
    removed = {
        "ended_on": "2026-10-12",
        "end_kind": "REPAIRED",
        "end_reason": "准予信用修复",
        "end_document_number": "2号",
    }
    result = await register("credit-entries", [entry(1, **removed)])
    assert (result.amended, await admin.fetchval(IN_FORCE)) == (1, 0)
    assert (await register("credit-entries", [entry(1, **removed)])).unchanged == 1
    assert await admin.fetchval("SELECT count(*) FROM register.credit_entry_history") == 1


async def test_an_adopted_entry_is_linked_to_its_original_and_ends_with_it(register: Bring, admin: Admin) -> None:
    adopted = entry(
        1, origin="ADOPTED", document_number="辽民列1号", region_code="210000", reference="长民列〔2026〕1号"
    )
    result = await register("credit-entries", [adopted, entry(1)])
    assert result.added == 2
    assert await admin.fetchval(IN_FORCE) == 2
    assert (await register("credit-entries", [adopted, entry(1)])).unchanged == 2
    await register("credit-entries", [entry(1, ended_on="2026-10-12", end_kind="ANNULLED", end_reason="复议撤销")])
    assert await admin.fetchval(IN_FORCE) == 0


async def test_nothing_is_adopted_before_it_was_decided(register: Bring, refuse: Refuse) -> None:
    early = entry(1, origin="ADOPTED", document_number="辽民列1号", region_code="210000", reference="长民列〔2026〕1号")
    early["decided_on"] = "2026-01-05"
    for rows in ([early, entry(1)], [early]):
        (error,) = await refuse("credit-entries", rows)
        assert (error.column, error.rule) == ("decided_on", "credit-entry.adopted")
        await register("credit-entries", [entry(1)])


async def test_the_original_may_be_unknown_here(register: Bring, admin: Admin) -> None:
    await register("credit-entries", [entry(1, origin="ADOPTED", reference="他省1号")])
    assert await admin.fetchval("SELECT original_id IS NULL FROM register.credit_entry")


async def test_a_snapshot_withdraws_what_the_list_names_no_more(
    listed: Bring, admin: Admin, database: Database
) -> None:
    kept = [entry(number) for number in range(13, 41)]
    result = await listed("credit-entries", kept, source=BUREAU, options=SNAPSHOT)
    assert (result.ended, result.unchanged, await admin.fetchval(IN_FORCE)) == (2, 28, 28)
    assert [row["end_kind"] for row in await admin.fetch(STATES)] == ["WITHDRAWN"] * 2 + [None] * 28
    again = await listed("credit-entries", kept, source=BUREAU, options=SNAPSHOT)
    assert (again.ended, again.position) == (0, None)
    assert (await verify(database)).holds
    named = await listed("credit-entries", [entry(11), *kept], source=BUREAU, options=SNAPSHOT)
    assert (named.amended, await admin.fetchval(IN_FORCE)) == (1, 29)


async def test_a_list_cut_short_delists_nobody(listed: Bring, admin: Admin) -> None:
    with pytest.raises(Conflict, match=r"10 of 30 rows of bureau") as refused:
        await listed("credit-entries", [entry(number) for number in range(11, 31)], source=BUREAU, options=SNAPSHOT)
    assert refused.value.rule == "import.mass-removal"
    assert await admin.fetchval(IN_FORCE) == 30
    broken_off = as_csv("credit-entries", [entry(number) for number in range(11, 40)]).rstrip(b"\r\n")
    with pytest.raises(Conflict) as refused:
        await listed("credit-entries", broken_off, source=BUREAU, options=SNAPSHOT)
    assert refused.value.rule == "import.cut-off"
    await listed("credit-entries", [entry(11)], source=BUREAU, options=CONFIRMED)
    assert await admin.fetchval(IN_FORCE) == 1


async def test_other_lists_regions_and_sources_are_not_spoken_for(listed: Bring, admin: Admin) -> None:
    others = [
        entry(12, list_code="CN-RED", ground_code="DEDICATION", repair_class="HONOUR"),
        entry(12, document_number="辽民列1号", region_code="210000"),
    ]
    await listed("credit-entries", others, source=BUREAU)
    await listed("credit-entries", [entry(13, document_number="法院1号")], source="court")
    await listed("credit-entries", [entry(number) for number in range(11, 41)], source=BUREAU, options=SNAPSHOT)
    assert await admin.fetchval("SELECT count(*) FROM register.credit_entry WHERE end_kind IS NOT NULL") == 0


async def test_what_has_ended_by_itself_is_not_awaited(listed: Bring, admin: Admin) -> None:
    old = entry(12, document_number="旧1号", decided_on="2021-05-11")
    await listed("credit-entries", [old], source=BUREAU)
    result = await listed(
        "credit-entries", [entry(number) for number in range(11, 41)], source=BUREAU, options=SNAPSHOT
    )
    assert (result.ended, result.position) == (0, None)


async def take_step(database: Database, kind: str, number: int, **columns: object) -> None:
    """A step on the only entry, by a person of its own."""
    names = ", ".join(("kind", "number", "actor", "reason", "entry_id", "ordinal", *columns))
    given = ", ".join(f"${place}" for place in range(4, 4 + len(columns)))
    statement = (
        f"INSERT INTO register.entry_step ({names}) SELECT $1, $2, $3, '测试', e.id, register.ordinal_base() + 1"
        f"{', ' + given if given else ''} FROM register.credit_entry AS e"
    )
    async with publishing(database, OPERATOR, ChangeKind.IMPORT, "test", action="step") as change:
        await change.connection.execute(statement, kind, number, f"person {number}", *columns.values())
        await change.reserve_from(2)


async def test_what_a_step_here_did_is_kept(register: Bring, admin: Admin, database: Database) -> None:
    await register("credit-entries", [entry(1)], source=BUREAU)
    await take_step(database, "OBJECTION_RAISED", 1)
    await take_step(database, "CORRECTED", 2, repair_class="GENERAL", document_number="更正1号")
    result = await register("credit-entries", [entry(1)], source=BUREAU)
    assert (result.unchanged, result.position) == (1, None)
    await take_step(database, "WITHDRAWN", 3, document_number="移出1号")
    result = await register("credit-entries", [entry(1, authority="省民政厅")], source=BUREAU)
    assert result.amended == 1
    row = await admin.fetchrow("SELECT repair_class, end_kind, authority FROM register.credit_entry")
    assert tuple(row or ()) == ("GENERAL", "WITHDRAWN", "省民政厅")


async def test_sources_that_contradict_each_other_leave_a_note(register: Bring, admin: Admin) -> None:
    await register(
        "import-rules", [import_rule("PRECEDENCE", 2, source="court"), import_rule("PRECEDENCE", 1, source=BUREAU)]
    )
    await register("credit-entries", [entry_on_person(1), entry(1)], source="court")
    result = await register(
        "credit-entries", [entry_on_person(1, authority="他处"), entry(1, authority="他处")], source=BUREAU
    )
    assert (result.contradictions, result.amended) == (2, 0)
    notes = await admin.fetch("SELECT fields, content ->> 'authority' AS said FROM register.quality_note ORDER BY id")
    assert [(list(note["fields"]), note["said"]) for note in notes] == [(["authority"], "他处")] * 2


async def test_no_file_changes_what_was_decided_here(refuse: Refuse, register: Bring, admin: Admin) -> None:
    await admin.execute("SET session_replication_role = replica")
    await register("credit-entries", [entry(1)])
    await admin.execute("UPDATE register.credit_entry SET origin = 'LOCAL', case_id = 1, reference = NULL")
    await admin.execute("SET session_replication_role = origin")
    (error,) = await refuse("credit-entries", [entry(1, authority="他处")])
    assert (error.column, error.rule) == ("document_number", "credit-entry.local")
    assert uscc(1) not in error.value
