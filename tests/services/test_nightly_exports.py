"""The exports of a night: all sets, kept for their term."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from registry.db.pool import Database
from registry.domain.actors import operator
from registry.domain.lawdays import law_day
from registry.scheduler.jobs import exporting_to
from registry.services.nightly_exports import remove_exports

WHO = operator("test")


async def test_a_night_writes_every_set_and_keeps_it_for_its_term(database: Database, tmp_path: Path) -> None:
    job = exporting_to(tmp_path)
    assert await job(database) == "12 exports made, 0 removed"
    assert await job(database) == "12 exports made, 0 removed"
    assert len(list(tmp_path.iterdir())) == 12
    today = law_day(datetime.now(UTC))
    assert await remove_exports(database, WHO, tmp_path, today + timedelta(days=7)) == 0
    assert await remove_exports(database, WHO, tmp_path, today + timedelta(days=8)) == 12
    assert list(tmp_path.iterdir()) == []
