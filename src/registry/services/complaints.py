"""Complaints: taken from everybody within limits, told to the authority of the region as a flag, kept for a term.

Legal source: 信访工作条例; 个人信息保护法 art. 19, 47 and 51 for what is kept of a complainant.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

from registry.db.pool import Database, execute, fetch, fetch_row
from registry.domain.access import Role
from registry.domain.actors import EVERYTHING, Actor
from registry.domain.addresses import counted_address
from registry.domain.complaints import LONGEST_ACCOUNT, LONGEST_CONTACT, SHORTEST_ACCOUNT
from registry.domain.errors import Bilingual, InputError, NotFound, RateLimited
from registry.domain.flags import COMPLAINT_RECEIVED
from registry.domain.identifiers import hide_citizen_ids
from registry.domain.personal import PersonalKeys
from registry.services.credit.acts import require_text
from registry.services.flags.judging import raise_one
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.personal_keys import claim_key, hold_keys
from registry.services.transactions import Change, ChangeKind, acting, publishing

_RECEIPT_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RECEIPT_LENGTH = 24
"""Of 32 letters each: 120 bits, which nobody guesses."""


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complains and how to reach them; the text of this shows neither."""

    name: str = field(repr=False)
    contact: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """What happened at an institution; without a complainant it is anonymous."""

    institution_code: str
    account: str = field(repr=False)
    complainant: Complainant | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a complaint comes from: the client's address, and the secret under which it is hashed."""

    address: str | None = field(repr=False)
    secret: bytes = field(repr=False)

    @property
    def hashed(self) -> bytes:
        """The keyed hash (32 bytes) by which limits count."""
        return hmac.digest(self.secret, b"complaint " + counted_address(self.address).encode(), hashlib.sha256)


async def file_complaint(
    database: Database,
    actor: Actor,
    keys: Callable[[], PersonalKeys],
    wanted: NewComplaint,
    sender: Sender,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> str:
    """Take a complaint from anybody, raise its flag, and return the receipt by which its state can be asked.

    `keys` is asked only where there is a complainant to seal. Rules: `complaint.account`, `complaint.contact`,
    `institution.unknown`, `complaint.limit` (RateLimited), `flag.rule`, `idempotency.*`, `personal-key.*`.
    """
    told = _sound(wanted)
    given = {**asdict(told), "address": sender.hashed.hex()}
    # Whoever complains sees no region; the act itself writes in the one where the institution lies.
    reaching = replace(actor, scope=EVERYTHING, institution_code=None)
    action = "fileComplaint"
    async with publishing(
        database, reaching, ChangeKind.DECISION, action, action=action, request_id=request_id
    ) as change:
        earlier = await find_answer(change, idempotency_key, action, given)
        if earlier is not None:
            change.nothing_done = True
            return str(earlier["receipt"])
        receipt = await _take(change, keys, told, sender)
        await remember_answer(change, idempotency_key, action, given, {"receipt": receipt})
    return receipt


async def _take(change: Change, keys: Callable[[], PersonalKeys], told: NewComplaint, sender: Sender) -> str:
    hashed = sender.hashed
    await _keep_to_limits(change, told.institution_code, hashed)
    receipt = "".join(secrets.choice(_RECEIPT_LETTERS) for _ in range(_RECEIPT_LENGTH))
    sealed = None if told.complainant is None else await _seal(change, keys(), told.complainant, receipt)
    flag_id = await raise_one(
        change, COMPLAINT_RECEIVED, told.institution_code, f"complaint:{receipt}", {"complaint": receipt}
    )
    await execute(change.connection, "complaint/add", receipt, flag_id, told.account, sealed, hashed)
    change.subject = f"flag:{flag_id}"
    change.details |= {"flag_id": flag_id, "anonymous": sealed is None}
    return receipt


async def _keep_to_limits(change: Change, institution_code: str, hashed: bytes) -> None:
    """Raise RateLimited where a limit of today is reached; until commit nobody else counts for the same."""
    home = await fetch_row(change.connection, "flag/find_institution", institution_code)
    if home is None:
        message = Bilingual("登记簿中没有该机构", "There is no such institution")
        raise NotFound(message, rule="institution.unknown", path=("input", "institution"))
    await execute(change.connection, "complaint/lock", f"address {hashed.hex()}")
    await execute(change.connection, "complaint/lock", f"institution {home['id']}")
    for limit in await fetch(change.connection, "complaint/count", hashed, home["id"]):
        if limit["taken"] >= limit["most"]:
            hours = -(-limit["within_seconds"] // 3600)
            zh = f"举报过于频繁（每 {hours} 小时至多 {limit['most']} 件），请稍后再试"
            en = f"At most {limit['most']} complaints are taken in {hours} hours; try again later"
            raise RateLimited(Bilingual(zh, en), rule="complaint.limit")


async def _seal(change: Change, keys: PersonalKeys, complainant: Complainant, receipt: str) -> bytes:
    await claim_key(change.connection, keys)
    held = await hold_keys(change.connection, keys)
    return held.seal_text(json.dumps(asdict(complainant), ensure_ascii=False), receipt.encode())


def _sound(wanted: NewComplaint) -> NewComplaint:
    account = hide_citizen_ids(wanted.account.strip())
    if not SHORTEST_ACCOUNT <= len(account) <= LONGEST_ACCOUNT:
        zh = f"情况说明须为 {SHORTEST_ACCOUNT} 至 {LONGEST_ACCOUNT} 个字符"
        en = f"An account of {SHORTEST_ACCOUNT} to {LONGEST_ACCOUNT} characters is needed"
        raise InputError(Bilingual(zh, en), rule="complaint.account", path=("input", "account"))
    complainant = None if wanted.complainant is None else _reachable(wanted.complainant)
    return NewComplaint(wanted.institution_code, account, complainant)


def _reachable(given: Complainant) -> Complainant:
    sound = Complainant(given.name.strip(), given.contact.strip())
    for name, text in (("name", sound.name), ("contact", sound.contact)):
        if not 1 <= len(text) <= LONGEST_CONTACT or hide_citizen_ids(text) != text:
            zh = f"须为 1 至 {LONGEST_CONTACT} 个字符，且不得含公民身份号码"
            en = f"A text of 1 to {LONGEST_CONTACT} characters without a citizen number is needed"
            raise InputError(Bilingual(zh, en), rule="complaint.contact", path=("input", "complainant", name))
    return sound


async def reveal_complainant(
    database: Database,
    actor: Actor,
    keys: PersonalKeys,
    complaint_id: int,
    reason: str,
    *,
    request_id: str | None = None,
) -> Complainant | None:
    """Tell who complained, None where nobody is named or any more, and record who was told and why.

    For REGULATOR. Rules: `step.text`, `complaint.unknown` also for those of other regions, `personal-key.*`.
    """
    require(actor, Role.REGULATOR)
    why = hide_citizen_ids(require_text(reason, "reason"))
    async with acting(database, actor, request_id=request_id) as work:
        held = await hold_keys(work.connection, keys)
        row = await fetch_row(work.connection, "complaint/find_sealed", complaint_id)
        if row is None:
            message = Bilingual("没有这样的举报", "There is no such complaint")
            raise NotFound(message, rule="complaint.unknown", path=("input", "complaint"))
        opened = None if row["complainant"] is None else held.open_text(row["complainant"], row["receipt"].encode())
        await work.look_at(("complaint", "id", str(complaint_id)))
        await work.audit("revealComplainant", f"complaint:{complaint_id}", {"reason": why})
    return None if opened is None else Complainant(**json.loads(opened))
