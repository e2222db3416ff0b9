"""What follows a killed process: the next open works and what was committed is there."""

import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from registry.db.embedded import EmbeddedServer, status
from registry.db.embedded.account import get_server_account
from registry.db.embedded.binaries import get_binaries
from registry.db.embedded.layout import Layout
from registry.db.embedded.leftovers import processes
from registry.domain.errors import ConfigurationError, Unavailable


def servers(data_dir: Path) -> list[int]:
    layout = Layout.of(data_dir)
    return processes(layout.name, get_server_account(layout).uid)


def keeper_pid(data_dir: Path) -> int:
    return int(json.loads((data_dir / "run" / "keeper.json").read_text())["pid"])


def test_the_server_ends_itself_when_its_only_holder_is_killed(made_dir: Path, hold, query, eventually) -> None:
    holder = hold(made_dir)
    query(holder.wait_until_open(), "CREATE TABLE kept AS SELECT 7 AS answer")
    holder.kill()
    eventually(lambda: not status(made_dir).running)
    assert servers(made_dir) == []
    with EmbeddedServer.open(made_dir) as server:
        assert query(server.dsn("registry_admin"), "SELECT answer FROM kept") == 7


def test_an_open_right_after_the_kill_of_the_only_holder_works(made_dir: Path, hold, query) -> None:
    holder = hold(made_dir)
    holder.wait_until_open()
    holder.kill()
    with EmbeddedServer.open(made_dir) as server:
        assert status(made_dir).holders == (os.getpid(),)
        assert query(server.dsn("registry_admin"), "SELECT 1") == 1


def test_the_server_stays_while_another_holder_lives(made_dir: Path, hold, query) -> None:
    killed, living = hold(made_dir), hold(made_dir)
    killed.wait_until_open()
    dsn = living.wait_until_open()
    pid = status(made_dir).server_pid
    killed.kill()
    with pytest.raises(subprocess.TimeoutExpired):
        living.process.wait(1.2)
    assert status(made_dir).server_pid == pid
    assert query(dsn, "SELECT 1") == 1


def test_a_killed_server_comes_back_under_its_holders_with_what_was_committed(
    made_dir: Path, query, eventually, kill_server
) -> None:
    with EmbeddedServer.open(made_dir) as server:
        dsn = server.dsn("registry_admin")
        query(dsn, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        killed = kill_server(made_dir)

        def is_back() -> bool:
            with suppress(OSError, asyncpg.PostgresError):
                return bool(query(dsn, "SELECT count(*) FROM kept") == 1000)
            return False

        eventually(is_back)
        assert status(made_dir).server_pid != killed


def test_open_recovers_from_killed_server_and_keeper_beside_a_busy_backend(
    made_dir: Path, hold, query, eventually, kill_server
) -> None:
    holder = hold(made_dir)
    dsn = holder.wait_until_open()
    query(dsn, "CREATE TABLE kept AS SELECT 7 AS answer")

    busy = subprocess.Popen([get_binaries().program("psql"), dsn, "-c", "DO $$ BEGIN LOOP END LOOP; END $$"])
    eventually(lambda: query(dsn, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'DO %')"))
    os.kill(keeper_pid(made_dir), signal.SIGSTOP)
    kill_server(made_dir)
    os.kill(keeper_pid(made_dir), signal.SIGKILL)
    holder.kill()
    assert servers(made_dir), "the busy backend outlives its server"
    with EmbeddedServer.open(made_dir) as server:
        assert query(server.dsn("registry_admin"), "SELECT answer FROM kept") == 7
    assert busy.wait(60) != 0


def test_the_server_stops_with_a_killed_keeper_and_open_starts_anew(made_dir: Path, hold, query, eventually) -> None:
    hold(made_dir).wait_until_open()
    os.kill(keeper_pid(made_dir), signal.SIGKILL)
    eventually(lambda: servers(made_dir) == [])
    assert not status(made_dir).running
    with EmbeddedServer.open(made_dir) as server:
        assert query(server.dsn("registry_admin"), "SELECT 1") == 1


@pytest.mark.parametrize("moment", ["global", "registry-cluster"])
def test_open_starts_over_after_a_kill_during_initdb(data_dir: Path, hold, query, eventually, moment: str) -> None:
    holder = hold(data_dir)
    eventually(lambda: bool(list(data_dir.glob(f"postgres.new-*/{moment}"))) or (data_dir / "postgres").exists())
    holder.kill()
    with EmbeddedServer.open(data_dir) as server:
        assert query(server.dsn("registry_admin"), "SELECT 1") == 1
    assert not any((draft / "global").exists() for draft in data_dir.glob("postgres.new-*"))


def test_a_stale_pid_file_whose_number_another_program_now_has(made_dir: Path, query) -> None:
    EmbeddedServer.open(made_dir).release()
    account = get_server_account(Layout.of(made_dir))
    with subprocess.Popen(["sleep", "60"], user=account.uid if os.geteuid() == 0 else None) as other:
        pid_file = made_dir / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{other.pid}\n{made_dir}\n1700000000\n5432\n\n*\n 123 456\nready\n")
        os.chown(pid_file, account.uid, account.gid)
        with EmbeddedServer.open(made_dir) as server:
            assert query(server.dsn("registry_admin"), "SELECT 1") == 1
        assert other.poll() is None
        other.kill()


def test_a_holder_file_with_a_reused_process_id_holds_nothing(made_dir: Path) -> None:
    server = EmbeddedServer.open(made_dir)
    (made_dir / "run" / "holders" / f"{os.getpid()}-00000000").touch(mode=0o600)
    server.release()
    assert not status(made_dir).running
    EmbeddedServer.open(made_dir).release()
    assert list((made_dir / "run" / "holders").iterdir()) == []


def test_a_failed_start_tells_the_end_of_the_log(made_dir: Path) -> None:
    EmbeddedServer.open(made_dir).release()
    own = made_dir / "postgres" / "local.conf"
    own.write_text("work_mem = 'plenty'\n")
    own.chmod(0o644)
    with pytest.raises(Unavailable, match='invalid value for parameter "work_mem"') as caught:
        EmbeddedServer.open(made_dir)
    assert caught.value.rule == "embedded.start-failed"
    assert status(made_dir).holders == ()
    own.unlink()
    EmbeddedServer.open(made_dir).release()


def test_a_start_that_fails_for_want_of_room_is_told_so(made_dir: Path) -> None:
    EmbeddedServer.open(made_dir).release()
    own = made_dir / "postgres" / "local.conf"
    own.write_text("work_mem = 'No space left on device'\n")
    own.chmod(0o644)
    with pytest.raises(ConfigurationError) as caught:
        EmbeddedServer.open(made_dir)
    assert caught.value.rule == "embedded.disk-full"
    assert str(made_dir) in caught.value.message.en


def test_a_vanished_made_directory_ends_its_server(made_dir: Path, hold, eventually) -> None:
    hold(made_dir).wait_until_open()
    made_dir.rename(made_dir.with_name("moved"))
    eventually(lambda: servers(made_dir) == [])
