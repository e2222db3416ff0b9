"""Terms of keeping: dated rules that an authority edits, and the removal of what is past its term.

Legal source: Personal Information Protection Law (个人信息保护法) art. 19 and 47; Cybersecurity Law (网络安全法)
art. 21, which wants logs kept for six months at least. What courts may ask for (change sets, history, audit chain,
imports, keys) has no term.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.db.pool import Database, execute, fetch, fetch_row
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError
from registry.services.permissions import require
from registry.services.transactions import Work, acting

ROWS_AT_ONCE = 10_000


class Kept(StrEnum):
    """What is kept for a term."""

    PERSON = "PERSON"
    REPRESENTATIVE = "REPRESENTATIVE"
    COMPLAINT = "COMPLAINT"
    IDEMPOTENT_ANSWER = "IDEMPOTENT_ANSWER"
    JOB_RUN = "JOB_RUN"
    EXPORT = "EXPORT"
    FAILING_WEBHOOK = "FAILING_WEBHOOK"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A term of months and days and the law days on which it is the rule; the last one has no end."""

    subject: Kept
    months: int
    days: int
    effective_from: date
    effective_to: date | None
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The rule that is in force on a day."""

    rule_id: int
    legal_basis: str


async def find_basis(work: Work, subject: Kept, day: date) -> Basis | None:
    """Return the rule of a law day, None where there is none: then nothing is past its term."""
    row = await fetch_row(work.connection, "retention/in_force", subject, day)
    return None if row is None else Basis(row["id"], row["legal_basis"])


async def list_rules(database: Database, actor: Actor) -> list[RetentionRule]:
    """Return every rule by subject and day."""
    require(actor, Role.ADMIN, Role.AUDITOR)
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "retention/list")
    return [RetentionRule(Kept(subject), *rest) for subject, *rest in rows]


async def set_rule(database: Database, actor: Actor, rule: RetentionRule, today: date) -> None:
    """Let a rule follow the one in force; the former ends the day before.

    Rules: `retention.term` for a term shorter than a day, `retention.past` for a day before today or before the newest
    rule, `retention.legal-basis` for none.
    """
    require(actor, Role.ADMIN)
    _require_sound(rule, today)
    async with acting(database, actor) as work:
        await work.look_at(("retention_rule", "subject", rule.subject))
        if not await execute(work.connection, "retention/end_from", rule.subject, rule.effective_from):
            raise _past()
        term = rule.months, rule.days
        await execute(
            work.connection, "retention/add", rule.subject, *term, rule.effective_from, rule.legal_basis.strip()
        )
        told = {"months": rule.months, "days": rule.days, "from": rule.effective_from, "basis": rule.legal_basis}
        await work.audit("setRetentionRule", f"retention:{rule.subject}", told)


def _past() -> InputError:
    zh, en = "规则只能自今日或以后生效，且晚于现行规则", "a rule begins today or later, and after the newest one"
    return InputError(Bilingual(zh, en), rule="retention.past", path=("from",))


def _require_sound(rule: RetentionRule, today: date) -> None:
    if rule.months < 0 or rule.days < 0 or rule.months + rule.days == 0:
        zh, en = "保存期限至少一天", "a term is a day or longer"
        raise InputError(Bilingual(zh, en), rule="retention.term", path=("term",))
    if rule.effective_from < today:
        raise _past()
    if not rule.legal_basis.strip():
        zh, en = "须注明法律依据", "a rule names its legal basis"
        raise InputError(Bilingual(zh, en), rule="retention.legal-basis", path=("basis",))


async def prune(database: Database, actor: Actor, today: date) -> dict[Kept, int]:
    """Remove complaints' contents, answers kept for retries and runs of jobs past their term; say how many of each."""
    require(actor, Role.ADMIN)
    return {
        subject: await _prune(database, actor, subject, today)
        for subject in (Kept.COMPLAINT, Kept.IDEMPOTENT_ANSWER, Kept.JOB_RUN)
    }


async def _prune(database: Database, actor: Actor, subject: Kept, today: date) -> int:
    removed, statement = 0, f"retention/prune_{subject.lower()}"
    while True:
        async with acting(database, actor) as work:
            count = await execute(work.connection, statement, today, ROWS_AT_ONCE)
            basis = await find_basis(work, subject, today)
            if count and basis is not None:
                told = {"removed": count, "asOf": today, "rule": basis.rule_id}
                await work.audit("prune", f"retention:{subject}", told)
        removed += count
        if count < ROWS_AT_ONCE:
            return removed
