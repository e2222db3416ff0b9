"""Checks of bidders: the verdict on each code, every reason for it, and who learns what of the past."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apikit.builder import change_set
from apikit.clients import Ask
from apikit.listed import Listed, add_entry, days_ago, write_entries
from apikit.sample import CHAIN, CMS, SINGLE, Sample

from registry.db.pool import Connection, Database
from registry.domain.lawdays import law_day
from registry.services.transactions import ChangeKind

CHECK = """query($codes: [String!]!, $c: ProcurementCriteria, $at: DateTime) {
  procurementCheck(codes: $codes, criteria: $c, asOf: $at) {
    lawDay position recordedAt showsAllEntries
    criteria { minStars noBlackEntry noWatchEntry countDisputed operating regions }
    answers { code verdict certifiedRatio assessedGrade { grade } institution { code } organisation { code }
      reasons { code verdict wanted found groundCode disputed endedSince entry { documentNumber } textZh textEn }
      rating { stars policy { code version } }
      entries { kind disputed } } } }"""


@pytest.fixture
async def listed(database: Database, sample: Sample) -> Listed:
    return await write_entries(database, sample)


async def checked(ask: Ask, *codes: str, key: str | None = None, at: datetime | None = None, **criteria: Any) -> Any:
    answer = await ask(CHECK, key, codes=list(codes), c=criteria or None, at=None if at is None else at.isoformat())
    assert "errors" not in answer, answer
    return answer["data"]["procurementCheck"]


def told(check: Any) -> list[tuple[str, str, list[str]]]:
    return [(one["code"], one["verdict"], [reason["code"] for reason in one["reasons"]]) for one in check["answers"]]


async def one_of(ask: Ask, code: str, **asked: Any) -> tuple[str, list[str]]:
    (answer,) = told(await checked(ask, code, **asked))
    return answer[1], answer[2]


async def test_without_criteria_black_lists_and_closed_institutions_fail(ask: Ask, listed: Listed) -> None:
    check = await checked(ask, SINGLE, CHAIN, "FAC:A1", CMS, SINGLE.lower())
    assert told(check) == [
        (SINGLE, "MEETS", []),
        (CHAIN, "FAILS", ["BLACK_ENTRY"]),
        ("FAC:A1", "FAILS", ["BLACK_ENTRY"]),
        (CMS, "MEETS", []),
        (SINGLE.lower(), "MEETS", []),
    ]
    single, chain = check["answers"][0], check["answers"][1]
    assert single["institution"] == {"code": SINGLE}
    assert single["rating"] == {"stars": 5, "policy": {"code": "national", "version": "1"}}
    assert {entry["kind"] for entry in single["entries"]} == {"WATCH", "RED"}
    assert (chain["institution"], chain["organisation"]) == (None, {"code": CHAIN})
    (reason,) = chain["reasons"]
    assert reason["entry"] == {"documentNumber": "长民罚〔2026〕organisation_idBLACK"}
    assert (reason["groundCode"], reason["disputed"], reason["endedSince"]) == ("FALSE_CLAIMS", False, False)
    assert check["showsAllEntries"]


@pytest.mark.parametrize(
    ("code", "criteria", "verdict", "reasons"),
    [
        (SINGLE, {"minStars": 5}, "MEETS", []),
        (SINGLE, {"minAssessedGrade": 4, "minValidityDays": 1}, "MEETS", []),
        (SINGLE, {"minAssessedGrade": 5}, "FAILS", ["GRADE_BELOW"]),
        (SINGLE, {"minValidityDays": 36500}, "FAILS", ["VALIDITY_SHORT"]),
        (SINGLE, {"minCertifiedRatio": "0.5", "regions": ["220000"]}, "MEETS", []),
        (SINGLE, {"regions": ["US"]}, "FAILS", ["OUTSIDE_REGIONS"]),
        (SINGLE, {"regions": ["220100", "999999"]}, "UNDETERMINED", ["UNKNOWN_REGION"]),
        (SINGLE, {"noWatchEntry": True}, "FAILS", ["WATCH_ENTRY"]),
        (CMS, {"minStars": 1}, "UNDETERMINED", ["NOT_RATED"]),
        (CMS, {"minStars": 1, "minAssessedGrade": 1}, "FAILS", ["NOT_RATED", "NO_ASSESSED_GRADE"]),
        (CMS, {"minCertifiedRatio": "0.1"}, "UNDETERMINED", ["NO_CERTIFIED_RATIO"]),
        (CHAIN, {"minStars": 1, "noBlackEntry": False}, "UNDETERMINED", ["SEVERAL_INSTITUTIONS"]),
        (CHAIN, {"minStars": 1}, "FAILS", ["SEVERAL_INSTITUTIONS", "BLACK_ENTRY"]),
        ("FAC:B2", {"minCertifiedRatio": "0.5", "noBlackEntry": False}, "FAILS", ["CERTIFIED_RATIO_BELOW"]),
        ("FAC:NOBODY", {}, "UNDETERMINED", ["UNKNOWN_CODE"]),
        ("914403001922038217", {"minStars": 3}, "UNDETERMINED", ["MALFORMED_CODE"]),
    ],
)
async def test_each_criterion_has_its_reason(
    ask: Ask, listed: Listed, code: str, criteria: dict[str, Any], verdict: str, reasons: list[str]
) -> None:
    assert await one_of(ask, code, **criteria) == (verdict, reasons)


async def test_disputed_entries_count_unless_the_buyer_says_otherwise(
    ask: Ask, listed: Listed, database: Database
) -> None:
    async with change_set(database, ChangeKind.CORRECTION, "objection") as writer:
        await writer.amend("credit_entry", listed.entries["chain"], disputed=True)
    check = await checked(ask, CHAIN)
    assert check["answers"][0]["reasons"][0]["disputed"]
    assert await one_of(ask, CHAIN, countDisputed=False) == ("MEETS", [])


async def test_an_entry_counts_through_its_last_day_and_not_a_day_longer(
    ask: Ask, listed: Listed, database: Database, sample: Sample
) -> None:
    async with change_set(database, cause="more") as writer:
        await add_entry(
            writer,
            "BLACK",
            {"institution_id": sample.institutions["cms"]},
            region_code="US-AL",
            document_number="to its last day",
            last_day=days_ago(0),
        )
    assert await one_of(ask, CMS) == ("FAILS", ["BLACK_ENTRY"])
    async with change_set(database, ChangeKind.CORRECTION, "sooner") as writer:
        await writer.amend("credit_entry", await _newest(database), last_day=days_ago(1))
    assert await one_of(ask, CMS) == ("MEETS", [])


async def _newest(database: Database) -> int:
    async with database.public.acquire() as connection:
        number: int = await connection.fetchval("SELECT max(id) FROM disclosure.listed_entry")
    return number


ROLES_THAT_LOOK_BACK = ("buyer", "jilin", "auditor", "admin")


async def test_bid_closing_counts_what_was_in_force_then(ask: Ask, listed: Listed) -> None:
    """The entry was recorded, and withdrawn in a later change set: it never bore on today."""
    then = listed.recorded[-2]
    for key in ROLES_THAT_LOOK_BACK:
        check = await checked(ask, CMS, key=key, at=then)
        (answer,) = check["answers"]
        black = [reason for reason in answer["reasons"] if reason["code"] == "BLACK_ENTRY"]
        assert (answer["verdict"], len(black)) == ("FAILS", 1)
        assert black[0]["groundCode"] == "FALSE_CLAIMS"
        assert (black[0]["endedSince"], black[0]["entry"]) == (True, None)
        assert answer["entries"] == [] or key in {"auditor", "admin"}
        assert check["showsAllEntries"]
    assert (await one_of(ask, CMS, key="buyer")) == ("MEETS", [])


@pytest.mark.parametrize("key", [None, "home"])
async def test_whoever_cannot_look_back_is_told_that_the_past_is_unknown(
    ask: Ask, listed: Listed, key: str | None
) -> None:
    check = await checked(ask, CMS, SINGLE, CHAIN, key=key, at=listed.recorded[-2])
    assert told(check) == [
        (CMS, "UNDETERMINED", ["PAST_ENTRIES_NOT_SHOWN"]),
        (SINGLE, "UNDETERMINED", ["PAST_ENTRIES_NOT_SHOWN"]),
        (CHAIN, "FAILS", ["BLACK_ENTRY", "PAST_ENTRIES_NOT_SHOWN"]),
    ]
    assert not check["showsAllEntries"]
    now = await checked(ask, CMS, key=key, at=datetime.now(UTC))
    assert (now["showsAllEntries"], told(now)) == (True, [(CMS, "MEETS", [])])


async def test_procurement_looks_back_within_the_term_of_the_rule(ask: Ask, listed: Listed, admin: Connection) -> None:
    """The clock of the register is put back by a hundred days: what was recorded then is beyond ninety days."""
    await admin.execute("UPDATE register.change_set SET recorded_at = recorded_at - interval '100 days'")
    long_ago = listed.recorded[-2] - timedelta(days=100)
    _, reasons = await one_of(ask, CMS, key="buyer", at=long_ago)
    assert "PAST_ENTRIES_NOT_SHOWN" in reasons
    check = await checked(ask, CMS, key="auditor", at=long_ago)
    assert check["showsAllEntries"]


async def test_an_annulled_entry_never_was(ask: Ask, listed: Listed, admin: Connection) -> None:
    await admin.execute("SET session_replication_role = replica")
    await admin.execute("UPDATE register.credit_entry SET end_kind = 'ANNULLED' WHERE end_kind = 'WITHDRAWN'")
    await admin.execute("SET session_replication_role = origin")
    check = await checked(ask, CMS, key="auditor", at=listed.recorded[-2])
    assert told(check) == [(CMS, "MEETS", [])]


async def test_a_look_back_is_recorded_and_a_look_at_today_is_not(ask: Ask, listed: Listed, admin: Connection) -> None:
    looks = "SELECT payload FROM register.audit_event WHERE payload LIKE '%procurementCheck%' ORDER BY sequence"
    await checked(ask, CMS, key="buyer")
    await checked(ask, CMS, at=listed.recorded[-2])
    assert await admin.fetch(looks) == []
    for code in (CMS, SINGLE):
        await checked(ask, code, key="buyer", at=listed.recorded[-2])
    rows = await admin.fetch(looks)
    assert ['"actor" : "key:4"' in row["payload"] for row in rows] == [True, True]
    assert [code in row["payload"] for code, row in zip((CMS, SINGLE), rows, strict=True)] == [True, True]


async def test_a_check_tells_what_it_read(ask: Ask, listed: Listed) -> None:
    then = listed.recorded[0]
    check = await checked(ask, SINGLE, at=then, key="auditor", minStars=1)
    assert (check["position"], check["lawDay"]) == (1, str(law_day(then)))
    assert datetime.fromisoformat(check["recordedAt"]) == then
    assert check["criteria"] == {
        "minStars": 1,
        "noBlackEntry": True,
        "noWatchEntry": False,
        "countDisputed": True,
        "operating": True,
        "regions": None,
    }
    now = await checked(ask, SINGLE)
    assert (now["position"], now["lawDay"]) == (len(listed.recorded), str(days_ago(0)))


@pytest.mark.parametrize(
    ("codes", "criteria", "rule"),
    [
        ([], {}, "procurement.codes"),
        (["X"] * 1001, {}, "procurement.codes"),
        ([SINGLE], {"minStars": 0}, "procurement.criteria"),
        ([SINGLE], {"minAssessedGrade": 6}, "procurement.criteria"),
        ([SINGLE], {"minCertifiedRatio": "90"}, "filter.share"),
        ([SINGLE], {"regions": []}, "procurement.criteria"),
    ],
)
async def test_what_cannot_be_meant_is_refused(ask: Ask, codes: list[str], criteria: dict[str, Any], rule: str) -> None:
    answer = await ask(CHECK, codes=codes, c=criteria)
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["rule"]) == ("BAD_USER_INPUT", rule)
