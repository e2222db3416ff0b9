"""Turns: whoever reads people and places to write by them does so one at a time."""

from registry.db.pool import Connection, execute
from registry.domain.errors import Bilingual, Conflict


async def await_turn(connection: Connection, seconds: float) -> None:
    """Wait until nobody else has the turn; until commit no other passes here. Rule: `import.busy`."""
    await execute(connection, "import/limit_wait", str(max(1, round(seconds * 1000))))
    try:
        await execute(connection, "import/await_turn")
    except Conflict as conflict:
        zh, en = "另一导入正在进行，请稍后重试", "another import is under way; try again when it is done"
        raise Conflict(Bilingual(zh, en), rule="import.busy") from conflict
    await execute(connection, "import/limit_wait", "0")
