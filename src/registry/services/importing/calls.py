"""Imports as calls of partner platforms: known again when they are retried, of one source, within a quota."""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.db.pool import Database, Record, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Forbidden, InputError, RateLimited
from registry.domain.sources import parse_source
from registry.services.idempotency import find_answer, remember_answer
from registry.services.transactions import Change, acting

OPERATION = "importRows"
OF_INSTITUTIONS = frozenset({"employments", "residents"})
"""What an institution may state of itself: its roster and how many residents it has."""


@dataclass(frozen=True, slots=True)
class Account:
    """As which source a caller imports, which kinds (None: those of its role), how many rows a law day (None: any)."""

    source: str
    kinds: frozenset[str] | None = None
    most_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call: what tells that it is made again, and how many rows its caller may bring a law day."""

    idempotency_key: str | None
    asked: Mapping[str, object]
    most_rows: int | None

    async def find_import(self, change: Change) -> Record | None:
        """Return what the same call did before: its counts and its position; None where it was not made before."""
        answer = await find_answer(change, self.idempotency_key, OPERATION, self.asked)
        return None if answer is None else await fetch_row(change.connection, "import/find_batch", answer["batch"])

    async def hold_to_quota(self, change: Change, rows: int) -> None:
        """Raise RateLimited (`import.quota`) where the rows are more than are left; the caller has the turn by now."""
        if self.most_rows is None:
            return
        brought = await fetch_value(change.connection, "import/count_rows_of_day", change.actor.identity)
        if brought + rows > self.most_rows:
            left = max(0, self.most_rows - brought)
            zh, en = f"今日还可导入 {left} 行", f"{left} rows are left for today"
            raise RateLimited(Bilingual(zh, en), rule="import.quota")

    async def remember(self, change: Change, batch: int) -> None:
        """Keep which import this call did."""
        await remember_answer(change, self.idempotency_key, OPERATION, self.asked, {"batch": batch})


async def find_account(database: Database, actor: Actor, kind: str, source: str | None) -> Account:
    """Return as whom a caller brings rows of a kind: its account, itself (an institution), or the source it names.

    Rules: `import.source` where staff without an account names none, `import.account-source`, `import.account-kind`.
    """
    async with acting(database, actor, readonly=True) as work:
        row = await fetch_row(work.connection, "import/find_account", actor.identity)
    account = _own(actor, source) if row is None else _of(row)
    if source is not None and parse_source(source) != parse_source(account.source):
        zh, en = f"该账号以“{account.source}”为来源", f"the source of this account is {account.source}"
        raise Forbidden(Bilingual(zh, en), rule="import.account-source", path=("input", "source"))
    if account.kinds is not None and kind not in account.kinds:
        zh, en = "该账号不可导入此类数据", "this account does not import this kind"
        raise Forbidden(Bilingual(zh, en), rule="import.account-kind", path=("input", "kind"))
    return account


def _of(row: Record) -> Account:
    return Account(row["source"], None if row["kinds"] is None else frozenset(row["kinds"]), row["most_rows"])


def _own(actor: Actor, source: str | None) -> Account:
    if actor.role is Role.INSTITUTION:
        return Account(f"institution {actor.institution_code}")
    if source is None:
        zh, en = "须注明数据来源", "rows have a source"
        raise InputError(Bilingual(zh, en), rule="import.source", path=("input", "source"))
    return Account(source)


def require_kind(actor: Actor, kind: str) -> None:
    """Raise where the kind is not for the actor. Rule: `import.institution-kind`."""
    if actor.role is Role.INSTITUTION and kind not in OF_INSTITUTIONS:
        zh, en = "机构仅可报送本机构任职与在住老年人数", "an institution brings its own employments and residents alone"
        raise Forbidden(Bilingual(zh, en), rule="import.institution-kind", path=("input", "kind"))
