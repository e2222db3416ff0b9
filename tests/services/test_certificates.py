"""Certificates revoked and accreditations withdrawn by their authority: at once in the ratings, recorded, only once."""

import json
from datetime import date, timedelta

import pytest
from tests.services.followed import CARERS, bring, carer, fill, rate
from tests.services.importing.conftest import OPERATOR, certificate

from registry.db.pool import Connection as Admin
from registry.db.pool import Database
from registry.domain.access import Role
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.certificates import CertificateKind
from registry.domain.errors import Conflict, Forbidden, InputError, NotFound, RegisterError, Unauthenticated
from registry.services.certificates import (
    Revocation,
    Revoked,
    Withdrawn,
    revoke_certificates,
    withdraw_accreditation,
)
from registry.services.event_runs import follow_changes
from registry.services.verifying import verify

OWN = Actor("key:own", Role.REGULATOR, "own", "220000", "CN/220000")
OTHER = Actor("key:other", Role.REGULATOR, "other", "110000", "CN/110000")
SINCE = date(2024, 1, 1)


def number(holder: int) -> str:
    return str(certificate(holder, holder)["certificate_number"])


@pytest.fixture
async def register(database: Database) -> Database:
    """The small register, rated under the national policy."""
    await fill(database)
    await rate(database, "cn-national")
    return database


async def statuses(admin: Admin, holder: int) -> list[tuple[date, str]]:
    rows = await admin.fetch(
        "SELECT s.effective_from, s.status FROM register.certificate_status AS s"
        " JOIN register.certificate AS c ON c.id = s.certificate_id WHERE c.number = $1 ORDER BY 1",
        number(holder),
    )
    return [(row["effective_from"], row["status"]) for row in rows]


async def ratio(admin: Admin, at: int) -> float:
    found = await admin.fetchval(
        "SELECT certified_ratio FROM register.rating JOIN register.institution AS i ON i.id = institution_id"
        " WHERE i.name LIKE $1",
        f"%{at}号",
    )
    return float(found)


async def test_revoked_certificates_leave_the_ratio_at_the_next_look(register: Database, admin: Admin) -> None:
    before = await ratio(admin, 4)
    named = [number(carer(4, at)) for at in (1, 2)]
    done = await revoke_certificates(register, OWN, Revocation(named, "出借证书", SINCE), idempotency_key="once")
    assert done == Revoked(2, 2, SINCE)
    assert await statuses(admin, carer(4, 1)) == [(SINCE, "REVOKED")]
    followed = await follow_changes(register, OPERATOR)
    assert followed is not None
    assert (followed.institutions, followed.changed) == (1, 1)
    assert await ratio(admin, 4) == pytest.approx(before - 2 / len(CARERS))
    told = await admin.fetchrow("SELECT payload FROM register.audit_event WHERE action = 'revokeCertificates'")
    assert told is not None
    event = json.loads(told["payload"])
    assert event["actor"] == OWN.identity
    assert (event["details"]["changed"], event["details"]["reason"]) == (2, "出借证书")
    assert (await verify(register)).holds


async def test_a_retry_and_a_repetition_change_nothing(register: Database, admin: Admin) -> None:
    wanted = Revocation([number(carer(4, 1))], "出借证书", SINCE)
    first = await revoke_certificates(register, OWN, wanted, idempotency_key="once")
    head = await admin.fetchval("SELECT position FROM register.register_head")
    assert await revoke_certificates(register, OWN, wanted, idempotency_key="once") == first
    assert await revoke_certificates(register, OWN, wanted) == Revoked(1, 0, SINCE)
    assert await admin.fetchval("SELECT position FROM register.register_head") == head
    with pytest.raises(Conflict) as refused:
        await revoke_certificates(register, OWN, Revocation(wanted.numbers, "另一理由"), idempotency_key="once")
    assert refused.value.rule == "idempotency.other-input"


