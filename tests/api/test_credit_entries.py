"""Entries on credit lists: who sees which, when, in what order, and what of them."""

from typing import Any

import asyncpg
import pytest
from apikit.clients import Ask
from apikit.listed import Listed, write_entries
from apikit.sample import CHAIN, SINGLE, Sample

from registry.api.context import write_instant
from registry.api.planner.nodes import write_id
from registry.db.pool import Connection, Database

IN_FORCE = {"single", "chain", "red", "person", "last day"}
ENDED = {"past", "past foreign", "foreign", "adopted"}
ENDED_IN_JILIN = {"past", "adopted"}
ALL = "query($f: CreditEntryFilter, $at: DateTime) { creditEntries(filter: $f, asOf: $at) { totalCount nodes { id } } }"


@pytest.fixture
async def listed(database: Database, sample: Sample) -> Listed:
    return await write_entries(database, sample)


def named(listed: Listed, answer: Any) -> list[str]:
    names = {write_id("CreditEntry", number): name for name, number in listed.entries.items()}
    return [names[node["id"]] for node in answer["nodes"]]


async def seen(ask: Ask, listed: Listed, key: str | None = None, **variables: Any) -> set[str]:
    answer = await ask(ALL, key, **variables)
    page = answer["data"]["creditEntries"]
    assert page["totalCount"] == len(page["nodes"])
    return set(named(listed, page))


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (None, IN_FORCE),
        ("buyer", IN_FORCE),
        ("home", IN_FORCE),
        ("jilin", IN_FORCE | ENDED_IN_JILIN),
        ("auditor", IN_FORCE | ENDED),
        ("admin", IN_FORCE | ENDED),
    ],
)
async def test_each_role_sees_what_is_in_force_and_staff_what_has_ended(
    ask: Ask, listed: Listed, key: str | None, names: set[str]
) -> None:
    assert await seen(ask, listed, key) == names
    by_id = await ask(
        "query($i: [ID!]!) { nodes(ids: $i) { id } }",
        key,
        i=[write_id("CreditEntry", n) for n in listed.entries.values()],
    )
    assert set(named(listed, {"nodes": [n for n in by_id["data"]["nodes"] if n]})) == names


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"kinds": ["BLACK"]}, {"chain", "person"}),
        ({"list": "CN-RED"}, {"red", "last day"}),
        ({"ground": "FALSE_CLAIMS"}, {"chain", "person"}),
        ({"region": "220104"}, {"chain"}),
        ({"region": "220000"}, IN_FORCE),
        ({"region": "US"}, set()),
        ({"subject": SINGLE}, {"single", "red"}),
        ({"subject": f"uscc:{CHAIN.lower()}"}, {"chain"}),
        ({"origins": ["COURT"]}, set()),
        ({"disputed": True}, {"red"}),
        ({"inForceOn": "2026-04-30"}, {"red", "last day"}),
        ({"kinds": []}, set()),
        ({"kinds": ["RED"], "disputed": False}, {"last day"}),
    ],
)
async def test_filters_find_entries(ask: Ask, listed: Listed, wanted: dict[str, Any], names: set[str]) -> None:
    assert await seen(ask, listed, f=wanted) == names


async def test_staff_tell_ended_entries_from_standing_ones(ask: Ask, listed: Listed) -> None:
    assert await seen(ask, listed, "admin", f={"ended": True}) == ENDED
    assert await seen(ask, listed, "admin", f={"ended": False}) == IN_FORCE
    assert await seen(ask, listed, "jilin", f={"ended": True}) == ENDED_IN_JILIN


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("key", [None, "buyer", "home"])
@pytest.mark.parametrize(
    "question",
    [
        "{ creditEntries(filter: {ended: true}) { totalCount } }",
        f'{{ institution(code: "{SINGLE}") {{ creditEntries(filter: {{ended: false}}) {{ totalCount }} }} }}',
    ],
)
async def test_ended_entries_are_refused_to_others(ask: Ask, key: str | None, question: str) -> None:
    answer = await ask(question, key)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["extensions"]["rule"] == "filter.for-staff"


