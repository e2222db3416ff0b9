"""A certificate of one institution's rating: what everybody is answered at a position, signed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

import orjson
import strawberry
from graphql.execution import Executor

from registry.api.context import OperationContext, RequestContext, write_instant
from registry.api.persisted import Persisted
from registry.api.planner.nodes import write_id
from registry.api.planner.sql import Moment
from registry.api.scalars import Long
from registry.api.types.traces import as_is, told
from registry.api.types.worked_out import WorkedOut
from registry.domain.actors import ANONYMOUS
from registry.domain.errors import Bilingual, RegisterError
from registry.domain.signing import ALGORITHM, Signer
from registry.services.rating_certificates import certify

CERTIFIED = """fragment Certified on Institution {
  code scheme name kind status beds region { code name } organisation { code name }
  assessedGrade { grade validFrom validTo decidedOn assessor documentNumber }
  rating {
    stars starsBeforeCaps score asOf publishedAt
    policy { code version sha256 }
    run { id engineVersion policies { policy { code version } inputDigest outputDigest } }
  }
  notRatedReason { code }
  creditStatus { standing black watch red disputed }
}
query ByCode($subject: String!, $asOf: DateTime) {
  certified: institution(code: $subject, asOf: $asOf) { ...Certified }
}
query ById($subject: ID!) { certified: node(id: $subject) { ...Certified } }
"""
"""What a certificate says of an institution."""


async def _certificate(executor: Executor[Any], moment: Moment, subject: str | int) -> str | None:
    schema: Any = executor.schema._strawberry_schema  # type: ignore[attr-defined]
    operation = cast("OperationContext", executor.context_value)
    content = await _content(schema, operation, subject, moment)
    if content is None:
        return None
    signer = operation.api.signer()
    return json.dumps(as_entry(signer, content, await certify(operation.api.database, signer, content)))


CERTIFICATE = WorkedOut(
    _certificate,
    "certificate.one-at-a-time",
    Bilingual(
        "评级证书逐家出具：请用 institution 或 node 查询",
        "Certificates are signed one at a time: ask `institution` or `node`",
    ),
)


async def _content(
    schema: Any, operation: OperationContext, subject: str | int, moment: Moment
) -> dict[str, Any] | None:
    """What the public is answered about the institution at the moment; None where it knows none."""
    public = RequestContext(replace(operation.api, persisted=Persisted({}), public_budget=10**9), ANONYMOUS)
    by_code = isinstance(subject, str)
    result = await schema.execute(
        CERTIFIED,
        operation_name="ByCode" if by_code else "ById",
        variable_values={
            "subject": subject if by_code else write_id("Institution", cast("int", subject)),
            "asOf": None if moment.asked is None else write_instant(moment.asked),
        },
        context_value=public,
    )
    for error in result.errors or ():
        raise error.original_error if isinstance(error.original_error, RegisterError) else error
    institution = orjson.loads(orjson.dumps(result.data))["certified"]
    return institution and {"institution": institution, **_moment(result.extensions["register"], moment)}


def _moment(register: Mapping[str, Any], moment: Moment) -> dict[str, Any]:
    asked = next(iter(register.get("asOf", ())), None)
    return {
        "lawDay": moment.law_day.isoformat(),
        "position": asked["resolvedPosition"] if asked else register["position"],
        "recordedAt": asked["recordedAt"] if asked else register["recordedAt"],
    }


def as_entry(signer: Signer, content: Mapping[str, Any], jws: str) -> dict[str, Any]:
    """Return a certificate as the one JSON object that the fields below read."""
    moment = {name: content[name] for name in ("lawDay", "position", "recordedAt")}
    digest = hashlib.sha256(jws.encode()).hexdigest()
    return {**moment, "jws": jws, "sha256": digest, "algorithm": ALGORITHM, "keyId": signer.key_id}


@strawberry.type(
    description="What everybody is told of an institution's rating at a position, signed by the register: rating with "
    "its policy and the digests of its run, assessed grade, standing on credit lists. The same position gives the same "
    "text. Whoever holds it verifies it with the keys at `/.well-known/jwks.json` alone. 信用评级证书"
)
class RatingCertificate:
    """A signed certificate."""

    jws: str = told("jws", "The signed text: compact JWS. 签名文本")
    sha256: str = told("sha256", "SHA-256 of the signed text, hexadecimal. 摘要")
    algorithm: str = told("algorithm", "The algorithm of the signature. 签名算法")
    key_id: str = told("keyId", "The key that signed, by its thumbprint (RFC 7638). 签名密钥")
    law_day: date = told("lawDay", "The law day on which validity was judged. 基准日")
    position: Long = as_is("position", "The register position that it tells of. 登记簿位置")
    recorded_at: datetime | None = told("recordedAt", "When that position was recorded. 登记时刻")
