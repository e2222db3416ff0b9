"""A short soak; `make soak` runs the long one."""

from pathlib import Path

from tests.history.soak import run

from registry.db.embedded import EmbeddedServer

ROUNDS = 10


async def test_imports_killed_at_random_instants_leave_all_or_nothing(tmp_path: Path) -> None:
    with EmbeddedServer.open(tmp_path / "register") as server:
        soak = await run(server, tmp_path, ROUNDS, 3)
    assert soak.tally["rounds"] == ROUNDS
    assert soak.tally["killed while running"] > 0
