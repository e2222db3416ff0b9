"""What entries on credit lists do to ratings: in SQL when asked, as the scoring core says it."""

import csv
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from apikit.builder import change_set
from apikit.clients import Ask
from apikit.listed import GROUNDS, add_entry, days_ago, write_rules
from apikit.sample import CHAIN, SINGLE, Sample

from registry.api.context import write_instant
from registry.db.pool import Database
from registry.domain.actors import operator
from registry.services.exporting import ExportFormat, ExportSet, Manifest, export_set
from registry.services.transactions import ChangeKind
from scoring import Listing, Policy, apply_credit_caps, load_policy, shipped_policies

NATIONAL = json.loads(load_policy(shipped_policies()["cn-national"]).canonical)
GROUND_CODES = ["FALSE_CLAIMS", "FRAUD"]


def policy_with(caps: list[dict[str, Any]]) -> Policy:
    return load_policy(json.dumps({**NATIONAL, "credit_caps": caps}).encode())


def cap(code: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "list_kind": kind, "title": {"zh": f"{code}限制", "en": f"{code} cap"}, **more}


CAPS = [
    cap("BLACK_LIST", "BLACK", suspended=True, legal_basis="民发〔2019〕103号"),
    cap("WATCH_LIST", "WATCH", at_most="3", while_disputed=False),
    cap("OVERDUE", "WATCH", at_most="2", ground="REPEATED_COMPLAINTS"),
]


@pytest.fixture
async def ruled(database: Database, sample: Sample) -> Sample:
    """The sample with a policy that has caps in place of its own."""
    async with change_set(database, ChangeKind.POLICY, "caps") as writer:
        await write_rules(writer)
        canonical = policy_with(CAPS).canonical.decode()
        policy = await writer.policy("capped", canonical=canonical)
        for name, stars in (("single", 5), ("east", 4), ("west", 3)):
            number = sample.institutions[name]
            row = await writer.change.connection.fetchval(
                "SELECT id FROM register.rating WHERE institution_id = $1", number
            )
            await writer.amend(
                "rating", row, stars=stars, reason=None, policy_id=policy, score=Decimal("50.00"), score_scaled=5000
            )
    return sample


RATED = """query($c: String!, $at: DateTime) { institution(code: $c, asOf: $at) {
  rating { stars starsBeforeCaps caps { stage grade reasonZh reasonEn legalBasis entry { documentNumber kind } } }
  notRatedReason { code caps { stage grade reasonEn entry { kind } } }
  ratingHistory { totalCount nodes { stars starsBeforeCaps caps { stage } } } } }"""
ANSWERS = """query($c: [String!]!) { ratings(codes: $c) { __typename
  ... on Rated { rating { stars } } ... on NotRated { reason { code caps { entry { kind } } } } } }"""


async def rated(ask: Ask, code: str, **variables: Any) -> Any:
    answer = await ask(RATED, c=code, **variables)
    assert "errors" not in answer
    return answer["data"]["institution"]


async def test_without_entries_the_grade_is_that_of_the_run(ask: Ask, ruled: Sample) -> None:
    found = await rated(ask, SINGLE)
    assert (found["rating"]["stars"], found["rating"]["starsBeforeCaps"], found["rating"]["caps"]) == (5, 5, [])


async def test_an_entry_caps_the_grade_and_says_why(ask: Ask, ruled: Sample, database: Database) -> None:
    async with change_set(database) as writer:
        number = await add_entry(writer, "WATCH", {"institution_id": ruled.institutions["single"]})
    found = await rated(ask, SINGLE)
    assert (found["rating"]["stars"], found["rating"]["starsBeforeCaps"]) == (3, 5)
    assert found["rating"]["caps"] == [
        {
            "stage": "WATCH_LIST",
            "grade": 3,
            "reasonZh": "WATCH_LIST限制",
            "reasonEn": "WATCH_LIST cap",
            "legalBasis": None,
            "entry": {"documentNumber": "长民罚〔2026〕institution_idWATCH", "kind": "WATCH"},
        }
    ]
    assert found["notRatedReason"] is None
    history = found["ratingHistory"]["nodes"]
    assert [(row["stars"], row["starsBeforeCaps"]) for row in history] == [(3, 5), (5, 5), (4, 4)]
    async with change_set(database, ChangeKind.CORRECTION) as writer:
        await writer.amend("credit_entry", number, disputed=True)
    assert (await rated(ask, SINGLE))["rating"]["stars"] == 5


