"""What failures of the database mean to those who asked."""

import asyncpg
import pytest

from registry.db.mapping import mapped_errors
from registry.domain.errors import Unavailable


@pytest.mark.parametrize(("state", "rule"), [("53100", "database.disk-full"), ("53300", "database.crowded")])
async def test_what_the_server_lacks_is_told(
    admin: "asyncpg.Connection[asyncpg.Record]", state: str, rule: str
) -> None:
    with pytest.raises(Unavailable) as caught, mapped_errors():
        await admin.execute(f"DO $$ BEGIN RAISE EXCEPTION 'as it may be' USING ERRCODE = '{state}'; END $$")
    assert caught.value.rule == rule
