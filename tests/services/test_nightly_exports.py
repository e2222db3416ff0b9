"""The exports of a night: all sets, kept for their term."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.lawdays import law_day
from registry.scheduler.jobs import ExportJobs
from registry.services.nightly_exports import remove_exports

WHO = operator("test")


async def test_a_night_writes_every_set_and_keeps_it_for_its_term(database: Database, tmp_path: Path) -> None:
    killed, writing = tmp_path / ".partial-killed", tmp_path / ".partial-writing"
    for left in (killed, writing):
        left.mkdir()
        (left / "ratings.csv").write_text("half")
    for path in (killed, killed / "ratings.csv"):
        os.utime(path, (0, 0))
    job = ExportJobs(tmp_path).export
    assert await job(database) == "19 exports made, 0 removed"
    assert await job(database) == "19 exports made, 0 removed"
    assert len(list(tmp_path.iterdir())) == 19 + 1
    assert not killed.exists()
    shutil.rmtree(writing)
    today = law_day(datetime.now(UTC))
    assert await remove_exports(database, WHO, tmp_path, today + timedelta(days=7)) == 0
    assert await remove_exports(database, WHO, tmp_path, today + timedelta(days=8)) == 19
    assert list(tmp_path.iterdir()) == []
