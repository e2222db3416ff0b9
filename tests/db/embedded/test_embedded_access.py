"""Who may run and reach the server: root, ordinary users, and nobody else."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

import registry
from registry.db.embedded import EmbeddedServer, status
from registry.db.embedded.account import SERVICE_ACCOUNTS, get_server_account
from registry.db.embedded.binaries import PACKAGE, get_binaries
from registry.db.embedded.configuration import MEGABYTE, identity_text, settings_text
from registry.db.embedded.layout import Layout
from registry.domain.errors import ConfigurationError

SOURCES = Path(registry.__file__).parents[1]
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="registry-embedded-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Ordinary:
    """An account that is not the server's, and a Python that it can run."""

    uid: int
    python: str

    def run(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python, "-c", code, *arguments],
            env={"PYTHONPATH": f"{SOURCES}:{get_binaries().package_dir.parent}"},
            cwd="/",
            user=self.uid,
            extra_groups=[],
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def ordinary() -> Ordinary:
    names = {entry.pw_name for entry in pwd.getpwall()}
    uid = pwd.getpwnam("nobody" if SERVICE_ACCOUNTS[0] in names else "daemon").pw_uid
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        with suppress(OSError):
            user = Ordinary(uid, python)
            if user.run("import registry.db.embedded").returncode == 0:
                return user
    pytest.skip("no Python 3.11 and sources that an ordinary user can reach")


@only_root
def test_root_runs_the_server_unprivileged_and_leaves_the_folders_above_closed(data_dir: Path, query) -> None:
    with EmbeddedServer.open(data_dir) as server:
        assert query(server.dsn("registry_admin"), "SELECT 1") == 1
        owner = Path(f"/proc/{status(data_dir).server_pid}").stat().st_uid
    assert owner != 0
    assert (data_dir / "postgres").stat().st_uid == owner
    for above in (data_dir, data_dir.parent):
        assert above.stat().st_uid == 0
        assert stat.S_IMODE(above.stat().st_mode) == 0o700


@only_root
def test_root_runs_programs_and_data_that_both_lie_in_a_closed_folder(data_dir: Path, hold, query) -> None:
    closed = data_dir.parent / "site-packages"
    package = get_binaries().package_dir
    shutil.copytree(package, closed / PACKAGE)
    shutil.copytree(package.with_name(f"{PACKAGE}.libs"), closed / f"{PACKAGE}.libs")
    holder = hold(data_dir, path=(closed,))
    assert query(holder.wait_until_open(), "CREATE EXTENSION btree_gist", "SELECT 1") == 1
    program = Path(f"/proc/{status(data_dir).server_pid}/exe").readlink()
    assert not program.is_relative_to(package.parent)
    assert not program.is_relative_to(closed)
    holder.release()
    assert stat.S_IMODE(data_dir.parent.stat().st_mode) == 0o700


@only_root
def test_an_ordinary_user_runs_a_server_of_its_own(open_folder: Path, ordinary: Ordinary, hold, query) -> None:
    os.chown(open_folder, ordinary.uid, -1)
    data_dir = open_folder / "data"
    holder = hold(data_dir, uid=ordinary.uid, python=ordinary.python, path=(get_binaries().package_dir.parent,))
    dsn = holder.wait_until_open()
    assert query(dsn, "SELECT 1") == 1, "root may log in too"
    assert Path(f"/proc/{status(data_dir).server_pid}").stat().st_uid == ordinary.uid
    with pytest.raises(ConfigurationError, match="belongs to another user"):
        EmbeddedServer.open(data_dir)
    holder.release()
    assert not status(data_dir).running