async def test_the_past_shows_what_stood_then_and_is_in_force_now(ask: Ask, listed: Listed) -> None:
    before, after = (write_instant(at) for at in (listed.recorded[-3], listed.recorded[-2]))
    assert await seen(ask, listed, at=before) == set()
    assert await seen(ask, listed, at=after) == IN_FORCE
    assert await seen(ask, listed, "admin", at=after) == IN_FORCE | ENDED
    assert await seen(ask, listed, "jilin", at=after) == IN_FORCE | ENDED_IN_JILIN
    question = "query($i: ID!) { node(id: $i) { ... on CreditEntry { inForceTo endKind } } }"
    now = (await ask(question, "admin", i=write_id("CreditEntry", listed.entries["foreign"])))["data"]["node"]
    assert now["endKind"] == "WITHDRAWN"


async def test_pages_follow_the_day_of_decision(ask: Ask, listed: Listed) -> None:
    question = """query($after: String, $before: String, $first: Int, $last: Int) {
      creditEntries(after: $after, before: $before, first: $first, last: $last) {
        pageInfo { hasNextPage endCursor startCursor hasPreviousPage } nodes { id decidedOn } } }"""
    first = (await ask(question, first=2))["data"]["creditEntries"]
    assert named(listed, first) == ["person", "chain"]
    assert first["pageInfo"]["hasNextPage"]
    rest = (await ask(question, after=first["pageInfo"]["endCursor"]))["data"]["creditEntries"]
    assert named(listed, rest) == ["single", "last day", "red"]
    back = (await ask(question, before=rest["pageInfo"]["startCursor"], last=1))["data"]["creditEntries"]
    assert named(listed, back) == ["chain"]
    assert back["pageInfo"]["hasPreviousPage"]


SUBJECT = """subject { __typename ... on Institution { code } ... on Organisation { uscc }
  ... on ListedPerson { name numberMask } }"""
FULL = f"""query($i: ID!) {{ node(id: $i) {{ ... on CreditEntry {{ kind origin {SUBJECT}
  list {{ code kind nameZh nameEn creditChinaCode authority }} ground {{ code nameZh nameEn legalBasis confirmed }}
  region {{ code }} authority documentNumber reference decidedOn publishedOn inForceFrom inForceTo inForce repairClass
  earliestRepair disputed remedy legalBasis consequences {{ measure ground nameEn }} original {{ documentNumber }}
  repairPending endedOn endKind endReason endDocumentNumber evidence }} }} }}"""


async def test_an_entry_tells_its_decision(ask: Ask, listed: Listed) -> None:
    entry = (await ask(FULL, i=write_id("CreditEntry", listed.entries["chain"])))["data"]["node"]
    assert entry["subject"] == {"__typename": "Organisation", "uscc": CHAIN}
    assert entry["list"]["code"] == "CN-BLACK"
    assert entry["list"]["creditChinaCode"] == 8
    assert entry["ground"]["nameEn"] == "Subsidies or public money by false claims"
    assert (entry["inForceFrom"], entry["inForceTo"], entry["inForce"]) == ("2026-06-01", None, True)
    assert entry["earliestRepair"] == "2026-06-01"
    assert entry["consequences"][0]["measure"] == "BARRED_FROM_PROCUREMENT"
    assert entry["remedy"] == "60日内可申请行政复议"
    private = ("repairPending", "endedOn", "endKind", "endReason", "endDocumentNumber", "evidence")
    assert [entry[name] for name in private] == [None] * 6
    to_staff = (await ask(FULL, "jilin", i=write_id("CreditEntry", listed.entries["chain"])))["data"]["node"]
    assert to_staff["evidence"] == "现场检查笔录"


async def test_a_person_is_name_and_mask(ask: Ask, listed: Listed) -> None:
    entry = (await ask(FULL, i=write_id("CreditEntry", listed.entries["person"])))["data"]["node"]
    assert entry["subject"] == {"__typename": "ListedPerson", "name": "张三", "numberMask": "110105********002X"}


