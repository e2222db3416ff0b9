"""Rating policies: checked, added once, never changed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from registry.db.pool import Database, fetch, fetch_row, fetch_value
from registry.domain.access import Role
from registry.domain.actors import Actor
from registry.domain.errors import Bilingual, InputError, NotFound
from registry.domain.institutions import InstitutionKind
from registry.services.idempotency import find_answer, remember_answer
from registry.services.permissions import require
from registry.services.roster_inputs import CERTIFICATE_KINDS
from registry.services.scoring_inputs import LEVELS
from registry.services.transactions import Change, ChangeKind, publishing
from scoring import Policy, PolicyInvalid, Problem, Words, load_policy, policy_schema, shipped_policies
from scoring.policy.lines import with_lines
from scoring.policy.problems import problem

WORDS = Words(
    kinds=tuple(kind.value for kind in InstitutionKind),
    levels=(*(level.lower() for level in LEVELS), "kind"),
    certificates=CERTIFICATE_KINDS,
)
"""What every register calls things."""

PolicyProblem = Problem
"""One mistake of a document, as the scoring core tells it."""


class PolicyRejected(InputError):
    """A policy document with mistakes; `problems` holds every one with its place in the document and its remedy."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        zh_place, en_place = (f" {first.path}", f" at {first.path}") if first.path else ("", "")
        zh = f"政策文件有 {len(problems)} 处错误；第一处{zh_place}：{first.zh}"
        en = f"The policy has {len(problems)} mistake(s); the first{en_place}: {first.en}"
        path = ("input", "document", *filter(None, (first.path,)))
        super().__init__(Bilingual(zh, en), rule=f"policy.{first.rule}", path=path)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy in the register."""

    id: int
    code: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """A policy as lists show it."""

    id: int
    code: str
    version: str
    sha256: str
    title_zh: str
    title_en: str
    region_code: str
    legal_basis: str
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy with its document."""

    id: int
    code: str
    version: str
    sha256: str
    document: str


def check_policy(text: str, occupations: Sequence[str] = ()) -> Policy:
    """Return the policy that a document describes, or raise PolicyRejected with all its mistakes.

    `occupations` are those of the register; without them their names go unchecked.
    """
    try:
        return load_policy(text.encode(), replace(WORDS, occupations=tuple(occupations)))
    except PolicyInvalid as invalid:
        raise PolicyRejected(invalid.problems) from invalid


def document_schema() -> dict[str, object]:
    """Return the JSON Schema of policy documents."""
    return policy_schema()


def shipped_documents() -> dict[str, str]:
    """Return the policy documents that come with the product, by file name without suffix."""
    return {name: content.decode() for name, content in shipped_policies().items()}


async def _insert(change: Change, policy: Policy, text: str) -> StoredPolicy:
    if not await fetch_value(change.connection, "access/region_exists", policy.governs.region):
        mistake = problem("governs.region", "unknown-region", found=policy.governs.region)
        raise PolicyRejected(with_lines(text, (mistake,)))
    check_policy(text, await fetch_value(change.connection, "run/read_occupations"))
    base = await change.reserve_from(1)
    number = await fetch_value(
        change.connection,
        "policy/add",
        policy.code,
        policy.version,
        bytes.fromhex(policy.sha256),
        text,
        policy.canonical.decode(),
        policy.title.zh,
        policy.title.en,
        policy.governs.region,
        "；".join(policy.legal_basis),
        policy.effective_from,
        policy.effective_to,
        policy.decimals,
        len(policy.grades),
        [indicator.code for indicator in policy.indicators],
        change.change_id,
        base + 1,
    )
    return StoredPolicy(number, policy.code, policy.version, policy.sha256)


async def add_policy(
    database: Database,
    actor: Actor,
    text: str,
    *,
    idempotency_key: str | None = None,
    request_id: str | None = None,
) -> StoredPolicy:
    """Add a policy version; the same code and version, or the same content, is a conflict."""
    require(actor, Role.ADMIN)
    policy = check_policy(text)
    wanted = {"sha256": policy.sha256}
    async with publishing(
        database,
        actor,
        ChangeKind.POLICY,
        f"{policy.code}@{policy.version}",
        action="addRatingPolicy",
        request_id=request_id,
    ) as change:
        change.subject = f"policy:{policy.code}@{policy.version}"
        earlier = await find_answer(change, idempotency_key, "addRatingPolicy", wanted)
        if earlier is not None:
            change.nothing_done = True
            return StoredPolicy(**earlier)
        stored = await _insert(change, policy, text)
        await remember_answer(change, idempotency_key, "addRatingPolicy", wanted, asdict(stored))
        change.details.update(asdict(stored))
    return stored


async def list_policies(database: Database) -> list[PolicyInfo]:
    """Return all policy versions, by code and first day in force."""
    async with database.staff.acquire() as connection:
        return [PolicyInfo(*row) for row in await fetch(connection, "policy/list")]


async def show_policy(database: Database, code: str, version: str | None = None) -> PolicyText:
    """Return one version of a policy, the newest where none is named."""
    async with database.staff.acquire() as connection:
        row = await fetch_row(connection, "policy/show", code, version)
    if row is None:
        raise unknown_policy(code if version is None else f"{code}@{version}")
    return PolicyText(*row)


def unknown_policy(name: str) -> NotFound:
    """Return the failure of a name, `CODE` or `CODE@VERSION`, that no policy has. Rule: `policy.unknown`."""
    return NotFound(Bilingual(f"没有政策 {name}", f"There is no policy {name}"), rule="policy.unknown")
