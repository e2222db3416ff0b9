"""Snapshots: what a source names no more ends; never too much of it, never what another source still states."""

import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    Admin,
    Bring,
    Refuse,
    Row,
    as_csv,
    assessment,
    certificate,
    employment,
    evaluator,
    import_rule,
    person,
)
from tests.services.importing.test_kinds import changes_of

from registry.db.pool import Database
from registry.domain.errors import Conflict, InputError
from registry.services.importing import ImportOptions
from registry.services.verifying import verify

SNAPSHOT = ImportOptions(snapshot=True)
CONFIRMED = ImportOptions(snapshot=True, confirm_removals=True)
POSTS = (
    "SELECT p.name, lower(e.worked)::text FROM register.employment AS e JOIN register.person AS p ON p.id = e.person_id"
    " ORDER BY 1, 2"
)
RESIDENTS = EVERYTHING_IN["residents"]
MEASURES = EVERYTHING_IN["measures"]


@pytest.fixture
async def staffed(register: Bring) -> Bring:
    """Rules of the day, and two homes with twenty people on post each, stated by the bureau."""
    await register("import-rules", EVERYTHING_IN["import-rules"])
    await register("people", [person(number) for number in range(1, 41)])
    await register("employments", rosters(range(1, 41)), source="bureau")
    return register


def rosters(numbers: object) -> list[Row]:
    return [employment(number, 1 if number <= 20 else 2) for number in numbers]  # type: ignore[attr-defined]


async def on_post(admin: Admin) -> int:
    count: int = await admin.fetchval("SELECT count(*) FROM register.employment")
    return count


async def test_what_a_snapshot_does_not_name_ends(staffed: Bring, admin: Admin, database: Database) -> None:
    result = await staffed("employments", rosters(range(3, 41)), source="bureau", options=SNAPSHOT)
    assert (result.ended, result.unchanged, result.added, result.amended) == (2, 38, 0, 0)
    feed = await changes_of(admin, result.position)
    assert [(change["kind"], change["action"], change["current"]) for change in feed] == [
        ("EMPLOYMENT", "ENDED", None)
    ] * 2
    assert await on_post(admin) == 38
    assert (await verify(database)).holds
    again = await staffed("employments", rosters(range(3, 41)), source="bureau", options=SNAPSHOT)
    assert (again.ended, again.unchanged, again.position) == (0, 38, None)


async def test_institutions_that_are_not_named_keep_their_rows(staffed: Bring, admin: Admin) -> None:
    result = await staffed("employments", rosters(range(2, 21)), source="bureau", options=SNAPSHOT)
    assert result.ended == 1
    assert await on_post(admin) == 39


async def test_rows_of_other_sources_stay(staffed: Bring, admin: Admin) -> None:
    await staffed("employments", [employment(1, 2)], source="home")
    result = await staffed("employments", rosters(range(2, 41)), source="bureau", options=SNAPSHOT)
    assert result.ended == 1
    assert await on_post(admin) == 40


async def test_a_corrected_first_day_takes_the_place_of_the_post_that_ends(staffed: Bring, admin: Admin) -> None:
    rows = [employment(1, 1, started_on="2019-01-01"), *rosters(range(2, 41))]
    result = await staffed("employments", rows, source="bureau", options=SNAPSHOT)
    assert (result.added, result.ended) == (1, 1)
    assert [change["action"] for change in await changes_of(admin, result.position)] == ["ENDED", "ADDED"]


async def test_a_mass_removal_is_refused_until_it_is_confirmed(staffed: Bring, admin: Admin) -> None:
    with pytest.raises(Conflict, match=r"5 of 40 rows of bureau.*12\.5 %, at most 10\.0 %") as refused:
        await staffed("employments", rosters(range(6, 41)), source="bureau", options=SNAPSHOT)
    assert refused.value.rule == "import.mass-removal"
    assert "--confirm-removals" in refused.value.message.zh
    assert await on_post(admin) == 40
    result = await staffed("employments", rosters(range(6, 41)), source="bureau", options=CONFIRMED)
    assert (result.ended, await on_post(admin)) == (5, 35)


async def test_one_home_that_loses_most_of_its_staff_is_a_mass_removal(staffed: Bring) -> None:
    await staffed("import-rules", [import_rule("REMOVAL_SHARE", "0.9", kind="employments")])
    with pytest.raises(Conflict) as refused:
        await staffed("employments", rosters(range(12, 41)), source="bureau", options=SNAPSHOT)
    assert "1 subjects lose more than 50.0 %" in refused.value.message.en


async def test_the_most_specific_rule_of_the_day_applies(staffed: Bring) -> None:
    await staffed(
        "import-rules",
        [
            import_rule("REMOVAL_SHARE", "0", source="bureau", effective_to="2001-12-31"),
            import_rule("REMOVAL_SHARE", "0.5", kind="employments"),
            import_rule("REMOVAL_SHARE", "0", source="home"),
        ],
    )
    result = await staffed("employments", rosters(range(9, 41)), source="bureau", options=SNAPSHOT)
    assert result.ended == 8


async def test_without_a_rule_every_removal_is_confirmed(register: Bring, admin: Admin) -> None:
    await register("employments", [employment(1, 1), employment(2, 1)], source="bureau")
    with pytest.raises(Conflict):
        await register("employments", [employment(1, 1)], source="bureau", options=SNAPSHOT)
    await register("employments", [employment(1, 1)], source="bureau", options=CONFIRMED)
    assert await on_post(admin) == 1


