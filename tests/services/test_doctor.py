"""The single checks of the diagnosis, each in sickness and in health."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from registry.db.pool import PUBLIC_ROLE, STAFF_ROLE, Addresses, Connection, Database
from registry.domain.errors import Bilingual, ConfigurationError, RegisterError
from registry.services import doctor
from registry.services.doctor import (
    check_clock,
    check_disk,
    check_kernel_cache,
    check_keys,
    check_role,
    check_runs,
    check_seed,
    kernel_cache_folders,
)
from registry.services.freshness import read_freshness
from registry.services.overview import imported_kinds, read_overview
from registry.services.readiness import Level, check_calendar, check_migrations, check_pools, check_readiness

TODAY = date(2026, 11, 22)
MISSING = ConfigurationError(Bilingual("缺", "missing"), rule="settings.key-missing")


@pytest.mark.parametrize(
    ("keys", "levels"),
    [
        ({"SECRET_KEY": b"a", "PII_KEY": b"b", "SIGNING_KEY": b"c"}, [Level.OK]),
        ({"SECRET_KEY": b"a", "PII_KEY": b"a", "SIGNING_KEY": b"c"}, [Level.FAIL]),
        ({"SECRET_KEY": MISSING, "PII_KEY": MISSING, "SIGNING_KEY": b"c"}, [Level.FAIL, Level.FAIL]),
    ],
)
def test_keys(keys: dict[str, bytes | RegisterError], levels: list[Level]) -> None:
    assert [finding.level for finding in check_keys(keys)] == levels


@pytest.mark.parametrize(("seconds", "level"), [(0, Level.OK), (1.5, Level.OK), (90, Level.FAIL), (-90, Level.FAIL)])
async def test_clock(database: Database, seconds: float, level: Level) -> None:
    finding = await check_clock(database, lambda: datetime.now(UTC) + timedelta(seconds=seconds))
    assert finding.level is level
    assert (finding.remedy is None) == (level is Level.OK)


def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISK_WARNING_BYTES", "DISK_FAILURE_BYTES"):
        monkeypatch.setattr(doctor, name, 0)
    roomy = check_disk(tmp_path / "not" / "there" / "yet")
    assert (roomy.level, roomy.remedy) == (Level.OK, None)
    assert str(tmp_path) in roomy.text.en
    monkeypatch.setattr(doctor, "DISK_WARNING_BYTES", 1 << 60)
    assert check_disk(tmp_path).level is Level.WARN
    monkeypatch.setattr(doctor, "DISK_FAILURE_BYTES", 1 << 60)
    assert check_disk(tmp_path).level is Level.FAIL


def test_kernel_cache_takes_the_first_folder_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, open_folder = tmp_path / "closed" / "deep", tmp_path / "open"
    monkeypatch.setattr(os, "access", lambda path, _mode: "closed" not in str(path))
    (tmp_path / "closed").mkdir()
    finding = check_kernel_cache([closed, open_folder])
    assert finding.level is Level.OK
    assert str(open_folder) in finding.text.en
    assert check_kernel_cache([closed]).level is Level.FAIL


def test_kernel_cache_folders_are_numbas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    beside, home = kernel_cache_folders()
    assert beside.parts[-2:] == ("scoring", "__pycache__")
    assert home.name == "numba"
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/somewhere")
    assert kernel_cache_folders() == [Path("/somewhere")]


async def test_roles(addresses: Addresses) -> None:
    assert (await check_role(addresses.staff, STAFF_ROLE)).level is Level.OK
    assert (await check_role(addresses.public, PUBLIC_ROLE)).level is Level.OK
    above = await check_role(addresses.owner, STAFF_ROLE)
    assert (above.level, above.text.en) == (Level.WARN, "The login registry_admin is above row-level security")
    wrong = await check_role(addresses.public, STAFF_ROLE)
    assert wrong.level is Level.FAIL
    assert "cannot become registry_staff" in wrong.text.en
    unknown = await check_role(addresses.staff.replace("registry_staff", "nobody_known"), STAFF_ROLE)
    assert unknown.level is Level.FAIL


async def test_reference_data(database: Database, admin: Connection) -> None:
    assert (await check_seed(database)).text.en == "Reference data are missing: regions, occupations, calendar"
    await admin.execute("INSERT INTO register.calendar_day (day, working, source) VALUES ('2026-01-01', false, 't')")
    assert (await check_seed(database)).text.en == "Reference data are missing: regions, occupations"


async def test_calendar(database: Database, admin: Connection) -> None:
    assert (await check_calendar(database, TODAY)).level is Level.FAIL
    add = "INSERT INTO register.calendar_day (day, working, source) SELECT d, true, 't' FROM \
generate_series($1::date, $2::date, interval '1 day') AS d"
    await admin.execute(add, date(2026, 1, 1), date(2026, 12, 31))
    warned = await check_calendar(database, TODAY)
    assert (warned.level, warned.text.en) == (Level.WARN, "The calendar ends on 2026-12-31")
    await admin.execute(add, date(2027, 1, 1), date(2027, 12, 31))
    assert (await check_calendar(database, TODAY)).level is Level.OK
    await admin.execute("DELETE FROM register.calendar_day WHERE day = $1", TODAY)
    assert (await check_calendar(database, TODAY)).level is Level.FAIL


async def _record_run(admin: Connection, outcome: str, ago: timedelta) -> None:
    await admin.execute(
        "INSERT INTO register.job_run (job, scheduled_for, finished_at, outcome) VALUES ('full-run', $1, $1, $2)",
        datetime.now(UTC) - ago,
        outcome,
    )


async def test_runs(database: Database, admin: Connection) -> None:
    (never,) = await check_runs(database)
    assert (never.level, never.text.en) == (Level.WARN, "No scheduled job has ever run")
    await _record_run(admin, "FAILED", timedelta(hours=30))
    assert [finding.level for finding in await check_runs(database)] == [Level.WARN]
    await _record_run(admin, "DONE", timedelta(hours=28))
    (stale,) = await check_runs(database)
    assert (stale.level, stale.text.en) == (Level.WARN, "full-run was DONE 28.0 hours ago")
    await _record_run(admin, "DONE", timedelta(hours=4))
    (fresh,) = await check_runs(database)
    assert (fresh.level, fresh.text.en) == (Level.OK, "full-run was DONE 4.0 hours ago")
    await _record_run(admin, "ABANDONED", timedelta(hours=1))
    assert [finding.level for finding in await check_runs(database)] == [Level.WARN]


async def test_freshness(database: Database, admin: Connection) -> None:
    empty = await read_freshness(database)
    assert (empty.position, empty.run_age_seconds, empty.job_ages_seconds) == (0, None, {})
    await admin.execute(
        "INSERT INTO register.change_set (id, position, recorded_at, kind, actor, cause, changes)"
        " VALUES (1, 1, clock_timestamp() - interval '90 s', 'RUN', 'cli', 't', 0),"
        " (2, 2, clock_timestamp() - interval '9 s', 'RUN', 'cli', 't', 0);"
        "INSERT INTO register.rating_run (kind, as_of, read_position, started_at, finished_at, engine_version, cause,"
        " institutions, changed, durations_ms, change_id)"
        " SELECT kind, '2026-01-01', 0, now(), now(), '1', 't', 0, 0, '{}', change_id"
        " FROM (VALUES ('FULL', 1), ('INCREMENTAL', 2)) AS r (kind, change_id)"
    )
    await _record_run(admin, "DONE", timedelta(minutes=1))
    known = await read_freshness(database)
    assert known.run_age_seconds is not None
    assert 90 <= known.run_age_seconds < 120
    assert 60 <= known.job_ages_seconds["full-run", "DONE"] < 90


async def test_readiness_of_a_database_that_went_away(database: Database) -> None:
    assert (await check_pools(database)).level is Level.OK
    assert (await check_migrations(database)).level is Level.OK
    await database.close()
    findings = await check_readiness(database, TODAY)
    assert {finding.level for finding in findings} == {Level.FAIL}


async def test_an_empty_register_has_no_example(database: Database) -> None:
    overview = await read_overview(database)
    assert set(overview.counts.values()) == {0}
    assert (overview.example_institution, overview.example_province) == (None, None)
    assert await imported_kinds(database, "anybody") == frozenset()