async def test_an_adopted_entry_names_its_original_and_ends_with_it(ask: Ask, listed: Listed) -> None:
    found = (await ask(FULL, "admin", i=write_id("CreditEntry", listed.entries["adopted"])))["data"]["node"]
    assert found["original"]["documentNumber"].startswith("长民罚")
    assert found["inForce"] is False
    assert (await ask(FULL, i=write_id("CreditEntry", listed.entries["adopted"])))["data"]["node"] is None


OWN = """query($c: String!, $at: DateTime) { institution(code: $c, asOf: $at) {
  creditStatus { standing black watch red disputed } creditEntries { totalCount nodes { id } }
  listedStaff { totalCount nodes { id } } organisation { creditEntries { nodes { id } } } } }"""


@pytest.mark.parametrize(
    ("key", "names", "staff"),
    [
        (None, {"single", "red"}, None),
        ("buyer", {"single", "red"}, None),
        ("home", {"single", "red"}, None),
        ("jilin", {"single", "red", "past"}, {"person"}),
        ("auditor", {"single", "red", "past"}, {"person"}),
        ("admin", {"single", "red", "past"}, {"person"}),
    ],
)
async def test_entries_that_bear_on_an_institution(
    ask: Ask, listed: Listed, key: str | None, names: set[str], staff: set[str] | None
) -> None:
    found = (await ask(OWN, key, c=SINGLE))["data"]["institution"]
    assert set(named(listed, found["creditEntries"])) == names
    assert found["creditEntries"]["totalCount"] == len(names)
    assert named(listed, found["organisation"]["creditEntries"]) == ["red"]
    assert found["creditStatus"] == {"standing": "WATCH", "black": 0, "watch": 1, "red": 1, "disputed": 1}
    assert (found["listedStaff"] and set(named(listed, found["listedStaff"]))) == staff


async def test_entries_of_an_organisation_bear_on_all_its_institutions(ask: Ask, listed: Listed) -> None:
    for code, standing in (("FAC:A1", "BLACK"), ("FAC:B2", "BLACK"), ("US-CCN:015010", "NONE")):
        assert (await ask(OWN, c=code))["data"]["institution"]["creditStatus"]["standing"] == standing
    before = write_instant(listed.recorded[-3])
    then = (await ask(OWN, c="FAC:A1", at=before))["data"]["institution"]
    assert then["creditStatus"]["standing"] == "NONE"
    after = (await ask(OWN, c="FAC:A1", at=write_instant(listed.recorded[-2])))["data"]["institution"]
    assert after["creditStatus"]["standing"] == "BLACK"


async def test_a_regulator_elsewhere_sees_no_staff(ask: Ask, listed: Listed) -> None:
    found = (await ask(OWN, "jilin", c="US-CCN:015010"))["data"]["institution"]
    assert found["listedStaff"]["totalCount"] == 0


FEED = "{ changes(first: 1000, kinds: [CREDIT_ENTRY]) { nodes { entityId action code current previous } } }"
TOMORROW = """CREATE OR REPLACE FUNCTION register.law_today() RETURNS date LANGUAGE sql STABLE
RETURN (now() AT TIME ZONE 'Asia/Shanghai')::date + 1"""


def feed_of(listed: Listed, answer: dict[str, Any], name: str) -> list[Any]:
    own = write_id("CreditEntry", listed.entries[name])
    nodes = [n for n in answer["data"]["changes"]["nodes"] if n["entityId"] == own]
    return [(n["action"], n["current"] is not None, n["previous"] is not None, n["code"] is not None) for n in nodes]


