"""What an authority does to certificates and their issuers: revoked from a day on, accreditation withdrawn.

谁评价、谁负责，谁发证、谁负责: a certificate counts unless revoked, or issued while its issuer's accreditation was
withdrawn. Ratings follow these acts as they follow an import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from registry.db.pool import Database, Record, execute, fetch, fetch_row
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.certificates import CertificateKind
from registry.domain.errors import Bilingual, Forbidden, InputError, NotFound
from registry.domain.identifiers import hide_citizen_ids
from registry.domain.lawdays import law_day
from registry.services.credit.acts import Act, act_once, require_text
from registry.services.permissions import require
from registry.services.transactions import Change

MOST_CERTIFICATES = 1_000
"""How many numbers one revocation takes."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """Which certificates count no more, from which law day on and why; `kind` where a number alone is not enough."""

    numbers: Sequence[str]
    reason: str
    from_day: date | None = None
    kind: CertificateKind | None = None


@dataclass(frozen=True, slots=True)
class Revoked:
    """How many certificates were named, how many of them this act changed, and from which law day on."""

    certificates: int
    changed: int
    from_day: date


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whose accreditation, from which law day on, and how many periods this act changed."""

    evaluator_code: str
    periods: int
    from_day: date


def _day(given: date | None) -> date:
    today = law_day(datetime.now(UTC))
    if given is not None and given > today:
        message = Bilingual("生效日期不得晚于今日", "The day may not lie in the future")
        raise InputError(message, rule="certificate.day", path=("input", "from"))
    return given or today


def _require_numbers(numbers: Sequence[str]) -> list[str]:
    asked = sorted({number.strip() for number in numbers})
    if not 1 <= len(asked) <= MOST_CERTIFICATES or "" in asked:
        zh, en = (
            f"须给出 1 至 {MOST_CERTIFICATES} 个证书编号",
            f"1 to {MOST_CERTIFICATES} certificate numbers are needed",
        )
        raise InputError(Bilingual(zh, en), rule="certificate.numbers", path=("input", "numbers"))
    return asked


async def _find_all(change: Change, numbers: list[str], kind: CertificateKind | None, day: date) -> list[Record]:
    """The certificates with all of these numbers. Rules: `certificate.unknown`, `certificate.day` before an issue."""
    rows = await fetch(change.connection, "certificate/find_named", numbers, kind, day)
    missing = sorted(set(numbers) - {row["number"] for row in rows})
    if missing:
        named = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        zh = f"辖区内没有这些证书（{len(missing)} 个）：{named}"
        en = f"There are no such certificates in the region ({len(missing)}): {named}"
        raise NotFound(Bilingual(zh, en), rule="certificate.unknown", path=("input", "numbers"))
    early = next((row["number"] for row in rows if day < row["issued_on"]), None)
    if early is not None:
        message = Bilingual(
            f"生效日期早于证书 {early} 的发证日期", f"The day lies before the issue of certificate {early}"
        )
        raise InputError(message, rule="certificate.day", path=("input", "from"))
    return list(rows)


async def revoke_certificates(
    database: Database,
    actor: Actor,
    wanted: Revocation,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> Revoked:
    """Revoke certificates of people of the region from a day on: all that are named or none; again changes nothing.

    For REGULATOR and ADMIN. What was recorded of later days ends with it. Rules: `certificate.numbers`,
    `certificate.unknown`, `certificate.day`, `step.text`.
    """
    require(actor, Role.REGULATOR, Role.ADMIN)
    numbers, day = _require_numbers(wanted.numbers), _day(wanted.from_day)
    reason = hide_citizen_ids(require_text(wanted.reason, "reason"))
    asked = {"numbers": numbers, "kind": wanted.kind, "from": day, "reason": reason}

    async def revoke(change: Change) -> Revoked:
        rows = await _find_all(change, numbers, wanted.kind, day)
        ids = [row["id"] for row in rows if not row["revoked"]]
        await _write_revocation(change, ids, day)
        change.details |= {"ids": ids, "reason": reason}
        return Revoked(len(rows), len(ids), day)

    act = Act("revokeCertificates", asked, idempotency_key, request_id)
    return await act_once(database, actor, act, revoke, lambda answer: Revoked(**_dated(answer)))


async def _write_revocation(change: Change, ids: list[int], day: date) -> None:
    ended = await execute(change.connection, "certificate/end_later_statuses", ids, day)
    await change.reserve_from(ended)
    base = await change.reserve_from(len(ids))
    await execute(change.connection, "certificate/revoke", ids, day, base)


def _dated(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {**answer, "from_day": date.fromisoformat(answer["from_day"])}


async def withdraw_accreditation(
    database: Database,
    actor: Actor,
    evaluator_code: str,
    reason: str,
    from_day: date | None = None,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> Withdrawn:
    """Withdraw an issuer's accreditation from a day on: certificates that it issues from then on do not count.

    For REGULATOR of the issuer's region, and ADMIN; again changes nothing. Rules: `evaluator.unknown`,
    `evaluator.region`, `accreditation.none`, `certificate.day`, `step.text`.
    """
    require(actor, Role.REGULATOR, Role.ADMIN)
    day, told = _day(from_day), hide_citizen_ids(require_text(reason, "reason"))
    asked = {"evaluator": evaluator_code, "from": day, "reason": told}

    async def withdraw(change: Change) -> Withdrawn:
        evaluator_id = await _find_evaluator(change, evaluator_code, day)
        periods = await execute(change.connection, "accreditation/withdraw", evaluator_id, day, told)
        await change.reserve_from(periods)
        change.subject = f"evaluator:{evaluator_code}"
        change.details |= {"reason": told}
        return Withdrawn(evaluator_code, periods, day)

    act = Act("withdrawAccreditation", asked, idempotency_key, request_id)
    return await act_once(database, actor, act, withdraw, lambda answer: Withdrawn(**_dated(answer)))


async def _find_evaluator(change: Change, code: str, day: date) -> int:
    row = await fetch_row(change.connection, "accreditation/find_evaluator", code, day)
    if row is None:
        message = Bilingual("登记簿中没有该评价机构", "There is no such evaluation organisation")
        raise NotFound(message, rule="evaluator.unknown", path=("input", "evaluator"))
    if not row["in_scope"]:
        message = Bilingual(
            "该评价机构不属本机关监管", "The evaluation organisation does not lie in the region acted for"
        )
        raise Forbidden(message, rule="evaluator.region", path=("input", "evaluator"))
    if not row["standing"]:
        message = Bilingual("该机构自该日起没有备案期", "It is not accredited on that day or later")
        raise InputError(message, rule="accreditation.none", path=("input", "from"))
    identifier: int = row["id"]
    return identifier
