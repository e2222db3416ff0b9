"""Flags on the planted irregularities: every one is found, and hardly anything else."""

import json
from pathlib import Path

from tests.services.flags.conftest import Findings
from tests.services.importing.conftest import KEYS, OPERATOR, Row, as_csv

from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.services.flags.raising import raise_flags
from registry.services.importing import import_file
from registry.services.verifying import verify
from registry.synthetic import DEFAULT_AS_OF
from registry.transfer import KINDS, ErrorLog, read_rows

PRECISION = 0.95
Facts = set[tuple[str, ...]]


async def flagged(admin: Admin, rule: str, *keys: str) -> Facts:
    """The institution of each flag of a rule, and what its evidence says under some keys."""
    rows = await admin.fetch(
        "SELECT i.code, f.evidence FROM register.flag AS f JOIN register.institution AS i ON i.id = f.institution_id"
        " WHERE f.rule = $1",
        rule,
    )
    return {(row["code"], *(str(json.loads(row["evidence"])[key]) for key in keys)) for row in rows}


def hold(found: Facts, wanted: Facts, true: Facts | None = None) -> None:
    """Recall of what is wanted is 1; of what is found at least PRECISION is true."""
    assert wanted
    assert wanted <= found, wanted - found
    assert len(found & (true or wanted)) >= PRECISION * len(found), found - (true or wanted)


async def test_double_posts(planted: Findings, admin: Admin) -> None:
    wanted = {(item["institution_codes"][1], item["citizen_id"]) for item in planted["DOUBLE_FULL_TIME_POST"]}
    hold(await flagged(admin, "DOUBLE_POST", "numberMask"), wanted)


async def test_social_workers(planted: Findings, admin: Admin) -> None:
    wanted = {(item["institution_codes"][0],) for item in planted["SOCIAL_WORKERS_SHORT"]}
    hold(await flagged(admin, "SOCIAL_WORKERS_SHORT"), wanted)


async def test_ratio_jumps(planted: Findings, admin: Admin) -> None:
    wanted = {(item["institution_codes"][0],) for item in planted["CERTIFIED_RATIO_JUMP"]}
    hold(await flagged(admin, "RATIO_JUMP"), wanted)


async def test_listed_persons(planted: Findings, admin: Admin) -> None:
    wanted = {(item["institution_codes"][0], item["citizen_id"]) for item in planted["LISTED_PERSON_EMPLOYED"]}
    hold(await flagged(admin, "LISTED_PERSON", "numberMask"), wanted)


def rows_of(folder: Path, kind: str) -> list[Row]:
    with (folder / f"{kind}.csv").open("rb") as stream:
        rows = read_rows(KINDS[kind], stream, kind, ErrorLog())
        return [dict(zip(KINDS[kind].names, row.values, strict=True)) for row in rows]


def lapse_of(row: Row, accredited: dict[object, object]) -> str | None:
    """Why a certificate does not count on the register's day, told from the files."""
    if row["status"] != "VALID" and row["status_from"] <= DEFAULT_AS_OF:  # type: ignore[operator]
        return str(row["status"])
    lost = accredited.get(row["evaluator_code"])
    if lost is not None and row["issued_on"] >= lost:  # type: ignore[operator]
        return "ISSUER"
    expired = row["expires_on"] is not None and row["expires_on"] < DEFAULT_AS_OF  # type: ignore[operator]
    return "EXPIRED" if expired else None


def lapsed_on_post(folder: Path) -> tuple[Facts, Facts]:
    """By the files: carers on post with certificates none of which counts, and those whose last one expires soon."""
    active = {row["institution_code"] for row in rows_of(folder, "institutions") if row["status"] == "ACTIVE"}
    accredited = {row["evaluator_code"]: row["withdrawn_from"] for row in rows_of(folder, "evaluation-organisations")}
    held: dict[object, list[Row]] = {}
    for row in rows_of(folder, "certificates"):
        if row["kind"] in ("SKILL_LEVEL", "OLD_QUALIFICATION", "X_CERTIFICATE"):
            held.setdefault(row["citizen_id"], []).append(row)
    lapsed, expiring = set(), set()
    for post in rows_of(folder, "employments"):
        mine = held.get(post["citizen_id"], [])
        if post["occupation"] != "CARER" or post["ended_on"] or post["institution_code"] not in active or not mine:
            continue
        number = str(post["citizen_id"])
        person = (str(post["institution_code"]), f"{number[:6]}********{number[14:]}")
        good = [row for row in mine if lapse_of(row, accredited) is None]
        if not good:
            lapsed.add(person)
        elif all(row["expires_on"] and (row["expires_on"] - DEFAULT_AS_OF).days <= 90 for row in good):  # type: ignore[operator]
            expiring.add(person)
    return lapsed, expiring


