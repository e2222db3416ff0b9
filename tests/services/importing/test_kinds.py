"""Every kind: added, unchanged, amended with the previous value in the feed, ordinals and positions without gaps."""

import json
from typing import Any

import pytest
from tests.services.importing.conftest import (
    EVERYTHING_IN,
    Admin,
    Bring,
    certificate,
    citizen,
    evaluator,
    person,
    region,
    uscc,
)

CORRECTIONS: list[tuple[str, int, dict[str, object], str, str, tuple[object, object]]] = [
    ("import-rules", 0, {"value": "0.2"}, "IMPORT_RULE", "value", ("0.100", "0.200")),
    ("regions", 3, {"name": "南关区"}, "REGION", "name", ("地区220102", "南关区")),
    ("organisations", 0, {"status": "SUSPENDED"}, "ORGANISATION", "status", ("ACTIVE", "SUSPENDED")),
    ("institutions", 1, {"beds": 50}, "INSTITUTION", "beds", (42, 50)),
    ("people", 1, {"education": "BACHELOR"}, "PERSON", "education", ("COLLEGE", "BACHELOR")),
    ("employments", 0, {"ended_on": "2024-01-31"}, "EMPLOYMENT", "endedOn", (None, "2024-01-31")),
    ("certificates", 0, {"expires_on": "2030-01-01"}, "CERTIFICATE", "expiresOn", (None, "2030-01-01")),
    (
        "certificates",
        1,
        {"status": "REVOKED"},
        "CERTIFICATE_STATUS",
        "status",
        ("SUSPENDED", "REVOKED"),
    ),
    ("evaluation-organisations", 2, {"name": "新名"}, "EVALUATION_ORGANISATION", "name", ("评价中心E2", "新名")),
    (
        "evaluation-organisations",
        0,
        {"withdrawn_from": "2023-01-01", "withdrawal_reason": "买卖证书"},
        "ACCREDITATION",
        "withdrawalReason",
        (None, "买卖证书"),
    ),
    ("training", 1, {"hours": "13"}, "TRAINING", "hours", ("12.5", "13.0")),
    ("awards", 1, {"amount": "2500.5"}, "AWARD", "amount", ("2000.00", "2500.50")),
    ("population", 0, {"aged_80": 121}, "POPULATION", "aged80", (120, 121)),
    ("wages", 1, {"people": 4}, "WAGE_BAND", "people", (1, 4)),
    ("equivalences", 2, {"to_rung": "BACHELOR"}, "EQUIVALENCE", "toRung", ("COLLEGE", "BACHELOR")),
    ("residents", 1, {"headcount": 16}, "RESIDENT_COUNT", "headcount", (15, 16)),
    ("assessments", 0, {"grade": 4}, "ASSESSMENT", "grade", (3, 4)),
    ("measures", 0, {"value": "52"}, "MEASURE", "value", ("51.234567", "52.000000")),
    (
        "credit-entries",
        0,
        {"ended_on": "2026-08-20", "end_kind": "ANNULLED", "end_reason": "复议撤销"},
        "CREDIT_ENTRY",
        "endKind",
        (None, "ANNULLED"),
    ),
    ("credit-entries", 1, {"last_day": ""}, "CREDIT_ENTRY", "lastDay", ("2027-05-11", "2029-05-11")),
]


async def changes_of(admin: Admin, position: int | None) -> list[Any]:
    return await admin.fetch(
        "SELECT c.* FROM register.staff_change AS c JOIN register.change_set AS s ON s.id = c.change_id"
        " WHERE s.position = $1 ORDER BY c.ordinal",
        position,
    )


async def test_good_rows_of_every_kind_are_added_once(register: Bring, admin: Admin) -> None:
    for kind, rows in EVERYTHING_IN.items():
        first = await register(kind, rows)
        assert first.rows == len(rows) == first.added + first.amended + first.unchanged
        head = await admin.fetchval("SELECT position FROM register.register_head")
        again = await register(kind, rows)
        assert (again.added, again.amended, again.ended, again.unchanged) == (0, 0, 0, len(rows))
        assert again.position is None
        assert await admin.fetchval("SELECT position FROM register.register_head") == head


