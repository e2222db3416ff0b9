"""The GraphQL API.

For the application's wiring, from `registry.api`:

    graphql_routes(context: ApiContext, path: str = "/graphql") -> list[starlette.routing.BaseRoute]

    ApiContext(
        database: Database,
        authenticate: Callable[[str | None], Awaitable[Actor]],   # Authorization -> Actor; raises Unauthenticated
        admit: Callable[[Actor, str | None], Awaitable[Mapping[str, str]]],   # counts a request; raises RateLimited
        secret: bytes,                                            # keys the hashes of API keys
        observe: Observer = SilentObserver(),               # operation(kind, name, seconds, codes); fallback(field)
        introspection: bool = True,                               # also opens GraphiQL
        clock: Callable[[], datetime] = utc_now,                  # aware UTC
        request_id: Callable[[], str | None] = lambda: None,      # id of the current request, for logs and audit
    )

The routes cover the endpoint itself (GET, POST, server-sent events, WebSocket) and GraphiQL's files below it.
`PublicClient(context)` asks the same schema without HTTP, as the public: `await client(document, variables)`.
`registry.api.schema.sdl()` gives the schema as text.
"""

from registry.api.context import Admit, ApiContext, Authenticate, Observer, SilentObserver, everybody_is_public
from registry.api.endpoint import Endpoint
from registry.api.inprocess import PublicClient
from registry.api.routes import graphql_routes

__all__ = [
    "Admit",
    "ApiContext",
    "Authenticate",
    "Endpoint",
    "Observer",
    "PublicClient",
    "SilentObserver",
    "everybody_is_public",
    "graphql_routes",
]
