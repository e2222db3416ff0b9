"""The routes of the API, for the application to mount."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from registry.api.context import ApiContext
from registry.api.endpoint import Endpoint
from registry.api.graphiql import graphiql_asset


def graphql_routes(context: ApiContext, path: str = "/graphql") -> list[BaseRoute]:
    """Return the routes of the endpoint at `path` and, where introspection is open, of GraphiQL's files below it."""
    endpoint = Endpoint(context)
    routes: list[BaseRoute] = [Route(path, endpoint), WebSocketRoute(path, endpoint)]
    if context.introspection:
        routes.append(Route(f"{path}/static/{{name}}", graphiql_asset))
    return routes
