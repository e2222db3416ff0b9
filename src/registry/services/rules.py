"""The dated rules that an authority edits: what stands, and how one follows another, ends, or is confirmed.

A rule that has been in force is never rewritten, so that every entry, flag and answer keeps the rules of its day. A
rule may begin before today only where none stands on its days. Every change is a change set, so that what was cached
of the rules is asked for again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from registry.db.pool import Connection, Database, Record, execute, fetch, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError, NotFound, RowError, RowsRejected
from registry.resources import resource_root
from registry.services.permissions import require
from registry.services.transactions import Change, ChangeKind, Work, acting, publishing
from registry.transfer import RULE_KINDS, ErrorLog, ImportKind, Value, format_of, read_rows

RETENTION = "retention-rules"
"""Terms of keeping are listed and confirmed here; `registry.services.retention` sets them."""
RULES = (*RULE_KINDS, RETENTION)
SHIPPED = tuple(name for name in RULE_KINDS if name not in {"staffing-rules", "complaint-limits"})
_EMPTY_MEANS_ALL = frozenset({"ground_code"})
_DATED = frozenset({"effective_from", "effective_to"})

_REASONS = {
    "PAST": (
        "rules.past",
        "这些日期已有现行规则（自 {day} 起），已生效的规则不得改写：请自今日或以后生效",
        "a rule of {day} stands on these days, and what has been in force is never rewritten: begin today or later",
    ),
    "LATER": (
        "rules.later",
        "另一规则自 {day} 起生效：请先结束于其前一日，或从该日起另立",
        "another rule begins on {day}: end the day before it, or begin on a day after it",
    ),
    "TWICE": (
        "rules.twice",
        "与本文件中自 {day} 起的规则日期重叠",
        "its days overlap those of the rule of {day} in this file",
    ),
}
_UNKNOWN = Bilingual("登记系统中没有该代码", "the register does not know this code")
_PARAMETERS = Bilingual(
    "参数的名称和类型须与该规则已有的一致", "parameters have the names and types of those that the rule has"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a kind, the law days on which it is in force, both inclusive, and what else its columns hold."""

    kind: str
    code: str
    effective_from: date
    effective_to: date | None
    legal_basis: str
    confirmed: bool
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RulesFollowed:
    """How many rules were added, ended by those, or gave way before they began; `position` is None of a rehearsal."""

    kind: str
    added: int
    ended: int
    replaced: int
    position: int | None


def relation_of(kind: str) -> str:
    """Return the table of a kind of rules. Rule: `rules.kind`."""
    if kind not in RULES:
        zh, en = f"未知的规则类别；可用：{'、'.join(RULES)}", f"unknown kind of rules; known: {', '.join(RULES)}"
        raise InputError(Bilingual(zh, en), rule="rules.kind", path=("kind",))
    return kind.removesuffix("s").replace("-", "_")


async def list_rules(
    database: Database, actor: Actor, kind: str | None = None, on: date | None = None, *, unconfirmed: bool = False
) -> list[Rule]:
    """Return the rules of a kind, or of all, by code and day; `on` keeps those in force on a law day."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    kinds = {relation_of(name): name for name in (RULES if kind is None else (kind,))}
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "rules/list", list(kinds), on, unconfirmed)
    return [_rule(kinds[row["relation"]], row) for row in rows]


def _rule(kind: str, row: Record) -> Rule:
    days, basis = (row["effective_from"], row["effective_to"]), row["legal_basis"]
    return Rule(kind, row["code"], *days, basis, row["confirmed"], json.loads(row["content"]))


async def add_rules(database: Database, actor: Actor, kind: str, path: Path, today: date) -> RulesFollowed:
    """Let the rules of a file follow those that stand: all of them, or none.

    Raises `RowsRejected` with every row that cannot follow: `rules.past`, `rules.later`, `rules.twice`,
    `rules.unknown`, `rule.parameters`, and what the columns refuse.
    """
    require(actor, Role.ADMIN)
    given = _read_for(kind, path)
    async with publishing(database, actor, ChangeKind.RULE, f"rules {kind}", action="addRules") as change:
        counts = await _follow(change, kind, path.name, given, today)
        _tell(change, kind, {**counts, "rules": given})
    return RulesFollowed(kind, **counts, position=_position(change))


async def rehearse_rules(database: Database, actor: Actor, kind: str, path: Path, today: date) -> RulesFollowed:
    """Say what `add_rules` would do, and do nothing."""
    require(actor, Role.ADMIN)
    given = _read_for(kind, path)
    async with acting(database, actor) as work:
        rehearsed = work.connection.transaction()
        await rehearsed.start()
        counts = await _follow(work, kind, path.name, given, today)
        await rehearsed.rollback()
    return RulesFollowed(kind, **counts, position=None)


def _read_for(kind: str, path: Path) -> list[dict[str, object]]:
    relation_of(kind)
    if kind == RETENTION:
        zh, en = "保存期限请用 registry retention set", "set terms of keeping by `registry retention set`"
        raise InputError(Bilingual(zh, en), rule="rules.kind", path=("kind",))
    return read_rules(RULE_KINDS[kind], path)


async def _follow(
    work: Work, kind: str, file: str, given: Sequence[Mapping[str, object]], today: date
) -> dict[str, int]:
    relation = relation_of(kind)
    await _begin(work, relation)
    await _refuse(work.connection, relation, file, given, today)
    row = await fetch_row(work.connection, "rules/follow", relation, json.dumps(given), today)
    assert row is not None  # noqa: S101 - a function with OUT parameters returns one row
    return dict(row)


_Act = tuple[str, str, date | None, Mapping[str, object]]
"""Its name in the audit chain, its statement, the day that this takes, and what is told of it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A rule by its kind and its code, as `list_rules` tells them."""

    kind: str
    code: str


async def end_rule(database: Database, actor: Actor, rule: Named, last_day: date, reason: str, *, today: date) -> int:
    """Let the rule in force on a day, today or later, end with it; return the register's position.

    Rules: `rules.past`, `rules.reason`, `rules.none`.
    """
    require(actor, Role.ADMIN)
    if last_day < today:
        zh, en = "规则最早于今日终止", "a rule ends today at the earliest"
        raise InputError(Bilingual(zh, en), rule="rules.past", path=("on",))
    told = {"code": rule.code, "on": last_day, "reason": _given(reason)}
    return await _amend(database, actor, rule, ("endRule", "rules/end", last_day, told))


async def confirm_rule(database: Database, actor: Actor, rule: Named, begins: date | None, *, source: str) -> int:
    """Note that somebody read a rule in its source: all versions of it, or the one of a day; return the position.

    Rules: `rules.reason`, `rules.none`, where nothing unconfirmed is known under that code.
    """
    require(actor, Role.ADMIN)
    told = {"code": rule.code, "from": begins, "source": _given(source)}
    return await _amend(database, actor, rule, ("confirmRule", "rules/confirm", begins, told))


async def _amend(database: Database, actor: Actor, rule: Named, act: _Act) -> int:
    relation, (action, statement, day, told) = relation_of(rule.kind), act
    async with publishing(database, actor, ChangeKind.RULE, f"rules {rule.kind}", action=action) as change:
        await _begin(change, relation)
        count = await fetch_value(change.connection, statement, relation, rule.code, day)
        if not count:
            raise _none(rule)
        _tell(change, rule.kind, {**told, "rules": count})
    return _position(change)


async def put_shipped_rules(work: Work) -> int:
    """Put in the rules that are not there yet and return how many; days that an authority has ruled on stay."""
    added = 0
    for kind in SHIPPED:
        path = resource_root("sql") / "data" / f"{relation_of(kind)}s.csv"
        given = json.dumps(read_rules(RULE_KINDS[kind], path))
        added += await fetch_value(work.connection, "seed/put_rules", relation_of(kind), given)
    return added


def read_rules(kind: ImportKind, path: Path) -> list[dict[str, object]]:
    """Return the rules of a file as objects under the names of their table's columns; raise `RowsRejected`."""
    errors = ErrorLog()
    given = [
        _object(kind, row.number, row.values)
        for row in read_rows(kind, path, path.name, errors, file_format=format_of(path.name))
    ]
    if errors.count:
        raise _rejected(errors.kept)
    return given


