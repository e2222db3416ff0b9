"""One server for all processes of a data directory, ended with the last of them."""

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.db.embedded import EmbeddedServer, status, stop


def test_open_serves_a_private_checksummed_utf8_cluster(data_dir: Path, query) -> None:
    with EmbeddedServer.open(data_dir) as server:
        dsn = server.dsn("registry_admin")
        assert query(dsn, "SELECT current_setting('server_version_num')::int / 10000") == 18
        assert query(dsn, "CREATE EXTENSION btree_gist", "SELECT count(*) FROM pg_extension WHERE extname='btree_gist'")
        provider = "SELECT datlocprovider::text || datlocale || pg_encoding_to_char(encoding) FROM pg_database"
        assert query(dsn, f"{provider} WHERE datname = 'registry'") == "bC.UTF-8UTF8"
        for directory in (data_dir, data_dir / "postgres", data_dir / "run", server.socket_dir):
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700, directory
    assert not status(data_dir).running


@pytest.fixture(scope="module")
def as_configured(stopped_cluster: Path) -> Iterator[EmbeddedServer]:
    """A server with the settings of the product alone; that of the other tests trades safety for speed."""
    with tempfile.TemporaryDirectory(prefix="registry-settings-") as folder:
        data_dir = Path(folder) / "data"
        subprocess.run(["cp", "-a", str(stopped_cluster), str(data_dir)], check=True)
        with EmbeddedServer.open(data_dir) as server:
            yield server


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("max_wal_size", "4GB"),
        ("log_statement", "none"),
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("idle_in_transaction_session_timeout", "10min"),
    ],
)
def test_settings(as_configured: EmbeddedServer, query, setting: str, value: str) -> None:
    assert query(as_configured.dsn("registry_admin", "postgres"), f"SHOW {setting}") == value


def test_second_process_shares_and_the_last_one_stops(made_dir: Path, hold, query) -> None:
    first, second = hold(made_dir), hold(made_dir)
    dsn = first.wait_until_open()
    assert second.wait_until_open() == dsn
    pid = status(made_dir).server_pid
    assert status(made_dir).holders == tuple(sorted((first.process.pid, second.process.pid)))
    first.release()
    assert status(made_dir).holders == (second.process.pid,)
    assert status(made_dir).server_pid == pid
    assert query(dsn, "SELECT 1") == 1
    second.release()
    assert not status(made_dir).running
    assert not (made_dir / "postgres" / "postmaster.pid").exists()


def test_five_processes_open_an_empty_directory_at_once(data_dir: Path, hold, query) -> None:
    holders = [hold(data_dir) for _ in range(5)]
    addresses = {holder.wait_until_open() for holder in holders}
    assert len(addresses) == 1
    assert len(status(data_dir).holders) == 5
    assert query(addresses.pop(), "SELECT count(*) FROM pg_database WHERE datname = 'registry'") == 1
    assert not list(data_dir.glob("postgres.new-*"))


def test_data_is_kept_between_starts(made_dir: Path, query) -> None:
    with EmbeddedServer.open(made_dir) as server:
        query(server.dsn("registry_admin"), "CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedServer.open(made_dir) as server:
        assert query(server.dsn("registry_admin"), "SELECT answer FROM kept") == 42


def test_two_shares_of_one_process_and_a_repeated_release(made_dir: Path) -> None:
    first, second = EmbeddedServer.open(made_dir), EmbeddedServer.open(made_dir)
    first.release()
    first.release()
    assert status(made_dir).holders == (os.getpid(),)
    second.release()
    assert not status(made_dir).running


def test_a_forked_copy_of_the_handle_does_not_give_up_the_share_of_its_parent(made_dir: Path) -> None:
    with EmbeddedServer.open(made_dir) as server:
        child = os.fork()
        if child == 0:
            server.release()
            os._exit(0)
        os.waitpid(child, 0)
        assert status(made_dir).holders == (os.getpid(),)


def test_stop_ends_the_server_under_its_holders_and_open_starts_it_again(made_dir: Path, hold, query) -> None:
    holder = hold(made_dir)
    holder.wait_until_open()
    assert stop(made_dir) is True
    assert stop(made_dir) is False
    with EmbeddedServer.open(made_dir) as server:
        assert query(server.dsn("registry_admin"), "SELECT 1") == 1
        assert len(status(made_dir).holders) == 2


def test_long_and_odd_paths_get_a_short_private_socket_directory(data_dir: Path, query) -> None:
    odd = data_dir.with_name("养老 100% , \"a'b" + "x" * 120)
    with EmbeddedServer.open(odd) as server:
        assert query(server.dsn("registry_admin"), "SELECT 1") == 1
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
        assert not server.socket_dir.is_relative_to(odd)


def test_odd_characters_alone_keep_the_socket_in_the_data_directory(data_dir: Path, query) -> None:
    odd = data_dir.with_name("养 9%2F \"a'b")
    with EmbeddedServer.open(odd) as server:
        assert query(server.dsn("registry_admin"), "SELECT 1") == 1
        assert server.socket_dir.is_relative_to(odd)


def test_status_makes_nothing(data_dir: Path) -> None:
    assert status(data_dir).running is False
    assert stop(data_dir) is False
    assert not data_dir.exists()
