"""The schema without HTTP: documents of this process, answered as a client without credentials would be answered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from registry.api.context import ApiContext, RequestContext
from registry.api.persisted import Persisted
from registry.api.schema import build_schema
from registry.domain.actors import ANONYMOUS


class PublicClient:
    """Asks as the public, over the same schema, limits, planner and pool as the endpoint.

    Its documents are the program's own, so they are trusted where only trusted documents are.
    """

    def __init__(self, api: ApiContext) -> None:
        self._api = replace(api, persisted=Persisted({}))
        self._schema = build_schema(introspection=api.introspection)

    async def __call__(
        self, document: str, variables: Mapping[str, object], address: str | None = None
    ) -> dict[str, Any]:
        """Return the response object of an operation: `data`, `errors` (described), `extensions`."""
        context = RequestContext(self._api, ANONYMOUS, address=address)
        result = await self._schema.execute(document, variable_values=dict(variables), context_value=context)
        errors = [error.formatted for error in result.errors or ()]
        answered: dict[str, Any] = orjson.loads(
            orjson.dumps({"data": result.data, "errors": errors, "extensions": result.extensions or {}})
        )
        return answered
