"""What one statement has read in place of others, told as the connection would have told it."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from registry.db.pool import Connection
from registry.db.statements import statement_of_given

_PLANNING = statement_of_given("session/plan_for_any")

Row = Mapping[str, Any]


class _Gathered:
    """Answers named statements by rows that are there already; their arguments were told to the one that read them.

    A statement that was not gathered is a KeyError.
    """

    def __init__(self, rows: Mapping[str, Sequence[Row] | None]) -> None:
        self._rows = {statement_of_given(name): told or [] for name, told in rows.items()}

    async def fetch(self, text: str, *_arguments: object) -> Sequence[Row]:
        return self._rows[text]

    async def fetchval(self, text: str, *_arguments: object) -> object:
        return next(iter(self._rows[text][0].values()))

    async def execute(self, text: str, *_arguments: object) -> str:
        if text != _PLANNING:
            raise KeyError(text)
        return "SELECT 0"


def gathered(text: str) -> Connection:
    """Return what reads from a JSON object of rows by statement, wherever a connection reads by these statements."""
    return cast("Connection", _Gathered(orjson.loads(text)))
