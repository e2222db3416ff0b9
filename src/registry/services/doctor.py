"""Diagnosis: what is wrong with configuration, database, clock, calendar, caches and disk, and how to mend it."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.db.pool import PUBLIC_ROLE, STAFF_ROLE, Addresses, Connection, Database, connect, fetch_row, open_database
from registry.domain.actors import operator
from registry.domain.errors import RegisterError
from registry.domain.lawdays import law_day
from registry.domain.personal import PersonalKeys
from registry.services.checkpoints import check_checkpoint
from registry.services.credit.deadlines import check_deadlines
from registry.services.credit.rules import check_credit_rules
from registry.services.flags.listing import FlagCounts, count_flags
from registry.services.freshness import read_freshness
from registry.services.key_rotation import KeyState, KeyUse, read_key_uses
from registry.services.readiness import Finding, Level, check_calendar, check_migrations, failed, found
from registry.services.source_checks import check_sources
from registry.services.storage import check_storage

LARGEST_CLOCK_DIFFERENCE = timedelta(seconds=2)
DISK_WARNING_BYTES = 2 << 30
DISK_FAILURE_BYTES = 200 << 20
OLDEST_RUN = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Installation:
    """What is to be diagnosed: keys by name (a key or the error that stands in its place), folders, zone, clock."""

    keys: Mapping[str, bytes | RegisterError]
    addresses: Addresses
    embedded: bool
    separate_logins: bool
    data_dir: Path
    zone: ZoneInfo
    previous_data_key: bytes | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def check_keys(keys: Mapping[str, bytes | RegisterError]) -> list[Finding]:
    """Find which keys are missing, weak, or the same as another."""
    findings = [failed(f"key {name}", key) for name, key in keys.items() if isinstance(key, RegisterError)]
    sound = [key for key in keys.values() if isinstance(key, bytes)]
    if len(set(sound)) < len(sound):
        remedy = (
            "运行 registry keys --print 生成三个不同的密钥",
            "make three different keys with `registry keys --print`",
        )
        findings.append(found("keys", Level.FAIL, "密钥相同", "Two keys are the same", remedy))
    return findings or [found("keys", Level.OK, "密钥齐全", "All keys are there and strong")]


def check_logins(installation: Installation) -> Finding:
    """Find whether anonymous questions run under a login that can read nothing else."""
    if installation.embedded or installation.separate_logins:
        return found("logins", Level.OK, "公众与工作人员使用不同的登录", "Public and staff have logins of their own")
    remedy = (
        "为公众另设登录并写入 REGISTRY_PUBLIC_DATABASE_URL，另将迁移登录写入 REGISTRY_OWNER_DATABASE_URL",
        "give each its own login in REGISTRY_PUBLIC_DATABASE_URL and, for migrations, REGISTRY_OWNER_DATABASE_URL",
    )
    return found("logins", Level.WARN, "各角色共用一个登录", "The roles share one login", remedy)


_CORRECT_LOGIN = ("先运行 registry migrate，或更正数据库地址", "run `registry migrate` first, or correct the address")


async def check_role(address: str, role: str) -> Finding:
    """Find whether the address answers, is new enough, and its login can act as the role and no more than it must."""
    name = f"login {role}"
    try:
        connection = await connect(address, role)
    except RegisterError as error:
        remedy = _CORRECT_LOGIN if error.rule in {"database.login", "database.address"} else None
        return found(name, Level.FAIL, error.message.zh, error.message.en, remedy)
    try:
        return await _judge_login(connection, name)
    finally:
        await connection.close()


async def _judge_login(connection: Connection, name: str) -> Finding:
    row = await fetch_row(connection, "doctor/login")
    assert row is not None  # noqa: S101 - a session has one login
    login, version = row["login"], row["server_version"]
    if row["above_row_security"]:
        remedy = "改用普通登录", "use an ordinary login"
        zh, en = f"登录 {login} 可绕过行级安全", f"The login {login} is above row-level security"
        return found(name, Level.WARN, zh, en, remedy)
    return found(name, Level.OK, f"{login}，PostgreSQL {version}", f"{login} on PostgreSQL {version}")


async def check_clock(database: Database, clock: Callable[[], datetime]) -> Finding:
    """Find whether this machine's clock agrees with the database's, which stamps the register."""
    async with database.staff.acquire() as connection:
        before = clock()
        row = await fetch_row(connection, "doctor/clock")
        after = clock()
    assert row is not None  # noqa: S101 - one row without a table
    difference = max(before - row["now"], row["now"] - after, timedelta(0))
    seconds = difference.total_seconds()
    if difference > LARGEST_CLOCK_DIFFERENCE:
        remedy = "同步两台机器的时钟（NTP）", "synchronise both clocks (NTP)"
        return found(
            "clock", Level.FAIL, f"与数据库时钟相差 {seconds:.1f} 秒", f"The clocks differ by {seconds:.1f} s", remedy
        )
    return found("clock", Level.OK, "时钟一致", "The clock agrees with the database's")


async def check_seed(database: Database) -> Finding:
    """Find whether the reference data are there."""
    async with database.staff.acquire() as connection:
        row = await fetch_row(connection, "doctor/reference_data")
    assert row is not None  # noqa: S101 - one row without a table
    missing = [name for name, there in row.items() if not there]
    if missing:
        remedy = "运行 registry seed", "run `registry seed`"
        names = ", ".join(missing)
        return found(
            "reference data", Level.FAIL, f"缺少基础数据：{names}", f"Reference data are missing: {names}", remedy
        )
    return found("reference data", Level.OK, "基础数据齐全", "Regions, occupations and calendar are there")


async def check_runs(database: Database) -> list[Finding]:
    """Find whether the worker has run lately and how its newest run of each job ended."""
    freshness = await read_freshness(database)
    newest: dict[str, tuple[float, str]] = {}
    for (job, outcome), age_seconds in freshness.job_ages_seconds.items():
        newest[job] = min(newest.get(job, (float("inf"), "")), (age_seconds, outcome))
    if not newest:
        remedy = "运行 registry worker", "run `registry worker`"
        return [found("worker", Level.WARN, "定时任务从未运行", "No scheduled job has ever run", remedy)]
    return [_judge_run(job, *run) for job, run in newest.items()]


def _judge_run(job: str, age_seconds: float, outcome: str) -> Finding:
    hours = age_seconds / 3600
    zh, en = f"{job} {hours:.1f} 小时前 {outcome}", f"{job} was {outcome} {hours:.1f} hours ago"
    if outcome == "DONE" and age_seconds <= OLDEST_RUN.total_seconds():
        return found("worker", Level.OK, zh, en)
    remedy = "查看 register.job_run 的 detail 与 worker 日志", "see `detail` in register.job_run and the worker's log"
    return found("worker", Level.WARN, zh, en, remedy)


def judge_flags(counts: FlagCounts) -> list[Finding]:
    """Find whether data are overdue, and whether rules have been held against what was imported."""
    overdue, behind = counts.open_by_rule.get("DATA_OVERDUE", 0), counts.behind
    told = f"未处理预警 {sum(counts.open_by_rule.values())} 条", f"{sum(counts.open_by_rule.values())} flags are open"
    findings = [found("flags", Level.OK, *told)]
    if overdue:
        remedy = "运行 registry flags --rule DATA_OVERDUE", "run `registry flags --rule DATA_OVERDUE`"
        zh, en = f"{overdue} 家机构数据逾期未报", f"Data of {overdue} institutions are overdue"
        findings.append(found("flags", Level.WARN, zh, en, remedy))
    if behind:
        remedy = "运行 registry worker", "run `registry worker`"
        zh, en = f"{behind} 次导入尚未核查预警规则", f"Rules have not been held against {behind} imports"
        findings.append(found("flags", Level.WARN, zh, en, remedy))
    return findings


async def check_data_key(database: Database, installation: Installation) -> list[Finding]:
    """Find under which keys people are kept, and whether this installation holds those that are needed."""
    newest = installation.keys.get("PII_KEY")
    if not isinstance(newest, bytes):
        return []
    keys = PersonalKeys.derive(newest, previous=installation.previous_data_key)
    return [_judge_data_key(await read_key_uses(database, operator("doctor"), keys))]


def _judge_data_key(uses: Sequence[KeyUse]) -> Finding:
    kept = ", ".join(f"{use.id} {use.state} {use.kept:,}" for use in uses)
    if any(use.held is None and use.state is not KeyState.RETIRED for use in uses):
        zh, en = "缺少登记簿所用的个人信息密钥", "A data key that the register needs is not set"
        remedy = "设置 PII_KEY（轮换期间另设 PII_KEY_PREVIOUS）", "set PII_KEY, and PII_KEY_PREVIOUS during a rotation"
        return found("data key", Level.FAIL, zh, en, remedy)
    if any(use.state in {KeyState.ANNOUNCED, KeyState.OPENING} for use in uses):
        remedy = "运行 registry keys rotate PII_KEY", "run `registry keys rotate PII_KEY`"
        return found("data key", Level.WARN, f"密钥轮换未完成：{kept}", f"A rotation is not finished: {kept}", remedy)
    if any(use.held == 1 for use in uses):
        remedy = "运行 registry keys drop", "run `registry keys drop`"
        zh, en = f"旧密钥已无人使用：{kept}", f"Nobody is kept under the former key any more: {kept}"
        return found("data key", Level.WARN, zh, en, remedy)
    return found("data key", Level.OK, f"密钥使用：{kept or '无'}", f"Keys and what is under them: {kept or 'none'}")


def check_disk(data_dir: Path) -> Finding:
    """Find whether the disk of the data directory has room."""
    place = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    free = shutil.disk_usage(place).free
    level = Level.FAIL if free < DISK_FAILURE_BYTES else Level.WARN if free < DISK_WARNING_BYTES else Level.OK
    text = f"{free / (1 << 30):.1f} GiB"
    remedy = None if level is Level.OK else (f"清理 {place} 所在磁盘", f"make room on the disk of {place}")
    return found("disk", level, f"剩余 {text}", f"{text} are free at {place}", remedy)


def kernel_cache_folders() -> list[Path]:
    """Return where compiled kernels may be kept, in the order in which Numba tries."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return [Path(given)]
    spec = importlib.util.find_spec("scoring")
    packages = spec.submodule_search_locations if spec is not None else None
    beside = [Path(folder) / "__pycache__" for folder in packages or ()]
    return [*beside, Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "numba"]