@only_root
def test_other_users_may_not_log_in(open_folder: Path, ordinary: Ordinary, query) -> None:
    data_dir = open_folder / "data"
    with EmbeddedServer.open(data_dir) as server:
        query(server.dsn("registry_admin"), "CREATE ROLE registry_staff LOGIN", "CREATE ROLE registry_public LOGIN")
        data_dir.chmod(0o755)
        (data_dir / "run").chmod(0o755)
        account = get_server_account(Layout.of(data_dir))
        for role in ("registry_admin", "registry_staff", "registry_public"):
            assert query(server.dsn(role), "SELECT current_user") == role
            assert "Permission denied" in said_by_psql(server, role, ordinary.uid)
            # The server's own account comes as far as the socket, and is refused there.
            assert "Peer authentication failed" in said_by_psql(server, role, account.uid)


def said_by_psql(server: EmbeddedServer, role: str, uid: int) -> str:
    psql = [get_binaries().program("psql"), server.dsn(role), "-c", "SELECT 1"]
    done = subprocess.run(psql, user=uid, extra_groups=[], cwd="/", check=False, capture_output=True, text=True)
    assert done.returncode != 0
    return done.stderr


@only_root
def test_an_unwritable_folder_is_told_with_the_remedy(open_folder: Path, ordinary: Ordinary) -> None:
    opening = """
import sys
from pathlib import Path
from registry.db.embedded import EmbeddedServer
EmbeddedServer.open(Path(sys.argv[1]))
"""
    done = ordinary.run(opening, str(open_folder / "data"))
    assert "ConfigurationError" in done.stderr
    assert "Permission denied. Change its permissions or owner, or set REGISTRY_DATA_DIR elsewhere." in done.stderr


def refused(data_dir: Path) -> str | None:
    with pytest.raises(ConfigurationError) as caught:
        EmbeddedServer.open(data_dir)
    return caught.value.rule


def test_a_cluster_of_another_version_is_refused(made_dir: Path) -> None:
    EmbeddedServer.open(made_dir).release()
    (made_dir / "postgres" / "PG_VERSION").write_text("17\n")
    assert refused(made_dir) == "embedded.other-version"


def test_a_cluster_made_by_somebody_else_is_refused_and_left_alone(made_dir: Path) -> None:
    EmbeddedServer.open(made_dir).release()
    (made_dir / "postgres" / "registry-cluster").unlink()
    (made_dir / "postgres" / "pg_hba.conf").write_text("# theirs\n")
    assert refused(made_dir) == "embedded.foreign-cluster"
    assert (made_dir / "postgres" / "pg_hba.conf").read_text() == "# theirs\n"


def test_the_data_directory_of_another_postgresql_is_refused_and_left_alone(data_dir: Path) -> None:
    data_dir.mkdir(parents=True)
    (data_dir / "PG_VERSION").write_text("18\n")
    assert refused(data_dir) == "embedded.foreign-directory"
    assert [path.name for path in data_dir.iterdir()] == ["PG_VERSION"]


def test_a_file_in_the_place_of_the_data_directory_is_refused(data_dir: Path) -> None:
    data_dir.touch()
    assert refused(data_dir) == "embedded.disk-access"


def test_a_squatted_socket_directory_is_refused(data_dir: Path, open_folder: Path) -> None:
    long = data_dir.with_name("x" * 150)
    with EmbeddedServer.open(long) as server:
        socket_dir = server.socket_dir
    assert not socket_dir.exists()
    socket_dir.symlink_to(open_folder)
    try:
        assert refused(long) == "embedded.not-private"
    finally:
        socket_dir.unlink()


def test_identity_rules_hold_for_odd_user_names() -> None:
    assert identity_text(['DOMAIN\\li "w" #1']).splitlines()[0] == 'registry "DOMAIN\\li ""w"" #1" registry_admin'
    for name in ("/.*", "a\nregistry mallory registry_admin"):
        with pytest.raises(ConfigurationError):
            identity_text([name])


@pytest.mark.parametrize(("memory_megabytes", "expected"), [(256, 64), (2048, 256), (65536, 1024)])
def test_shared_buffers_follow_the_memory_within_bounds(memory_megabytes: int, expected: int) -> None:
    assert f"shared_buffers = {expected}MB\n" in settings_text(memory_megabytes * MEGABYTE)
