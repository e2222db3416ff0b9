"""Rows of a call, imported like a file of them: all or nothing, with the same errors, once for one key."""

import io
from collections.abc import Callable, Sequence
from hashlib import sha256

import orjson

from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError
from registry.domain.personal import PersonalKeys
from registry.services.importing.calls import OPERATION, Call, find_account
from registry.services.importing.importer import import_file
from registry.services.importing.plans import PLANS
from registry.services.importing.results import ImportResult
from registry.services.permissions import require
from registry.transfer import FileFormat, get_kind

MOST_ROWS = 10_000
LONGEST_WAIT_SECONDS = 30.0
"""A caller waits for its turn no longer than its connection would."""


async def import_rows(
    database: Database,
    actor: Actor,
    keys: Callable[[], PersonalKeys],
    kind: str,
    rows: Sequence[object],
    *,
    source: str | None = None,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> ImportResult:
    """Bring the register to what 1 to 10,000 rows say, objects by the names of columns; rows are numbered from 1.

    For ADMIN, REGULATOR (of the region), and INSTITUTION of itself. Raises what `import_file` and `find_account` do;
    rules: `import.rows-count`, `import.quota`. `keys` is asked where a kind has personal data.
    """
    require(actor, Role.ADMIN, Role.REGULATOR, Role.INSTITUTION)
    wanted = get_kind(kind).name
    if not 1 <= len(rows) <= MOST_ROWS:
        zh, en = f"每次须为 1 至 {MOST_ROWS} 行", f"a call has 1 to {MOST_ROWS} rows"
        raise InputError(Bilingual(zh, en), rule="import.rows-count", path=("input", "rows"))
    account = await find_account(database, actor, wanted, source)
    content = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
    asked = {"kind": wanted, "source": account.source, "sha256": sha256(content).hexdigest()}
    return await import_file(
        database,
        actor,
        None if PLANS[wanted].personal is None else keys(),
        wanted,
        io.BytesIO(content),
        file_name=OPERATION,
        source=account.source,
        file_format=FileFormat.JSONL,
        request_id=request_id,
        wait_seconds=LONGEST_WAIT_SECONDS,
        call=Call(idempotency_key, asked, account.most_rows),
    )
