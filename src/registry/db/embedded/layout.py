"""Where the embedded server's files lie, and how their faults are told."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry.domain.errors import Bilingual, ConfigurationError

PORT = 5432
DATABASE = "registry"
ADMIN_ROLE = "registry_admin"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths below one data directory; `data_dir` is absolute and free of symbolic links."""

    data_dir: Path

    @classmethod
    def of(cls, data_dir: Path) -> "Layout":
        """Give the layout of a data directory that need not exist yet."""
        return cls(Path(data_dir).expanduser().resolve())

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory, owned by the server's account."""
        return self.data_dir / "postgres"

    @property
    def drafts(self) -> Iterator[Path]:
        """Unfinished clusters; each is renamed to `cluster` once it is complete."""
        return self.data_dir.glob("postgres.new-*")

    @property
    def run(self) -> Path:
        """State of the running server, owned by the one operating-system user who runs the register here."""
        return self.data_dir / "run"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts, joins, leaves or stops."""
        return self.run / "start.lock"

    @property
    def keeper_record(self) -> Path:
        """Locked for the keeper's whole life; says its process id and the socket directory."""
        return self.run / "keeper.json"

    @property
    def holders(self) -> Path:
        """One locked file for each living share."""
        return self.run / "holders"

    @property
    def startup_log(self) -> Path:
        """What keeper and server say before the server's own log takes over."""
        return self.run / "startup.log"

    @property
    def log_dir(self) -> Path:
        """The server's log, one file a weekday."""
        return self.cluster / "log"

    @property
    def name(self) -> str:
        """A short name of this data directory, the same in every process."""
        return "registry-" + hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]


def refusal(rule: str, zh: str, en: str) -> ConfigurationError:
    """Make the error of a data directory or machine that must be mended first."""
    return ConfigurationError(Bilingual(zh, en), rule=f"embedded.{rule}", path=("DATA_DIR",))


def disk_full(place: object) -> ConfigurationError:
    """Make the error of a file system without room."""
    return refusal("disk-full", f"磁盘已满:{place}。请腾出空间。", f"The disk is full at {place}; make room.")


@contextmanager
def disk_faults_told(data_dir: Path) -> Iterator[None]:
    """Turn the operating system's refusals into ConfigurationError with the remedy."""
    try:
        yield
    except OSError as fault:
        place = fault.filename or data_dir
        if fault.errno == errno.ENOSPC:
            raise disk_full(place) from fault
        raise refusal(
            "disk-access",
            f"无法使用 {place}:{fault.strerror}。请更改其权限或所有者,或将 REGISTRY_DATA_DIR 设为其他目录。",
            f"Cannot use {place}: {fault.strerror}. "
            "Change its permissions or owner, or set REGISTRY_DATA_DIR elsewhere.",
        ) from fault


def prepare(layout: Layout) -> None:
    """Make the data directory's own folders, private to the caller; refuse those of somebody or something else."""
    layout.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (layout.data_dir / "PG_VERSION").exists():
        raise refusal(
            "foreign-directory",
            f"{layout.data_dir} 是另一个 PostgreSQL 的数据目录。请将 REGISTRY_DATA_DIR 设为其他目录。",
            f"{layout.data_dir} is the data directory of another PostgreSQL; set REGISTRY_DATA_DIR elsewhere.",
        )
    layout.run.mkdir(mode=0o700, exist_ok=True)
    _require_own(layout.run)
    layout.holders.mkdir(mode=0o700, exist_ok=True)


def _require_own(directory: Path) -> None:
    found = directory.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        return
    raise refusal(
        "other-user",
        f"{directory} 属于另一个系统用户(uid {found.st_uid})。请以该用户运行,或将 REGISTRY_DATA_DIR 设为其他目录。",
        f"{directory} belongs to another user (uid {found.st_uid}); "
        "run as that user, or set REGISTRY_DATA_DIR elsewhere.",
    )