async def test_a_dry_run_tells_what_would_end(staffed: Bring, admin: Admin) -> None:
    result = await staffed(
        "employments", rosters(range(2, 41)), source="bureau", options=ImportOptions(dry_run=True, snapshot=True)
    )
    assert (result.ended, await on_post(admin)) == (1, 40)


async def test_a_file_cut_off_within_a_line_ends_nothing(staffed: Bring, admin: Admin) -> None:
    whole = as_csv("employments", rosters(range(2, 41)))
    with pytest.raises(Conflict) as refused:
        await staffed("employments", whole.rstrip(), source="bureau", options=SNAPSHOT)
    assert refused.value.rule == "import.cut-off"
    assert await on_post(admin) == 40
    assert (await staffed("employments", whole.rstrip(), source="bureau", options=CONFIRMED)).ended == 1


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
async def test_a_truncated_file_never_delists(staffed: Bring, admin: Admin, share: float) -> None:
    whole = as_csv("employments", rosters(range(1, 41))).splitlines(keepends=True)
    kept = b"".join(whole[: 1 + int(share * 40)])
    if share in {0.5}:  # whole homes alone: nothing of the others ends
        assert (await staffed("employments", kept, source="bureau", options=SNAPSHOT)).ended == 0
    else:
        with pytest.raises(Conflict):
            await staffed("employments", kept, source="bureau", options=SNAPSHOT)
    assert await on_post(admin) == 40


@pytest.mark.parametrize("options", [SNAPSHOT, CONFIRMED])
async def test_an_empty_snapshot_is_refused(staffed: Bring, options: ImportOptions) -> None:
    with pytest.raises(InputError) as refused:
        await staffed("employments", [], source="bureau", options=options)
    assert refused.value.rule == "import.snapshot-empty"


async def test_a_snapshot_with_a_bad_row_ends_nothing(staffed: Bring, refuse: Refuse, admin: Admin) -> None:
    await refuse("employments", [*rosters(range(2, 41)), employment(99, 1)], source="bureau", options=SNAPSHOT)
    assert await on_post(admin) == 40


@pytest.mark.parametrize("kind", ["import-rules", "regions", "organisations", "institutions", "people"])
async def test_kinds_that_end_otherwise_know_no_snapshot(full: Bring, kind: str) -> None:
    with pytest.raises(InputError) as refused:
        await full(kind, EVERYTHING_IN[kind], options=SNAPSHOT)
    assert refused.value.rule == "import.snapshot-kind"


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (ImportOptions(snapshot=True, partial=True), "import.snapshot-partial"),
        (ImportOptions(confirm_removals=True), "import.confirm-removals"),
    ],
)
async def test_options_that_do_not_go_together_are_refused(full: Bring, options: ImportOptions, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        await full("employments", EVERYTHING_IN["employments"], options=options)
    assert refused.value.rule == rule


SCOPES: list[tuple[str, list[Row], list[str]]] = [
    ("employments", EVERYTHING_IN["employments"][:2], ["EMPLOYMENT"]),
    ("residents", RESIDENTS[1:], ["RESIDENT_COUNT"]),
    ("assessments", [assessment(1, decided_on="2026-05-01")], ["ASSESSMENT"]),
    ("measures", [{**MEASURES[0], "measure_code": "OTHER"}], ["MEASURE"]),
    ("certificates", [certificate(9, 2)], ["CERTIFICATE_STATUS", "CERTIFICATE"]),
    ("evaluation-organisations", [evaluator("E1")], ["ACCREDITATION"]),
]


@pytest.mark.parametrize(("kind", "rows", "ended"), SCOPES)
async def test_every_kind_ends_what_its_scope_does_not_name(
    full: Bring, admin: Admin, database: Database, kind: str, rows: list[Row], ended: list[str]
) -> None:
    result = await full(kind, rows, options=CONFIRMED)
    feed = await changes_of(admin, result.position)
    assert [change["kind"] for change in feed if change["action"] == "ENDED"] == ended
    assert result.ended == 1
    assert (await verify(database)).holds


async def test_what_another_source_states_too_stays_until_neither_does(
    staffed: Bring, admin: Admin, database: Database
) -> None:
    both = rosters(range(1, 21))
    await staffed("employments", both, source="home")
    first = await staffed("employments", both[1:], source="bureau", options=SNAPSHOT)
    assert (first.ended, await on_post(admin)) == (0, 40)
    again = await staffed("employments", both[1:], source="bureau", options=SNAPSHOT)
    assert again.ended == 0
    last = await staffed("employments", both[1:], source="home", options=SNAPSHOT)
    assert (last.ended, await on_post(admin)) == (1, 39)
    assert (await verify(database)).holds


async def test_a_source_that_states_a_row_again_has_a_say_again(staffed: Bring, admin: Admin) -> None:
    both = rosters(range(1, 21))
    await staffed("employments", both, source="home")
    await staffed("employments", both[1:], source="bureau", options=SNAPSHOT)
    await staffed("employments", both, source="bureau")
    assert (await staffed("employments", both[1:], source="home", options=SNAPSHOT)).ended == 0
    assert await on_post(admin) == 40
