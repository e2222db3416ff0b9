"""Verification: does the register still say what was recorded, all of it, in the order in which it was recorded?"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from registry.db.pool import Connection, Database, Record, fetch_row, fetch_value
from registry.db.statements import statement
from registry.domain.actors import operator
from registry.domain.errors import Bilingual
from registry.services.checkpoint_claims import Claims, read_claims
from registry.services.transactions import acting
from scoring import PolicyInvalid, load_policy

KEPT_PER_CHECK = 100
FETCHED_AT_ONCE = 1_000
FIRST_PREVIOUS_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that does not hold: the rule it breaks, what breaks it, and how."""

    rule: str
    subject: str
    text: Bilingual


@dataclass(slots=True)
class Check:
    """One invariant: how many rows were examined, how many violate it, and the first KEPT_PER_CHECK of those."""

    name: str
    examined: int = 0
    violations: int = 0
    kept: list[Violation] = field(default_factory=list)

    def violate(self, rule: str, subject: str, zh: str, en: str) -> None:
        """Note a violation."""
        self.violations += 1
        if len(self.kept) < KEPT_PER_CHECK:
            self.kept.append(Violation(rule, subject, Bilingual(zh, en)))


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What verification found, at the register position that it read."""

    position: int
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """True when nothing is violated."""
        return not any(check.violations for check in self.checks)

    @property
    def violations(self) -> list[Violation]:
        """The violations kept, check by check."""
        return [violation for check in self.checks for violation in check.kept]

    def as_data(self) -> dict[str, object]:
        """Return the report for JSON."""
        return {
            "holds": self.holds,
            "position": self.position,
            "checks": [{"check": c.name, "examined": c.examined, "violations": c.violations} for c in self.checks],
            "violations": self.violations,
        }


async def _rows(connection: Connection, name: str) -> AsyncIterator[Record]:
    async for row in connection.cursor(statement(name), prefetch=FETCHED_AT_ONCE):
        yield row


async def check_audit_chain(connection: Connection, head: Record, claims: Claims) -> Check:
    """Recompute every hash in order, so that a changed, removed, added or moved event shows; report the first break."""
    check = Check("audit-chain")
    sequence, previous = 0, FIRST_PREVIOUS_HASH
    async for row in _rows(connection, "verify/audit_events"):
        check.examined += 1
        rule = _broken_rule(row, sequence + 1, previous)
        if rule is not None:
            zh, en = f"审计链自事件 {row['sequence']} 起断裂", f"the audit chain breaks at event {row['sequence']}"
            check.violate(rule, f"audit event {row['sequence']}", zh, en)
            return check
        sequence, previous = row["sequence"], row["hash"]
        claims.hold_against(sequence, previous)
    if (sequence, previous) != (head["sequence"], head["hash"]):
        zh = f"审计链止于事件 {sequence}，而链头记载 {head['sequence']}"
        en = f"the audit chain ends at event {sequence}, its head states {head['sequence']}"
        check.violate("audit.tail", f"audit event {sequence}", zh, en)
    return check


def _broken_rule(row: Record, expected: int, previous: bytes) -> str | None:
    if row["sequence"] != expected:
        return "audit.missing"
    if row["previous_hash"] != previous:
        return "audit.order"
    if hashlib.sha256(previous + row["payload"].encode()).digest() != row["hash"]:
        return "audit.changed"
    return None if row["payload"].startswith(f'{{"sequence" : {expected}, ') else "audit.order"


def _check_checkpoints(claims: Claims, chain: Check) -> Check:
    """Hold what was signed against the chain: a chain that is whole in itself may have been cut off or written anew."""
    check = Check("checkpoints", claims.examined)
    for where, error in claims.refused:
        check.violate("checkpoint.signature", where, error.message.zh, error.message.en)
    for claim in claims.differing:
        zh, en = f"事件 {claim.sequence} 与检查点不符", f"event {claim.sequence} is not what the checkpoint signed"
        check.violate("checkpoint.differs", claim.where, zh, en)
    for claim in () if chain.violations else claims.beyond():
        zh, en = f"检查点所述事件 {claim.sequence} 已不存在", f"event {claim.sequence}, which it signed, is gone"
        check.violate("checkpoint.truncated", claim.where, zh, en)
    return check


_TOLD = {
    "change-set.gap": ("登记位置不连续", "positions have a gap"),
    "change-set.time": ("登记时间未递增", "recorded time does not rise"),
    "change-set.ordinals": ("变更集内序号不完整", "ordinals are not complete"),
    "change-set.altered": (
        "变更集的版本与审计事件所载摘要不符",
        "versions of a change set are not those that were digested",
    ),
    "change-set.audit": ("变更集与审计事件不符", "a change set is not told by exactly one audit event"),
    "erasure.incomplete": ("已删除人员的个人信息仍有残留", "something of an erased person still stands"),
    "erasure.unrecorded": ("人员信息缺失而无删除记录", "a person is without a number and no erasure tells why"),
    "run.output": ("评定结果摘要与审计事件不符", "the output digest of a run is not the one its audit event tells"),
    "run.distribution": ("评定分布与审计事件不符", "the distribution of a run is not the one its audit event tells"),
    "statement.differs": ("证明与审计事件不符", "a statement is not what its audit event tells of"),
    "statement.gone": ("审计事件所述证明已不存在", "a statement that was issued is gone"),
    "listing.differs": (
        "名单检索用记录与名单或机构不符",
        "whom an entry is on differs from the entry or the institution",
    ),
    "standing.differs": ("检索用记录与机构或评级不符", "what is searched differs from the institution or its rating"),
    "version.unknown-change": ("版本的变更集不存在", "the change set of a version does not exist"),
    "version.unknown-end": ("结束版本的变更集不存在", "the change set that ended a version does not exist"),
    "version.ended-before-begun": ("版本结束不晚于开始", "a version ended before it began"),
    "version.two-current": ("同一实体有两个现行版本", "an entity has two current versions"),
    "version.overlap": ("同一实体的版本重叠", "versions of an entity overlap"),
    "version.gap": ("同一实体的版本之间有空缺", "versions of an entity leave a gap"),
    "entity.doubled": ("同一主键有多个现行记录", "several current rows have one key"),
    "reference.orphan": ("引用的记录不存在", "a row points at one that does not exist"),
    "reference.region": ("引用的行政区划不存在", "a row names an unknown region"),
}


_AUDITED = ("verify/audited", "verify/run_outputs", "verify/run_distributions")
_DIGESTED = "verify/altered"
_REFERENCES = ("verify/references", "verify/region_references", "verify/statements_of_sources")


async def _check_statement(connection: Connection, check_name: str, examined: int, *names: str) -> Check:
    """Note every row that statements of violations give: rule, subject, detail."""
    check = Check(check_name, examined)
    for name in names:
        async for row in _rows(connection, name):
            zh, en = _TOLD[row["rule"]]
            check.violate(row["rule"], row["subject"], f"{zh}：{row['detail']}", f"{en}: {row['detail']}")
    return check


async def _check_change_sets(connection: Connection, head: Record) -> Check:
    count = await fetch_row(connection, "verify/change_set_count")
    assert count is not None  # noqa: S101 - an aggregate returns one row
    check = await _check_statement(connection, "change-sets", count["change_sets"], "verify/change_sets")
    newest_at = count["recorded_at"] if count["change_sets"] else head["recorded_at"]
    if (count["newest"], newest_at) != (head["position"], head["recorded_at"]):
        zh = f"最新变更集为 {count['newest']}，而登记头记载 {head['position']}"
        en = f"the newest change set is {count['newest']}, the register's head states {head['position']}"
        check.violate("change-set.head", f"change set {count['newest']}", zh, en)
    return check


async def _check_policies(connection: Connection) -> Check:
    """Read every policy again: its document, canonical form and SHA-256 belong together."""
    check = Check("policies")
    async for row in _rows(connection, "verify/policies"):
        check.examined += 1
        canonical = row["canonical"].encode()
        if hashlib.sha256(canonical).digest() != row["sha256"] or not _says(row["document"], canonical):
            zh, en = "政策文件与其摘要不符", "the document is not what its digest was taken of"
            check.violate("policy.digest", f"policy {row['code']}@{row['version']}", zh, en)
    return check


def _says(document: str, canonical: bytes) -> bool:
    try:
        return load_policy(document.encode()).canonical == canonical
    except PolicyInvalid:
        return False


async def verify(database: Database, shipped: bytes = b"") -> VerificationReport:
    """Check the whole register at one instant, while others go on writing; time grows with its size.

    `shipped` is a file of checkpoints that was kept elsewhere; the chain must hold everything that they signed.
    """
    async with acting(database, operator("verify"), isolation="repeatable_read", readonly=True) as work:
        connection = work.connection
        head = await fetch_row(connection, "verify/heads")
        assert head is not None  # noqa: S101 - both heads are one row
        versions = await fetch_value(connection, "verify/extent")
        erased = await fetch_value(connection, "verify/erasure_count")
        standing = await fetch_value(connection, "verify/standing_count")
        statements = await fetch_value(connection, "verify/statement_count")
        sets = await _check_change_sets(connection, head)
        claims = await read_claims(connection, shipped)
        chain = await check_audit_chain(connection, head, claims)
        checks = (
            chain,
            _check_checkpoints(claims, chain),
            sets,
            await _check_statement(connection, "ordinals", sets.examined, "verify/ordinals"),
            await _check_statement(connection, "history", versions, "verify/versions", "verify/duplicates"),
            await _check_statement(connection, "references", versions, *_REFERENCES),
            await _check_statement(connection, "audited", sets.examined, *_AUDITED),
            await _check_statement(connection, "digests", sets.examined, _DIGESTED),
            await _check_statement(connection, "statements", statements, "verify/statements"),
            await _check_policies(connection),
            await _check_statement(connection, "erasures", erased, "verify/erasures"),
            await _check_statement(connection, "standing", standing, "verify/standing"),
        )
    return VerificationReport(head["position"], checks)