async def test_an_entry_of_the_organisation_suspends_all_its_institutions(
    ask: Ask, ruled: Sample, database: Database
) -> None:
    async with change_set(database) as writer:
        await add_entry(writer, "BLACK", {"organisation_id": ruled.organisations["chain"]})
    for code in ("FAC:A1", "FAC:B2"):
        found = await rated(ask, code)
        assert found["rating"] is None
        assert found["notRatedReason"]["code"] == "BLACK_LIST"
        cap_applied = {"stage": "BLACK_LIST", "grade": None, "reasonEn": "BLACK_LIST cap", "entry": {"kind": "BLACK"}}
        assert found["notRatedReason"]["caps"] == [cap_applied]
        assert all(row["stars"] > 0 for row in found["ratingHistory"]["nodes"])
    answers = (await ask(ANSWERS, c=["FAC:A1", SINGLE, CHAIN, "US-CCN:015010"]))["data"]["ratings"]
    assert answers[0] == {
        "__typename": "NotRated",
        "reason": {"code": "BLACK_LIST", "caps": [{"entry": {"kind": "BLACK"}}]},
    }
    assert answers[1] == {"__typename": "Rated", "rating": {"stars": 5}}
    assert answers[2] == {"__typename": "SeveralInstitutions"}
    assert answers[3] == {"__typename": "NotRated", "reason": {"code": "NOT_YET_RATED", "caps": []}}


TOMORROW = """CREATE OR REPLACE FUNCTION register.law_today() RETURNS date LANGUAGE sql STABLE
RETURN (now() AT TIME ZONE 'Asia/Shanghai')::date + 1"""


