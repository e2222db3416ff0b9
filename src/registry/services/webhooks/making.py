"""Webhooks are made for API keys, and listed."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from registry.db.pool import Database, Record, execute, fetch, fetch_row, fetch_value
from registry.domain.access import STAFF_ROLES, Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, Conflict, Forbidden, InputError
from registry.domain.reachable import Reach, check_url
from registry.domain.webhooks import (
    END_OF_SET,
    Place,
    SecretSeal,
    mint_secret,
    mint_secret_again,
    write_secret,
)
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.transactions import Work, acting

MOST_OF_A_KEY = 20
MOST_CODES = 1_000
LONGEST_CODE = 100
OWNERS = tuple(role for role in Role if role is not Role.PUBLIC)


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """What to tell whom: changes of these codes, or of things in this region, of these kinds; without any: all.

    `position` is where the telling begins, after that change set; now if not given.
    """

    url: str
    alert_url: str | None = None
    codes: tuple[str, ...] | None = None
    region_code: str | None = None
    kinds: tuple[str, ...] | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """What makes the secrets of webhooks: SECRET_KEY, and where webhooks may lead."""

    secret_key: bytes = field(repr=False)
    reach: Reach

    def mint(self, actor: Actor, idempotency_key: str | None) -> bytes:
        """Return a new secret; of a retry the same again."""
        if idempotency_key is None:
            return mint_secret()
        return mint_secret_again(self.secret_key, actor.identity, idempotency_key)


@dataclass(frozen=True, slots=True)
class ShownSecret:
    """A webhook and its secret, which is shown this once."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookInfo:
    """A webhook as lists show it, without its secret."""

    id: str
    owner: str
    url: str
    alert_url: str | None
    codes: list[str] | None
    kinds: list[str] | None
    region_code: str | None
    state: str
    disabled_at: datetime | None
    disabled_for: str | None
    position: int
    failures: int
    failing_since: datetime | None
    fault: str | None
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    created_at: datetime


def _mistake(name: str, rule: str, zh: str, en: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=("input", name))


def _check_shape(wanted: NewWebhook, reach: Reach) -> None:
    check_url(wanted.url, reach)
    if wanted.alert_url is not None:
        check_url(wanted.alert_url, reach, "alertUrl")
    codes = wanted.codes
    if codes is not None and not 1 <= len(codes) <= MOST_CODES:
        zh, en = f"代码须为 1 至 {MOST_CODES} 个", f"A webhook watches 1 to {MOST_CODES} codes"
        raise _mistake("codes", "webhook.codes", zh, en)
    if codes is not None and not all(1 <= len(code) <= LONGEST_CODE for code in codes):
        raise _mistake("codes", "webhook.codes", "代码过长或为空", "A code is empty or too long")
    if codes is not None and wanted.region_code is not None:
        zh, en = "代码与地区只能选其一", "A webhook watches codes or a region, not both"
        raise _mistake("region", "webhook.codes", zh, en)
    if wanted.kinds is not None and not wanted.kinds:
        raise _mistake("kinds", "webhook.kinds", "变更类型不得为空", "Kinds are left out, or at least one")


async def _check_references(work: Work, wanted: NewWebhook, role: Role) -> None:
    region = wanted.region_code
    if region is not None and not await fetch_value(work.connection, "access/region_exists", region):
        raise _mistake("region", "region.unknown", f"未知的行政区划代码 {region}", f"Unknown region code {region}")
    disclosed = {row["kind"]: row["disclosed"] for row in await fetch(work.connection, "webhook/kinds")}
    for kind in wanted.kinds or ():
        if kind not in disclosed:
            shown = ", ".join(sorted(disclosed))
            raise _mistake("kinds", "webhook.kinds", f"变更类型须为：{shown}", f"Kinds are: {shown}")
        if not disclosed[kind] and role not in STAFF_ROLES:
            message = Bilingual("该类变更仅限监管部门查询", "Changes of this kind are for regulators")
            raise Forbidden(message, rule="changes.kind", path=("input", "kinds"))


async def begin_at(work: Work, position: int | None) -> Place:
    """Return the place after a change set, or after the newest. Rule: `webhook.position`."""
    head: int = await fetch_value(work.connection, "change/read_position")
    if position is not None and not 0 <= position <= head:
        zh, en = f"登记位置须为 0 至 {head}", f"A position lies between 0 and {head}"
        raise _mistake("position", "webhook.position", zh, en)
    return (head if position is None else position), END_OF_SET


async def _lock_owner(work: Work, key_id: int | None) -> Record:
    """Return the key that a webhook is to belong to; until commit no other webhook of it is made."""
    row = None if key_id is None else await fetch_row(work.connection, "webhook/lock_key", key_id)
    if row is None or not row["valid"]:
        zh, en = "推送须属于一个有效的密钥", "A webhook belongs to an API key that is valid; make one"
        raise Forbidden(Bilingual(zh, en), rule="webhook.key")
    if await fetch_value(work.connection, "webhook/count", key_id) >= MOST_OF_A_KEY:
        zh, en = f"一个密钥至多 {MOST_OF_A_KEY} 个推送", f"A key has at most {MOST_OF_A_KEY} webhooks"
        raise Conflict(Bilingual(zh, en), rule="webhook.too-many")
    return row


async def create_webhook(
    database: Database,
    keyed: Keyed,
    actor: Actor,
    wanted: NewWebhook,
    *,
    key_id: int | None = None,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> ShownSecret:
    """Make a webhook of the actor's key, by ADMIN of any; a retry is shown the same secret again."""
    require(actor, *((Role.ADMIN,) if key_id is not None else OWNERS))
    _check_shape(wanted, keyed.reach)
    secret, given = keyed.mint(actor, idempotency_key), {**asdict(wanted), "key": key_id}
    async with acting(database, actor, request_id=request_id) as work:
        earlier = await find_answer(work, idempotency_key, "createWebhook", given)
        if earlier is not None:
            return ShownSecret(earlier["id"], write_secret(secret))
        key = await _lock_owner(work, actor.key_id if key_id is None else key_id)
        await _check_references(work, wanted, Role(key["role"]))
        number, place = uuid4(), await begin_at(work, wanted.position)
        sealed = SecretSeal(keyed.secret_key).seal(secret, number)
        watched = _listed(wanted.codes), _listed(wanted.kinds), wanted.region_code
        addresses = wanted.url, wanted.alert_url
        await execute(work.connection, "webhook/add", number, key["id"], *addresses, *watched, sealed, *place)
        await fetch_value(work.connection, "webhook/wake")
        await remember_answer(work, idempotency_key, "createWebhook", given, {"id": str(number)})
        told = {**asdict(replace(wanted, position=place[0])), "key": key["id"]}
        work.record = "webhook", "id", str(number)
        await work.audit("createWebhook", f"webhook:{number}", told)
    return ShownSecret(str(number), write_secret(secret))


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(dict.fromkeys(values))


async def list_webhooks(database: Database, actor: Actor) -> list[WebhookInfo]:
    """Return the webhooks of the actor's key, of ADMIN and AUDITOR all, the oldest first."""
    require(actor, *OWNERS)
    async with acting(database, actor, readonly=True) as work:
        rows = await fetch(work.connection, "webhook/list")
    return [WebhookInfo(**{**row, "id": str(row["id"])}) for row in rows]