async def test_an_unchanged_file_is_on_record_without_a_change_set(full: Bring, admin: Admin) -> None:
    result = await full("residents", EVERYTHING_IN["residents"])
    batch = await admin.fetchrow("SELECT * FROM register.import_batch ORDER BY id DESC LIMIT 1")
    assert batch is not None
    assert (batch["rows"], batch["unchanged"], batch["change_id"]) == (2, 2, None)
    event = await admin.fetchrow("SELECT * FROM register.audit_event ORDER BY sequence DESC LIMIT 1")
    assert event is not None
    assert (event["action"], event["subject"]) == ("importRows", f"import:{batch['id']}")
    details = json.loads(event["payload"])["details"]
    assert details["unchanged"] == 2
    assert details["sha256"] == batch["file_sha256"].hex()
    assert "position" not in details
    assert result.position is None


@pytest.mark.parametrize(("kind", "place", "corrected", "feed_kind", "field", "values"), CORRECTIONS)
async def test_a_correction_is_an_amendment_with_its_previous_value(
    full: Bring,
    admin: Admin,
    kind: str,
    place: int,
    corrected: dict[str, object],
    feed_kind: str,
    field: str,
    values: Any,
) -> None:
    rows = [*EVERYTHING_IN[kind]]
    rows[place] = {**rows[place], **corrected}
    result = await full(kind, rows)
    assert (result.added, result.amended, result.unchanged) == (0, 1, len(rows) - 1)
    feed = await changes_of(admin, result.position)
    assert [(change["kind"], change["action"]) for change in feed] == [(feed_kind, "AMENDED")]
    contents = json.loads(feed[0]["previous"]), json.loads(feed[0]["current"])
    assert tuple(content[field] for content in contents) == values


async def test_ordinals_and_positions_have_no_gaps(full: Bring, admin: Admin) -> None:
    mixed = [
        certificate(1, 2),
        certificate(2, 2, status="SUSPENDED", status_from="2022-01-01"),
        certificate(3, 3, status="SUSPENDED", status_from="2023-02-01", expires_on="2026-03-01"),
        certificate(4, 1, status="SUSPENDED", status_from="2022-01-01"),
    ]
    await full("certificates", mixed)
    await full("evaluation-organisations", [evaluator("E1", name="甲"), evaluator("E3"), evaluator("E2", name="乙")])
    sets = await admin.fetch("SELECT id, position, changes FROM register.change_set ORDER BY position")
    assert [row["position"] for row in sets] == list(range(1, len(sets) + 1))
    for row in sets:
        feed = await admin.fetch("SELECT ordinal FROM register.staff_change WHERE change_id = $1", row["id"])
        assert sorted(change["ordinal"] for change in feed) == list(range(1, row["changes"] + 1))


async def test_counts_are_of_rows_of_the_file(full: Bring) -> None:
    result = await full(
        "certificates",
        [
            certificate(1, 1),  # unchanged
            certificate(2, 2, status="VALID", status_from="2022-08-01"),  # reinstated
            certificate(3, 2, status="SUSPENDED", status_from="2023-02-01"),  # holder, term and status
            certificate(4, 1, status="REVOKED", status_from="2022-01-01"),  # new, with a status
        ],
    )
    assert (result.rows, result.added, result.amended, result.unchanged) == (4, 1, 2, 1)


async def test_a_status_row_tells_what_stands_and_since_when(full: Bring, admin: Admin) -> None:
    history = (
        "SELECT effective_from::text, status FROM register.certificate_status AS s"
        " JOIN register.certificate AS c ON c.id = s.certificate_id WHERE c.number LIKE '%000002' ORDER BY 1"
    )
    await full("certificates", [certificate(2, 2, status="REVOKED", status_from="2022-09-01")])
    assert [tuple(row) for row in await admin.fetch(history)] == [
        ("2022-02-01", "SUSPENDED"),
        ("2022-09-01", "REVOKED"),
    ]
    earlier = await full("certificates", [certificate(2, 2, status="REVOKED", status_from="2022-01-15")])
    assert [tuple(row) for row in await admin.fetch(history)] == [("2022-01-15", "REVOKED")]
    assert [change["action"] for change in await changes_of(admin, earlier.position)] == ["ENDED", "ENDED", "ADDED"]
    await full("certificates", [certificate(2, 2, status="VALID", status_from="2023-05-01")])
    assert [tuple(row) for row in await admin.fetch(history)] == [("2022-01-15", "REVOKED"), ("2023-05-01", "VALID")]
    again = await full("certificates", [certificate(2, 2)])
    assert (again.unchanged, again.position) == (1, None)
    await full("certificates", [certificate(2, 2, status="VALID", status_from="2022-01-15")])
    assert [tuple(row) for row in await admin.fetch(history)] == [("2022-01-15", "VALID")]