async def test_a_cap_ends_at_law_midnight_without_a_job(
    ask: Ask, ruled: Sample, database: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with change_set(database) as writer:
        await add_entry(writer, "BLACK", {"institution_id": ruled.institutions["single"]}, last_day=days_ago(0))
    assert (await rated(ask, SINGLE))["rating"] is None
    await admin.execute(TOMORROW)
    assert (await rated(ask, SINGLE))["rating"]["stars"] == 5


async def test_repair_lifts_a_cap_in_its_own_change_set(ask: Ask, ruled: Sample, database: Database) -> None:
    async with change_set(database) as writer:
        number = await add_entry(writer, "BLACK", {"institution_id": ruled.institutions["single"]})
    listed_at = await database.public.fetchval("SELECT recorded_at FROM disclosure.head")
    async with change_set(database, ChangeKind.CORRECTION) as writer:
        await writer.amend("credit_entry", number, ended_on=days_ago(0), end_kind="REPAIRED")
    assert (await rated(ask, SINGLE))["rating"]["stars"] == 5
    assert (await rated(ask, SINGLE, at=write_instant(listed_at)))["rating"]["stars"] == 5


async def test_the_past_is_capped_by_what_was_in_force_then_and_still_is(
    ask: Ask, ruled: Sample, database: Database
) -> None:
    before = await database.public.fetchval("SELECT recorded_at FROM disclosure.head")
    async with change_set(database) as writer:
        await add_entry(writer, "WATCH", {"organisation_id": ruled.organisations["single"]})
    after = await database.public.fetchval("SELECT recorded_at FROM disclosure.head")
    async with change_set(database, ChangeKind.CORRECTION) as writer:
        await writer.amend("institution", ruled.institutions["single"], beds=7)
    assert (await rated(ask, SINGLE, at=write_instant(before)))["rating"]["stars"] == 5
    assert (await rated(ask, SINGLE, at=write_instant(after)))["rating"]["stars"] == 3


def draw_caps(dice: random.Random) -> list[dict[str, Any]]:
    effects = [{"suspended": True}, {"at_most": "1"}, {"at_most": "2"}, {"at_most": "4"}]
    more = [{}, {"ground": dice.choice(GROUND_CODES)}, {"while_disputed": False}, {"while_disputed": True}]
    return [
        cap(f"C{n}", dice.choice(sorted(GROUNDS)), **dice.choice(effects), **dice.choice(more))
        for n in range(dice.randrange(4))
    ]


@pytest.mark.parametrize("seed", [1, 2])
async def test_sql_and_the_scoring_core_agree(ask: Ask, sample: Sample, database: Database, seed: int) -> None:
    dice = random.Random(seed)
    expected: dict[str, tuple[Any, ...]] = {}
    async with change_set(database, ChangeKind.SEED) as writer:
        await write_rules(writer)
        for n in range(80):
            policy = policy_with(draw_caps(dice))
            applied = await writer.policy(f"p{n}", f"{seed}", canonical=policy.canonical.decode())
            organisation = await writer.organisation(f"O:{n}", f"甲{n}")
            institution = await writer.institution(f"I:{n}", f"乙{n}", organisation)
            stars, entries = dice.randrange(1, 6), []
            await writer.rating(institution, applied, sample.runs[0], stars)
            for number in range(dice.randrange(4)):
                kind, disputed = dice.choice(sorted(GROUNDS)), dice.random() < 0.3
                ground = dice.choice(GROUND_CODES) if kind == "BLACK" else GROUNDS[kind]
                bears = dice.choice([{"institution_id": institution}, {"organisation_id": organisation}])
                ends = dice.choice([None, days_ago(0), days_ago(1)])
                more = {"ground_code": ground, "disputed": disputed, "last_day": ends, "document_number": f"d{number}"}
                await add_entry(writer, kind, bears, **more)
                if ends != days_ago(1):
                    entries.append(Listing(kind, ground, disputed))
            capped = apply_credit_caps(policy, stars, entries)
            codes = {c.code for c in capped.applied}
            expected[f"I:{n}"] = (None if capped.suspended else capped.stars, codes)
    found = {}
    for code in expected:
        answer = await rated(ask, code)
        told = answer["rating"] or answer["notRatedReason"]
        found[code] = (answer["rating"] and answer["rating"]["stars"], {c["stage"] for c in told["caps"]})
    assert found == expected
    assert {stars for stars, _ in expected.values()} >= {None, 1, 2, 3, 4, 5}


async def exported(database: Database, folder: Path, wanted: ExportSet, since: int | None) -> tuple[int, list[Any]]:
    """The position of an export and the rows of its files, of CSV and JSON Lines alike."""
    who = operator("test")
    manifest = await export_set(database, who, wanted, folder, since=since)
    lines = await export_set(database, who, wanted, folder, since=since, file_format=ExportFormat.JSONL)
    assert [file.rows for file in lines.files] == [file.rows for file in manifest.files]
    return manifest.position, [_rows(folder, manifest, place) for place in range(len(manifest.files))]


def _rows(folder: Path, manifest: Manifest, place: int) -> list[dict[str, str]]:
    with (folder / manifest.folder / manifest.files[place].name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


async def test_a_delta_has_the_ratings_and_entries_that_entries_moved(
    ruled: Sample, database: Database, admin: "asyncpg.Connection[asyncpg.Record]", tmp_path: Path
) -> None:
    async def ratings(since: int | None) -> tuple[int, dict[str, str]]:
        position, (rows, *_) = await exported(database, tmp_path, ExportSet.RATINGS, since)
        return position, {row["institution_code"]: row["stars"] for row in rows}

    async def entries(since: int) -> list[list[int]]:
        _, files = await exported(database, tmp_path, ExportSet.CREDIT_ENTRIES, since)
        return [[int(row["entry_id"]) for row in rows] for rows in files]

    start, all_of_them = await ratings(None)
    assert (await ratings(start))[1] == {}
    async with change_set(database) as writer:
        until_today = {"last_day": days_ago(0)}
        watched = await add_entry(writer, "WATCH", {"institution_id": ruled.institutions["single"]}, **until_today)
        black = await add_entry(writer, "BLACK", {"organisation_id": ruled.organisations["chain"]})
    listed, moved = await ratings(start)
    assert moved == {SINGLE: "3", "FAC:A1": "", "FAC:B2": ""}
    assert await entries(start) == [[watched, black], []]
    async with change_set(database, ChangeKind.CORRECTION) as writer:
        await writer.amend("credit_entry", black, ended_on=days_ago(0), end_kind="REPAIRED")
    ended, moved = await ratings(listed)
    assert moved == {code: all_of_them[code] for code in ("FAC:A1", "FAC:B2")}
    assert await entries(listed) == [[], [black]]
    assert (await ratings(ended))[1] == {}
    await admin.execute(TOMORROW)
    assert (await ratings(ended))[1] == {SINGLE: all_of_them[SINGLE]}
    assert await entries(ended) == [[], [watched]]
    assert await entries(start) == [[], []]
