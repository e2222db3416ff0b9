"""The operating-system account the server runs under, and how it reaches its directories."""

import os
import pwd
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry.db.embedded.layout import Layout, refusal

# PostgreSQL refuses to run as root. Debian and Red Hat packages bring `postgres`; `nobody` is on every system.
SERVICE_ACCOUNTS = ("postgres", "nobody", "daemon")
OPEN_FILES = Path("/proc/self/fd")


@dataclass(frozen=True, slots=True)
class Account:
    """One account of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def is_caller(self) -> bool:
        """True where no change of user is needed."""
        return self.uid == os.geteuid()


def find_account(uid: int) -> Account | None:
    """Give the account of a user id, None where the machine has no entry for it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def get_caller() -> Account:
    """Give the caller's account; peer authentication needs its name."""
    caller = find_account(os.geteuid())
    if caller is None:
        raise refusal(
            "nameless-user",
            f"用户 id {os.geteuid()} 在 /etc/passwd 中没有名称。请为其添加名称,或设置 REGISTRY_DATABASE_URL。",
            f"User id {os.geteuid()} has no name in /etc/passwd; give it one, or set REGISTRY_DATABASE_URL.",
        )
    return caller


def get_server_account(layout: Layout) -> Account:
    """Give the account of the server: the caller; for root the cluster's owner, else an unprivileged account."""
    caller = get_caller()
    if caller.uid != 0:
        return caller
    return _find_owner(layout.cluster) or _get_service_account()


def _find_owner(cluster: Path) -> Account | None:
    try:
        owner = cluster.lstat().st_uid
    except FileNotFoundError:
        return None
    return find_account(owner) if owner else None


def _get_service_account() -> Account:
    for name in SERVICE_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise refusal(
        "no-account",
        "PostgreSQL 不能以 root 运行,且本机没有 postgres 或 nobody 用户。请以普通用户运行。",
        "PostgreSQL does not run as root and this machine has no account postgres or nobody; run as an ordinary user.",
    )


@contextmanager
def reachable(account: Account, *directories: Path) -> Iterator[tuple[list[str], list[int]]]:
    """Give paths by which the account reaches directories it owns, and the open files its process must inherit.

    The server of root may not traverse to a directory below /root. Opening up the folders above would be wrong, so the
    directory is handed over open: /proc/self/fd/N leads to it whatever lies above.
    """
    if account.is_caller or not OPEN_FILES.is_dir():
        yield [str(directory) for directory in directories], []
        return
    files: list[int] = []
    try:
        for directory in directories:
            files.append(os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW))
        yield [str(OPEN_FILES / str(file)) for file in files], files
    finally:
        for file in files:
            os.close(file)


def run_as(account: Account, command: Sequence[str], *, stdin: str = "", files: Sequence[int] = ()) -> tuple[int, str]:
    """Run a program of PostgreSQL to its end under the account; gives the exit code and all it said."""
    switch = not account.is_caller
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd="/",
        env=plain_environment(),
        check=False,
        pass_fds=files,
        user=account.uid if switch else None,
        group=account.gid if switch else None,
        extra_groups=[] if switch else None,
    )
    return done.returncode, done.stdout


def plain_environment() -> dict[str, str]:
    """Give an environment free of PG* variables and foreign locales, which PostgreSQL's programs would obey."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def make_private_directory(directory: Path, account: Account) -> None:
    """Make a directory that only the account may enter, or refuse one of that name that is anything else."""
    try:
        directory.mkdir(mode=0o700)
        give(directory, account)
    except FileExistsError:
        pass
    found = directory.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077:
        return
    raise refusal(
        "not-private",
        f"{directory} 必须是仅用户 {account.name} 可访问的目录。请删除它,或将 REGISTRY_DATA_DIR 设为其他目录。",
        f"{directory} must be a directory of {account.name} alone (mode 0700); "
        "remove it, or set REGISTRY_DATA_DIR elsewhere.",
    )


def give(path: Path, account: Account) -> None:
    """Make the account the owner of a path that the caller has just made."""
    if not account.is_caller:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