async def test_a_longer_earlier_post_and_a_new_later_one_fit_in_one_file(full: Bring, admin: Admin) -> None:
    first, _, third = EVERYTHING_IN["employments"]
    result = await full(
        "employments",
        [
            {**first, "ended_on": "2022-12-31"},
            {**first, "started_on": "2023-01-01"},
            {**third, "ended_on": "2021-06-30"},
        ],
    )
    assert (result.added, result.amended) == (1, 2)
    worked = await admin.fetch("SELECT worked FROM register.employment WHERE occupation = 'CARER' ORDER BY id")
    assert len(worked) == 4


async def test_people_are_matched_by_number_never_by_name(full: Bring, admin: Admin) -> None:
    result = await full("people", [person(9, name="王1"), {**person(1), "name": "李一"}])
    assert (result.added, result.amended) == (1, 1)
    assert await admin.fetchval("SELECT count(*) FROM register.person") == 4


async def test_a_new_import_of_a_person_keeps_the_cipher_text(full: Bring, admin: Admin) -> None:
    sealed = await admin.fetchval("SELECT number_encrypted FROM register.person ORDER BY id LIMIT 1")
    await full("people", [{**person(1), "name": "李一"}])
    assert await admin.fetchval("SELECT number_encrypted FROM register.person ORDER BY id LIMIT 1") == sealed


async def test_full_width_and_lower_case_find_the_same_person(full: Bring) -> None:
    wide = citizen(1).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    result = await full("people", [{**person(1), "citizen_id": f" {wide} "}])
    assert result.unchanged == 1


async def test_institution_names_are_kept_in_pinyin(full: Bring, admin: Admin) -> None:
    row = await admin.fetchrow("SELECT name_pinyin, name_initials FROM register.institution ORDER BY id LIMIT 1")
    assert tuple(row or ()) == ("changchunshizhangzheleyuan1hao", "ccszzly1h")


async def test_paths_follow_parents_in_the_file_and_in_the_register(full: Bring, admin: Admin) -> None:
    paths = "SELECT path FROM register.region WHERE code = $1 ORDER BY lower(valid)"
    await full("regions", [region("220103", "COUNTY", "220100"), region("220104", "COUNTY", "230100"),
                           region("230100", "PREFECTURE", "220000")])  # fmt: skip
    assert await admin.fetchval(paths, "220103") == "CN/220000/220100/220103"
    assert await admin.fetchval(paths, "220104") == "CN/220000/230100/220104"
    moved = await full("regions", [region("230100", "PREFECTURE", "210000")])
    assert await admin.fetchval(paths, "220104") == "CN/210000/230100/220104"
    assert moved.amended == 2


async def test_a_region_hangs_from_the_newest_parent_of_its_time(full: Bring, admin: Admin) -> None:
    await full("regions", [region("230100", "PREFECTURE", "220000", valid_to="2010-12-31"),
                           region("230100", "PREFECTURE", "210000", valid_from="2011-01-01"),
                           region("230101", "COUNTY", "230100", valid_to="2005-12-31"),
                           region("230102", "COUNTY", "230100", valid_from="2005-12-31")])  # fmt: skip
    rows = await admin.fetch("SELECT path FROM register.region WHERE code IN ('230101', '230102') ORDER BY code")
    assert [row["path"] for row in rows] == ["CN/220000/230100/230101", "CN/210000/230100/230102"]


async def test_scheme_is_told_by_the_code(full: Bring, admin: Admin) -> None:
    american = {"organisation_code": "US-CCN:015010", "legal_form": "OTHER", "name": "Coosa Valley", "status": "ACTIVE"}
    await full("organisations", [{**american, "region_code": "210102"}])
    schemes = await admin.fetch("SELECT scheme FROM register.organisation ORDER BY id")
    assert [row["scheme"] for row in schemes] == ["USCC", "USCC", "US-CCN"]


async def test_what_a_version_view_says_as_of_before_a_correction(full: Bring, admin: Admin) -> None:
    head = await admin.fetchval("SELECT position FROM register.register_head")
    await full("institutions", [{**EVERYTHING_IN["institutions"][0], "beds": 99}])
    beds = (
        "SELECT beds FROM disclosure.institution_version WHERE code = $1 AND recorded_from <= $2"
        " AND (recorded_to IS NULL OR recorded_to > $2)"
    )
    assert await admin.fetchval(beds, uscc(1), head) == 41
    assert await admin.fetchval(beds, uscc(1), head + 1) == 99