async def test_what_was_recorded_of_later_days_ends_with_a_revocation(register: Database, admin: Admin) -> None:
    holder = carer(4, 1)
    for status, since in (("SUSPENDED", "2023-01-01"), ("VALID", "2024-06-01")):
        row = certificate(holder, holder, status=status, status_from=since)
        await bring(register, "certificates", [row])
    await revoke_certificates(register, OWN, Revocation([number(holder)], "弄虚作假", SINCE))
    assert await statuses(admin, holder) == [(date(2023, 1, 1), "SUSPENDED"), (SINCE, "REVOKED")]
    earlier = date(2023, 1, 1)
    done = await revoke_certificates(register, OWN, Revocation([number(holder)], "自始无效", earlier))
    assert done.changed == 1
    assert await statuses(admin, holder) == [(earlier, "REVOKED")]
    assert (await verify(register)).holds


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (Revocation([], "理由"), "certificate.numbers"),
        (Revocation([" "], "理由"), "certificate.numbers"),
        (Revocation([str(n) for n in range(1001)], "理由"), "certificate.numbers"),
        (Revocation([number(carer(4, 1)), "UNKNOWN"], "理由"), "certificate.unknown"),
        (Revocation([number(carer(4, 1))], "理由", kind=CertificateKind.FIRST_AID), "certificate.unknown"),
        (Revocation([number(carer(4, 1))], "理由", date(2021, 2, 28)), "certificate.day"),
        (Revocation([number(carer(4, 1))], "理由", date(2999, 1, 1)), "certificate.day"),
        (Revocation([number(carer(4, 1))], "  "), "step.text"),
    ],
)
async def test_a_mistake_revokes_nothing(register: Database, admin: Admin, wanted: Revocation, rule: str) -> None:
    with pytest.raises((InputError, NotFound)) as refused:
        await revoke_certificates(register, OWN, wanted)
    assert refused.value.rule == rule
    assert await admin.fetchval("SELECT count(*) FROM register.certificate_status") == 0


async def test_an_authority_reaches_its_region_alone(register: Database, admin: Admin) -> None:
    with pytest.raises(NotFound):
        await revoke_certificates(register, OTHER, Revocation([number(carer(4, 1))], "理由"))
    with pytest.raises(Forbidden) as refused:
        await withdraw_accreditation(register, OTHER, "E2", "理由")
    assert refused.value.rule == "evaluator.region"
    kinds: tuple[tuple[Actor, type[RegisterError]], ...] = (
        (ANONYMOUS, Unauthenticated),
        (Actor("key:a", Role.AUDITOR, scope="ALL"), Forbidden),
        (Actor("key:i", Role.INSTITUTION, institution_code="x"), Forbidden),
    )
    for actor, kind in kinds:
        with pytest.raises(kind):
            await revoke_certificates(register, actor, Revocation([number(carer(4, 1))], "理由"))
        with pytest.raises(kind):
            await withdraw_accreditation(register, actor, "E2", "理由")
    assert await admin.fetchval("SELECT count(*) FROM register.certificate_status") == 0


async def test_a_withdrawn_issuers_certificates_do_not_count(register: Database, admin: Admin) -> None:
    before = await ratio(admin, 6)
    since = date(2020, 6, 1)
    done = await withdraw_accreditation(register, OWN, "E2", "买卖证书", since, idempotency_key="once")
    assert done == Withdrawn("E2", 1, since)
    assert await withdraw_accreditation(register, OWN, "E2", "买卖证书", since, idempotency_key="once") == done
    later = since + timedelta(days=1)
    assert (await withdraw_accreditation(register, OWN, "E2", "买卖证书", later)).periods == 0
    followed = await follow_changes(register, OPERATOR)
    assert followed is not None
    assert followed.institutions == 1
    assert await ratio(admin, 6) < before
    assert (await verify(register)).holds


@pytest.mark.parametrize(
    ("code", "from_day", "rule"),
    [
        ("NONE", None, "evaluator.unknown"),
        ("E2", date(2999, 1, 1), "certificate.day"),
    ],
)
async def test_an_unknown_issuer_or_day_is_refused(
    register: Database, code: str, from_day: date | None, rule: str
) -> None:
    with pytest.raises((InputError, NotFound)) as refused:
        await withdraw_accreditation(register, OWN, code, "理由", from_day)
    assert refused.value.rule == rule


async def test_an_issuer_that_was_accredited_before_alone_cannot_be_withdrawn(register: Database, admin: Admin) -> None:
    async with admin.transaction():
        await admin.execute("SET LOCAL session_replication_role = replica")
        past = "daterange('2010-01-01', '2015-01-01')"
        await admin.execute(f"UPDATE register.accreditation SET accredited = {past}")
    last = date(2014, 12, 31)
    with pytest.raises(InputError) as refused:
        await withdraw_accreditation(register, OWN, "E2", "理由", last + timedelta(days=1))
    assert refused.value.rule == "accreditation.none"
    assert (await withdraw_accreditation(register, OWN, "E2", "理由", last)).periods == 1