async def test_at_law_midnight_an_ended_entry_vanishes_everywhere(
    ask: Ask, listed: Listed, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    assert "last day" in await seen(ask, listed)
    assert feed_of(listed, await ask(FEED), "last day") == [("ADDED", True, False, True)]
    await admin.execute(TOMORROW)
    assert await seen(ask, listed) == IN_FORCE - {"last day"}
    assert feed_of(listed, await ask(FEED), "last day") == [("ADDED", False, False, False)]
    assert (await ask(OWN, c="FAC:A1"))["data"]["institution"]["creditStatus"]["red"] == 0
    assert (await ask(FULL, i=write_id("CreditEntry", listed.entries["last day"])))["data"]["node"] is None
    after = write_instant(listed.recorded[-2])
    assert await seen(ask, listed, at=after) == IN_FORCE - {"last day"}
    assert "last day" in await seen(ask, listed, "jilin")


async def test_the_feed_tells_of_an_ended_entry_without_its_content(ask: Ask, listed: Listed) -> None:
    answer = await ask(FEED)
    assert feed_of(listed, answer, "foreign") == [("ADDED", False, False, False), ("AMENDED", False, False, False)]
    assert feed_of(listed, answer, "chain") == [("ADDED", True, False, True)]
    to_staff = feed_of(listed, await ask(FEED, "admin"), "foreign")
    assert to_staff == [("ADDED", True, False, True), ("AMENDED", True, True, True)]


async def test_lists_and_terms_tell_their_rules(ask: Ask, listed: Listed) -> None:
    lists = (
        await ask(
            """{ creditLists(filter: {kind: BLACK, inForceOn: "2026-05-01"}) { nodes { code needsConsent region { code }
             grounds { code courtOnly } consequences { measure ground } } }
             creditTerms(filter: {repairClass: SERIOUS}) { nodes {
                leastMonths mostMonths effectiveFrom effectiveTo } } }"""
        )
    )["data"]
    assert [found["code"] for found in lists["creditLists"]["nodes"]] == ["CN-BLACK", "CN-BLACK-MARKET"]
    black = lists["creditLists"]["nodes"][0]
    assert len(black["grounds"]) == 10
    assert {g["code"] for g in black["grounds"] if g["courtOnly"]} == {"COURT_DEFAULTER"}
    assert "RAISED_INSPECTION" in {c["measure"] for c in black["consequences"]}
    assert [term["effectiveTo"] for term in lists["creditTerms"]["nodes"]] == ["2023-04-30", "2026-03-31", None]


async def test_windows_and_rules_of_flags_are_told_by_the_day(ask: Ask, listed: Listed, admin: Connection) -> None:
    for relation, code in (("credit_window", "DEFENCE"), ("flag_rule", "DATA_OVERDUE")):
        await admin.execute(
            f"UPDATE register.{relation} SET effective = '[2020-01-01,2026-07-01)', confirmed = true"
            f" WHERE code = '{code}'"
        )
    windows = '{ creditWindows(filter: {code: "DEFENCE"}) { nodes { days working effectiveTo confirmed } } }'
    told = (await ask(windows))["data"]["creditWindows"]["nodes"]
    assert told == [{"days": 5, "working": True, "effectiveTo": "2026-06-30", "confirmed": True}]
    later = await ask('{ creditWindows(filter: {inForceOn: "2026-07-01"}) { totalCount nodes { code } } }')
    assert "DEFENCE" not in {window["code"] for window in later["data"]["creditWindows"]["nodes"]}
    rules = """{ flagRules(filter: {code: "DATA_OVERDUE"}) {
      nodes { severity parameters effectiveFrom effectiveTo legalBasis confirmed } } }"""
    for key in ("jilin", "auditor", "admin"):
        (rule,) = (await ask(rules, key))["data"]["flagRules"]["nodes"]
        assert (rule["parameters"], rule["effectiveTo"]) == ({"days": 400}, "2026-06-30")
    for key in (None, "buyer", "home"):
        assert (await ask(rules, key))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_public_pool_reads_no_entry_beside_the_disclosed_ones(database: Database) -> None:
    for relation in (
        "register.credit_entry",
        "register.staff_entry",
        "register.seen_entry",
        "register.seen_entry_version",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.public.fetch(f"SELECT * FROM {relation}")


async def test_planner_answers_everything(ask: Ask, listed: Listed, observed: Any) -> None:
    await ask(OWN, "jilin", c=SINGLE)
    await ask(ALL)
    assert observed.fallbacks == []
