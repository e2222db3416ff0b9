"""The check that statements are made of, asked in process as its caller would ask it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import orjson

from registry.api.context import ApiContext, RequestContext
from registry.api.persisted import Persisted
from registry.domain.actors import Actor
from registry.domain.errors import RegisterError

CHECK = """query Statement(
  $codes: [String!]!, $asOf: DateTime, $knownAt: DateTime, $criteria: ProcurementCriteria
) {
  procurementCheck(codes: $codes, asOf: $asOf, knownAt: $knownAt, criteria: $criteria) {
    lawDay position recordedAt showsAllEntries
    criteria {
      minStars minAssessedGrade minValidityDays minCertifiedRatio regions
      noBlackEntry noWatchEntry countDisputed operating
    }
    answers {
      code verdict certifiedRatio
      reasons {
        code verdict textZh textEn wanted found groundCode disputed endedSince entry { id authority documentNumber }
      }
      organisation { code name }
      institution { code name kind status region { code name } }
      assessedGrade { grade validFrom validTo decidedOn assessor documentNumber }
      rating { stars starsBeforeCaps score asOf publishedAt policy { code version } run { id } }
      entries {
        id kind origin authority documentNumber decidedOn inForceFrom inForceTo disputed ground { code nameZh }
      }
    }
  }
}"""
"""What a statement says of each code: everything that the verdict rests on."""


class Executes(Protocol):
    """The schema, as far as it is needed here."""

    async def execute(self, query: str, *, variable_values: dict[str, Any], context_value: Any) -> Any:
        """Execute an operation."""


async def answer_check(schema: Executes, api: ApiContext, actor: Actor, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the check as its caller is answered; what asks for it has been priced already."""
    inner = replace(api, persisted=Persisted({}), public_budget=10**9)
    result = await schema.execute(CHECK, variable_values=dict(asked), context_value=RequestContext(inner, actor))
    for error in result.errors or ():
        if isinstance(error.original_error, RegisterError):
            raise error.original_error
        raise error
    answer: dict[str, Any] = orjson.loads(orjson.dumps(result.data))
    check: dict[str, Any] = answer["procurementCheck"]
    return check