def check_kernel_cache(folders: Sequence[Path]) -> Finding:
    """Find whether compiled kernels can be kept; without such a place no kernel runs."""
    for folder in folders:
        standing = next(path for path in (folder, *folder.parents) if path.exists())
        if os.access(standing, os.W_OK):
            return found("kernel cache", Level.OK, f"编译缓存 {folder}", f"Compiled kernels are kept in {folder}")
    remedy = "将 NUMBA_CACHE_DIR 设为可写目录", "set NUMBA_CACHE_DIR to a folder that can be written"
    return found("kernel cache", Level.FAIL, "编译缓存不可写", "Compiled kernels cannot be kept", remedy)


async def _check_register(installation: Installation) -> list[Finding]:
    async with open_database(installation.addresses, size=2) as database:
        migrations = await check_migrations(database)
        if migrations.level is Level.FAIL:
            return [migrations]
        today = law_day(installation.clock(), installation.zone)
        return [
            migrations,
            await check_clock(database, installation.clock),
            await check_seed(database),
            await check_calendar(database, today),
            await check_credit_rules(database),
            await check_deadlines(database),
            *await check_runs(database),
            *judge_flags(await count_flags(database)),
            *await check_data_key(database, installation),
            await check_checkpoint(database, installation.clock()),
            await check_sources(database, today),
            *await check_storage(database),
        ]


async def diagnose(installation: Installation) -> list[Finding]:
    """Make every check; what depends on one that failed is left out."""
    addresses = installation.addresses
    findings = [*check_keys(installation.keys), check_disk(installation.data_dir)]
    findings += [check_kernel_cache(kernel_cache_folders()), check_logins(installation)]
    roles = [await check_role(addresses.staff, STAFF_ROLE), await check_role(addresses.public, PUBLIC_ROLE)]
    findings += roles
    if all(finding.level is not Level.FAIL for finding in roles):
        findings += await _check_register(installation)
    return findings
