"""How often the database is asked, whoever asks."""

from typing import Any

import pytest

from registry.db import pool
from registry.db.statements import statement


class Statements:
    """Keeps what the pools' connections are asked, whoever asks; what begins, ends and opens reads nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        opening = statement("session/open_to_explain")
        with_arguments, plain = pool._LeanConnection._execute, pool._LeanConnection.execute

        async def counting(connection: Any, query: str, *arguments: Any, **options: Any) -> Any:
            if query != statement("session/current_role"):
                self.asked.append(query)
            return await with_arguments(connection, query, *arguments, **options)

        async def counting_plain(connection: Any, query: str, *arguments: Any, **options: Any) -> Any:
            if not arguments and not query.startswith(("BEGIN", "COMMIT", "ROLLBACK", opening)):
                self.asked.append(query)
            return await plain(connection, query, *arguments, **options)

        monkeypatch.setattr(pool._LeanConnection, "_execute", counting)
        monkeypatch.setattr(pool._LeanConnection, "execute", counting_plain)