def _object(kind: ImportKind, number: int, values: Sequence[Value]) -> dict[str, object]:
    cells = dict(zip(kind.names, values, strict=True))
    begins, ends = cells["effective_from"], cells["effective_to"]
    told: dict[str, object] = {name: _plain(name, value) for name, value in cells.items() if name not in _DATED}
    return {"row": number, **told, "effective": f"[{begins},{ends}]" if ends else f"[{begins},)"}


def _plain(name: str, value: Value) -> object:
    if name == "parameters":
        return json.loads(str(value))
    if value is None:
        return "" if name in _EMPTY_MEANS_ALL else None
    return value if isinstance(value, int) else str(value)


async def _refuse(
    connection: Connection, relation: str, file: str, given: Sequence[Mapping[str, object]], today: date
) -> None:
    text, rows = json.dumps(given), {row["row"]: row for row in given}
    unknown = await fetch(connection, "rules/unknown", relation, text)
    refused = await fetch(connection, "rules/refused", relation, text, today)
    errors = [RowError(file, place, name, str(rows[place][name]), *_unknown(name)) for place, name in unknown] + [
        RowError(file, place, "effective_from", str(rows[place]["effective"]), *_problem(problem, day))
        for place, problem, day in refused
    ]
    if errors:
        raise _rejected(sorted(errors, key=lambda error: error.row))


def _unknown(name: str) -> tuple[str, Bilingual]:
    return ("rule.parameters", _PARAMETERS) if name == "parameters" else ("rules.unknown", _UNKNOWN)


def _problem(problem: str, day: date) -> tuple[str, Bilingual]:
    rule, zh, en = _REASONS[problem]
    return rule, Bilingual(zh.format(day=day), en.format(day=day))


def _rejected(errors: Sequence[RowError]) -> RowsRejected:
    zh, en = f"有 {len(errors)} 处错误，未作任何更改", f"{len(errors)} error(s); nothing was changed"
    return RowsRejected(Bilingual(zh, en), errors)


def _none(rule: Named) -> NotFound:
    zh = f"{rule.kind} 中没有符合条件的规则 {rule.code}；请用 registry rules list 查看"
    en = f"there is no such rule {rule.code} among {rule.kind}; `registry rules list` shows them"
    return NotFound(Bilingual(zh, en), rule="rules.none", path=("code",))


def _given(text: str) -> str:
    if not text.strip():
        zh, en = "须注明理由或来源", "a reason or source is needed"
        raise InputError(Bilingual(zh, en), rule="rules.reason", path=("reason",))
    return text.strip()


def _tell(change: Change, kind: str, told: Mapping[str, object]) -> None:
    change.publishes_empty, change.subject = True, f"rules:{kind}"
    change.details |= told


async def _begin(work: Work, relation: str) -> None:
    """One who edits rules at a time; the event has the digests of the rules of that table before and after."""
    await execute(work.connection, "rules/lock")
    await work.look_at(("rule", "relation", relation))


def _position(change: Change) -> int:
    assert change.published is not None  # noqa: S101 - published on the clean end of the block
    return change.published.position
