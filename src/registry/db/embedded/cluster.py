"""Making the cluster, complete or not at all, and recognising what lies there."""

import os
import secrets
import shutil
from pathlib import Path

from registry.db.embedded.account import Account, give, reachable, run_as
from registry.db.embedded.binaries import MAJOR_VERSION, Binaries
from registry.db.embedded.configuration import write_configuration
from registry.db.embedded.layout import ADMIN_ROLE, DATABASE, Layout, refusal
from registry.domain.errors import Bilingual, Unavailable

MARK = "registry-cluster"
INITDB = (
    f"--username={ADMIN_ROLE}",
    "--auth-local=peer",
    "--auth-host=reject",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--encoding=UTF8",
    "--no-instructions",
)


def ensure_cluster(layout: Layout, binaries: Binaries, account: Account) -> None:
    """Make the cluster where there is none, refuse a foreign one, and write its configuration; under the start lock."""
    _remove_drafts(layout)
    if _is_absent(layout.cluster):
        _create(layout, binaries, account)
    _require_ours(layout.cluster, account)
    write_configuration(layout, layout.cluster, account)


def _is_absent(cluster: Path) -> bool:
    return not cluster.exists() or not any(cluster.iterdir())


def _remove_drafts(layout: Layout) -> None:
    """Clear what a killed start left; an initdb still writing there ends by itself, its rest goes at the next start."""
    for draft in layout.drafts:
        shutil.rmtree(draft, ignore_errors=True)


def _create(layout: Layout, binaries: Binaries, account: Account) -> None:
    draft = layout.data_dir / f"postgres.new-{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    give(draft, account)
    _initialise(draft, binaries, account)
    (draft / MARK).touch(mode=0o600)
    give(draft / MARK, account)
    write_configuration(layout, draft, account)
    draft.rename(layout.cluster)
    _sync(layout.data_dir)


def _initialise(draft: Path, binaries: Binaries, account: Account) -> None:
    """Run initdb, then make the register's database while nobody can connect."""
    with reachable(account, draft) as ((path,), files):
        code, said = run_as(account, [binaries.program("initdb"), "-D", path, *INITDB], files=files)
        if code == 0:
            alone = [binaries.program("postgres"), "--single", "-D", path, "-c", "exit_on_error=on", "postgres"]
            code, said = run_as(account, alone, stdin=f"CREATE DATABASE {DATABASE};\n", files=files)
    if code != 0:
        raise initialisation_failure(said)


def initialisation_failure(said: str) -> Unavailable:
    """Make the error of an initdb that failed, with the end of what it said."""
    tail = "\n".join(said.strip().splitlines()[-8:])
    return Unavailable(
        Bilingual(f"无法初始化内嵌数据库:\n{tail}", f"The embedded database could not be initialised:\n{tail}"),
        rule="embedded.initdb-failed",
    )


def _require_ours(cluster: Path, account: Account) -> None:
    _require_owner(cluster, account)
    version = _version(cluster)
    if version is None or not (cluster / MARK).exists():
        raise refusal(
            "foreign-cluster",
            f"{cluster} 不是由本系统创建的数据库目录。请将 REGISTRY_DATA_DIR 设为其他目录。",
            f"{cluster} was not made by this register; set REGISTRY_DATA_DIR elsewhere.",
        )
    if version != MAJOR_VERSION:
        raise refusal(
            "other-version",
            f"{cluster} 属于 PostgreSQL {version},本系统使用 {MAJOR_VERSION}。"
            "请用原版本的 pg_dump 导出,再导入到新的 REGISTRY_DATA_DIR。",
            f"{cluster} is of PostgreSQL {version}, this register runs {MAJOR_VERSION}: "
            f"dump it with pg_dump of version {version} and restore it into a new REGISTRY_DATA_DIR.",
        )


def _require_owner(cluster: Path, account: Account) -> None:
    owner = cluster.lstat().st_uid
    if owner == account.uid:
        return
    raise refusal(
        "other-owner",
        f"{cluster} 属于 uid {owner},而服务器以 {account.name} 运行。"
        "请以该用户运行,或将 REGISTRY_DATA_DIR 设为其他目录。",
        f"{cluster} belongs to uid {owner}, the server would run as {account.name}; "
        "run as its owner, or set REGISTRY_DATA_DIR elsewhere.",
    )


def _version(cluster: Path) -> str | None:
    try:
        return (cluster / "PG_VERSION").read_text("ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
