"""Accounts of those who bring rows: as which source, which kinds, how many rows a law day; dated, never rewritten."""

import re
from dataclasses import dataclass
from datetime import date

from registry.db.pool import Database, execute, fetch, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError
from registry.domain.sources import parse_source
from registry.services.permissions import require
from registry.services.transactions import acting
from registry.transfer import get_kind

LARGEST = 2**31 - 1
_CALLER = re.compile(r"(key:[1-9]\d{0,17}|oidc:.{1,200})")


@dataclass(frozen=True, slots=True)
class ImportAccount:
    """A caller (`key:12`, `oidc:…`) whose rows are statements of one source.

    `kinds` None: whatever its role may import; `most_rows` a law day, None: any number. Days are inclusive.
    """

    caller: str
    source: str
    kinds: tuple[str, ...] | None
    most_rows: int | None
    effective_from: date
    effective_to: date | None
    reason: str


async def list_accounts(database: Database, actor: Actor) -> list[ImportAccount]:
    """Return every account by caller and day."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "import/list_accounts")
    return [ImportAccount(**{**row, "kinds": None if row["kinds"] is None else tuple(row["kinds"])}) for row in rows]


async def set_account(database: Database, actor: Actor, account: ImportAccount, today: date) -> None:
    """Let an account hold from its day on, in the place of what held or was planned for the caller then.

    Rules: `import-account.caller`, `import-account.most`, `import-account.past`, `import-account.reason`,
    `import.source`, `import.kind`.
    """
    require(actor, Role.ADMIN)
    source = parse_source(account.source)
    kinds = None if account.kinds is None else [get_kind(kind).name for kind in account.kinds]
    _require_sound(account, today)
    async with acting(database, actor) as work:
        kind, _, number = account.caller.partition(":")
        if kind == "key" and not await fetch_value(work.connection, "access/key_exists", int(number)):
            raise _refuse("caller", "没有这样的密钥", "there is no such key", "import-account.caller")
        await execute(work.connection, "import/drop_accounts_from", account.caller, account.effective_from)
        await execute(work.connection, "import/end_account_from", account.caller, account.effective_from)
        given = (account.caller, source, kinds, account.most_rows, account.effective_from, account.reason.strip())
        await execute(work.connection, "import/add_account", *given)
        told = {"source": source, "kinds": kinds, "mostRows": account.most_rows, "from": account.effective_from}
        await work.audit("setImportAccount", f"import-account:{account.caller}", told)


def _require_sound(account: ImportAccount, today: date) -> None:
    if not _CALLER.fullmatch(account.caller):
        raise _refuse(
            "caller", "须为 key:编号 或 oidc:主体", "key:ID or oidc:SUBJECT is needed", "import-account.caller"
        )
    if account.most_rows is not None and not 0 <= account.most_rows <= LARGEST:
        raise _refuse("most", f"须为 0 至 {LARGEST}", f"a quota lies between 0 and {LARGEST}", "import-account.most")
    if account.effective_from < today:
        raise _refuse("past", "只能自今日或以后生效", "an account begins today or later", "import-account.past")
    if not account.reason.strip():
        raise _refuse("reason", "须注明理由", "an account has a reason", "import-account.reason")


def _refuse(field: str, zh: str, en: str, rule: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=(field,))