async def test_certificates_that_lapsed_or_expire_soon(planted: Findings, planted_files: Path, admin: Admin) -> None:
    lapsed, expiring = lapsed_on_post(planted_files)
    kinds = ("EXPIRED_CERTIFICATE_ON_POST", "REVOKED_CERTIFICATE_ON_POST", "ISSUED_AFTER_WITHDRAWAL")
    wanted = {
        (item["institution_codes"][0], item["certificate_numbers"][0]) for kind in kinds for item in planted[kind]
    }
    assert wanted <= await flagged(admin, "CERTIFICATE_LAPSED", "certificateNumber")
    hold(await flagged(admin, "CERTIFICATE_LAPSED", "numberMask"), lapsed)
    hold(await flagged(admin, "CERTIFICATE_EXPIRING", "numberMask"), expiring)


async def test_ratios_below_the_grade(planted: Findings, planted_files: Path, admin: Admin) -> None:
    least = {3: 0.5, 4: 0.7, 5: 0.9}
    graded = {
        row["institution_code"]: row["grade"]
        for row in sorted(rows_of(planted_files, "assessments"), key=lambda row: row["decided_on"])  # type: ignore[arg-type,return-value]
        if row["valid_from"] <= DEFAULT_AS_OF <= row["valid_to"]  # type: ignore[operator]
    }
    rated = await admin.fetch(
        "SELECT i.code, r.certified_ratio FROM register.rating AS r JOIN register.institution AS i"
        " ON i.id = r.institution_id WHERE i.status = 'ACTIVE'"
    )
    wanted = {
        (row["code"],)
        for row in rated
        if row["certified_ratio"] is not None and row["certified_ratio"] < least.get(graded.get(row["code"], 0), 0)  # type: ignore[call-overload]
    }
    hold(await flagged(admin, "RATIO_BELOW_GRADE"), wanted)


async def test_nothing_else_is_flagged(planted: Findings, admin: Admin) -> None:
    told = {
        row["rule"]: row["n"] for row in await admin.fetch("SELECT rule, count(*) AS n FROM register.flag GROUP BY 1")
    }
    assert not {"CERTIFICATE_LEVEL", "HEADCOUNT_JUMP", "RATING_FELL", "DATA_OVERDUE"} & set(told), told


async def test_no_citizen_number_stands_in_plain(planted: Findings, admin: Admin) -> None:
    assert await admin.fetchval(r"SELECT count(*) FROM register.flag AS f WHERE f::text ~ '\m[0-9]{17}[0-9X]\M'") == 0


async def test_the_same_facts_raise_no_second_flag(
    planted: Findings, planted_files: Path, database: Database, admin: Admin
) -> None:
    before = await admin.fetchval("SELECT count(*) FROM register.flag")
    await admin.execute("UPDATE register.flag_follow SET position = 0, looked_on = '-infinity'")
    raised = await raise_flags(database, OPERATOR, DEFAULT_AS_OF)
    assert raised is not None
    assert (raised.flags, raised.institutions) == (0, None)
    path = planted_files / "employments.csv"
    again = await import_file(database, OPERATOR, KEYS, "employments", path, file_name="x", source="first source")
    assert again.unchanged == again.rows
    moved = [{**row, "position_title": "护理组长"} for row in rows_of(planted_files, "employments")[:50]]
    for number in range(2):
        rows = as_csv("employments", [{**row, "position_title": f"护理{number}"} for row in moved])
        (planted_files / "moved.csv").write_bytes(rows)
        await import_file(
            database, OPERATOR, KEYS, "employments", planted_files / "moved.csv", file_name="x", source="first source"
        )
        raised = await raise_flags(database, OPERATOR, DEFAULT_AS_OF)
        assert raised is not None
        assert raised.flags == 0
        assert 0 < (raised.institutions or 0) < 100
    assert await admin.fetchval("SELECT count(*) FROM register.flag") == before
    assert (await verify(database)).holds
