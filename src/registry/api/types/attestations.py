"""What the register says to whoever holds a statement: whether it is its own, and what it says.

Nothing of a person is told: who asked is told by role alone. Of entries on credit lists it tells what their reasons
say, the list and the code of the ground.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

import strawberry

from registry.api.context import OperationContext, write_instant
from registry.api.planner.compile import Compiler, Selected
from registry.api.planner.declare import Element
from registry.api.planner.rows import Row
from registry.api.planner.sql import storable
from registry.api.scalars import Long
from registry.api.types.terms import Role, StatementFault, Verdict, VerdictReason
from registry.api.types.traces import as_is, each, inside, told
from registry.domain.attestation import text_of_fault
from registry.domain.errors import Bilingual, InputError
from registry.domain.signing import ALGORITHM
from registry.services.attestation import Attested, attest_digest, attest_text


@dataclass(frozen=True, slots=True)
class Attestation:
    """The verification of what the arguments give, worked out before the statement is asked."""

    def compile(self, compiler: Compiler, row: Row, selected: Selected) -> str:
        """Return a scalar subquery over it. Rule: `statement.one-of-two`."""
        given = compiler.arguments(selected)
        jws, sha256 = given.get("jws"), given.get("sha256")
        if (jws is None) == (sha256 is None):
            message = Bilingual("请给出 jws 或 sha256 之一", "Give one of jws and sha256")
            raise InputError(message, rule="statement.one-of-two", path=("jws",))
        operation = cast("OperationContext", compiler.executor.context_value)
        mark = compiler.promise(lambda *_: _attested(operation, jws, sha256), "jsonb")
        compiler.kept = False
        inner = compiler.new_row(row)
        value = Element().compile(compiler, inner, selected)
        return f"(SELECT {value} {inner.from_clause(f'(SELECT {mark} AS entry) AS {inner.alias}')})"


async def _attested(operation: OperationContext, jws: str | None, sha256: str | None) -> str:
    database = operation.api.database
    found = await (attest_text(database, jws) if jws is not None else attest_digest(database, sha256 or ""))
    return str(storable(json.dumps(as_entry(found), ensure_ascii=False).replace("\\u0000", "�")))


def as_entry(found: Attested) -> dict[str, Any]:
    """Return a verification as the one JSON object that the fields below read."""
    texts = ((fault, text_of_fault(fault)) for fault in found.faults)
    return {
        "holds": not found.faults,
        "sha256": found.sha256,
        "algorithm": ALGORITHM if found.key_id else None,
        "keyId": found.key_id,
        "keyUsedSince": found.key_used_since and write_instant(found.key_used_since),
        "recordedEvent": found.told,
        "faults": [{"code": fault, "textZh": text.zh, "textEn": text.en} for fault, text in texts],
        "says": found.content and _says(found.content),
    }


def _says(content: Mapping[str, Any]) -> dict[str, Any]:
    check = content["check"]
    alike = {name: check[name] for name in ("lawDay", "position", "recordedAt", "showsAllEntries", "criteria")}
    return {
        **alike,
        "id": content["id"],
        "issuedAt": write_instant(datetime.fromisoformat(content["issuedAt"])),
        "askerRole": content["asker"]["role"],
        "asOf": content["asked"]["asOf"],
        "reachedEvent": content["auditChain"]["sequence"],
        "reachedHash": content["auditChain"]["hash"],
        "answers": [_answer(answer) for answer in check["answers"]],
    }


def _answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    institution, grade, rating = (answer[name] or {} for name in ("institution", "assessedGrade", "rating"))
    named = institution or answer["organisation"] or {}
    alike = {name: answer[name] for name in ("code", "verdict", "certifiedRatio")}
    return {
        **alike,
        "name": named.get("name"),
        "grade": grade.get("grade"),
        "gradeValidTo": grade.get("validTo"),
        "stars": rating.get("stars"),
        "score": rating.get("score"),
        "policy": "{code}@{version}".format_map(rating["policy"]) if rating else None,
        "reasons": answer["reasons"],
    }


@strawberry.type(description="What does not hold of a statement. 核验发现的问题")
class StatementFinding:
    """One fault."""

    code: StatementFault = told("code", "Which. 问题代码")
    text_zh: str = told("textZh", "In Chinese. 中文说明")
    text_en: str = told("textEn", "In English. 英文说明")


@strawberry.type(description="The criteria that a statement was checked against. 证明所载核查条件")
class StatedCriteria:
    """As AppliedCriteria."""

    min_stars: int | None = as_is("minStars", "Least stars. 最低星级")
    min_assessed_grade: int | None = as_is("minAssessedGrade", "Least assessed grade. 最低评定等级")
    min_validity_days: int | None = as_is("minValidityDays", "Least days of validity left. 评定剩余有效天数")
    min_certified_ratio: Decimal | None = told("minCertifiedRatio", "Least share of certified carers. 最低持证上岗率")
    regions: list[str] | None = as_is("regions", "Regions. 区划")
    no_black_entry: bool = as_is("noBlackEntry", "No black entry. 未列入失信惩戒名单")
    no_watch_entry: bool = as_is("noWatchEntry", "No watch entry. 未列入重点关注名单")
    count_disputed: bool = as_is("countDisputed", "Disputed entries count. 异议记录计入")
    operating: bool = as_is("operating", "It must be operating. 须在营业状态")


@strawberry.type(description="A reason as the statement gives it. 证明所载核查理由")
class StatedReason:
    """As ProcurementReason."""

    code: VerdictReason = told("code", "Which. 理由代码")
    verdict: Verdict = told("verdict", "What it makes of the verdict. 对结论的影响")
    text_zh: str = told("textZh", "In Chinese. 中文说明")
    text_en: str = told("textEn", "In English. 英文说明")
    wanted: str | None = told("wanted", "What the criteria ask for. 要求值")
    found: str | None = told("found", "What the register had. 登记值")
    ground_code: str | None = told("groundCode", "Of an entry: code of its ground. 列入事由代码")


@strawberry.type(description="What the statement says of one code. 证明所载单个代码的核查结果")
class StatedAnswer:
    """As ProcurementAnswer, without entries on credit lists."""

    code: str = told("code", "The code as it was asked. 所查代码")
    verdict: Verdict = told("verdict", "The verdict. 核查结论")
    name: str | None = told("name", "Of the institution, else of the legal entity. 名称")
    stars: int | None = as_is("stars", "Stars of its rating. 星级")
    score: Decimal | None = told("score", "Score of its rating. 评分")
    policy: str | None = told("policy", "Policy of its rating, `code@version`. 评级政策版本")
    certified_ratio: Decimal | None = told("certifiedRatio", "Share of certified carers. 持证上岗率")
    grade: int | None = as_is("grade", "Assessed grade. 评定等级")
    grade_valid_to: date | None = told("gradeValidTo", "Its last day. 评定有效期至")
    reasons: list[StatedReason] = each("reasons", "Reasons for the verdict. 核查理由")


@strawberry.type(description="What a statement says. 证明内容")
class StatedCheck:
    """Content of a statement whose signature holds."""

    id: strawberry.ID = told("id", "Its identifier. 证明编号")
    issued_at: datetime = told("issuedAt", "When it was issued. 出具时刻")
    asker_role: Role = told("askerRole", "Role of who asked. 申请人角色")
    as_of: datetime | None = told("asOf", "The instant asked about; null for the moment of issue. 查询时点")
    law_day: date = told("lawDay", "The law day on which validity was judged. 核查基准日")
    position: Long = as_is("position", "The register position that was read. 登记簿位置")
    recorded_at: datetime | None = told("recordedAt", "When that position was recorded. 登记时刻")
    shows_all_entries: bool = as_is("showsAllEntries", "Whether entries ended since counted. 是否计入此后终止的记录")
    reached_event: Long = as_is("reachedEvent", "The audit event that it reaches. 所及审计事件")
    reached_hash: str = told("reachedHash", "Hash of that event. 该审计事件的摘要")
    criteria: StatedCriteria = inside("criteria", "The criteria as they were applied. 适用的核查条件")
    answers: list[StatedAnswer] = each("answers", "One answer for each code, in the order asked. 核查结果")


@strawberry.type(
    description="Whether a text is a statement of this register: its signature, its key and its place in the audit "
    "chain. Nothing of what was given is kept. 证明核验结果"
)
class StatementVerification:
    """Result of verifyStatement."""

    holds: bool = as_is("holds", "Whether everything holds. 是否全部有效")
    faults: list[StatementFinding] = each("faults", "What does not hold; empty where it holds. 核验发现的问题")
    sha256: str = told("sha256", "SHA-256 of the text, as it is printed; empty for no digest. 摘要")
    algorithm: str | None = told("algorithm", "The algorithm, where the signature holds. 签名算法")
    key_id: str | None = told("keyId", "The key that signed, by its thumbprint (RFC 7638). 签名密钥")
    key_used_since: datetime | None = told("keyUsedSince", "When that key began to sign. 密钥启用时刻")
    recorded_event: Long | None = as_is("recordedEvent", "The audit event that tells of its issue. 出具事件序号")
    says: StatedCheck | None = inside("says", "What it says; null where the signature does not hold. 证明内容")
