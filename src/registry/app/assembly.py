"""The application: GraphQL, site and health routes over one register, observed and protected."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from registry.api import ApiContext, Endpoint, PublicClient, graphql_routes
from registry.api.persisted import Persisted, read_documents
from registry.app.admitting import admitted
from registry.app.background import Background
from registry.app.exports import Exports, export_routes
from registry.app.health import health_routes
from registry.app.hosting import Host
from registry.app.logs import configure_logging
from registry.app.metrics import OperationMetrics, note_refused
from registry.app.observing import Observed, current_request_id
from registry.app.protections import (
    BelievedProxies,
    Guarded,
    LimitedBodies,
    Masked,
    answer_http_error,
    answer_register_error,
)
from registry.app.published_keys import key_routes
from registry.app.refusals import GRAPHQL_PATH, refuse
from registry.app.settling import settled
from registry.app.shedding import MOST_REQUESTS, MOST_SOCKETS, Burden, Shedding
from registry.app.shortcut import Shortcut
from registry.app.statement_files import statement_routes
from registry.app.uploads import UPLOADS_PATH, Uploads, upload_routes
from registry.auth.allowances import Allowances
from registry.auth.issuer import IssuerKeys
from registry.auth.jwt import ClaimNames, JwtReader
from registry.auth.tokens import Authenticator
from registry.db.pool import Database
from registry.domain.documents import document_hash
from registry.domain.errors import RegisterError
from registry.domain.signing import Signer
from registry.services.client_documents import read_clients
from registry.services.uploads import Store
from registry.settings import Settings, load_settings
from registry.site import Register, every_document, page_routes, static_routes

RoutesOver = Callable[[Database], Sequence[BaseRoute]]


class Gateway:
    """The routes that need the database; while it is away every request is told so."""

    def __init__(self, host: Host, build: RoutesOver) -> None:
        self._host = host
        self._build = build
        self._built: tuple[Database, Router] | None = None
        self._endpoint: tuple[Database | None, Endpoint | None] = None, None

    def find_router(self) -> Router | None:
        """Return the routes over the pools that are open now, built when first asked for; None when none are."""
        database = self._host.database
        if database is None:
            return None
        if self._built is None or self._built[0] is not database:
            self._built = database, Router(self._build(database))
        return self._built[1]

    def find_endpoint(self) -> Endpoint | None:
        """Return the GraphQL endpoint over the pools that are open now; None when none are."""
        if self._endpoint[0] is not self._host.database:
            router = self.find_router()
            found = [getattr(route, "endpoint", None) for route in (router.routes if router else ())]
            endpoints = [endpoint for endpoint in found if isinstance(endpoint, Endpoint)]
            self._endpoint = self._host.database, endpoints[0] if endpoints else None
        return self._endpoint[1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        router = self.find_router()
        if router is not None:
            await router(scope, receive, send)
        else:
            await refuse(self._host.problem, scope, receive, send)


def jwt_reader(settings: Settings) -> JwtReader | None:
    """Return what reads the tokens of the issuer that the settings name; None when they name none."""
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return None
    claims = settings.oidc_role_claim, settings.oidc_region_claim, settings.oidc_institution_claim
    names = ClaimNames(*claims, settings.oidc_roles)
    keys = IssuerKeys(settings.oidc_issuer, kept_seconds=3600 * settings.oidc_issuer_away_hours)
    return JwtReader(keys, settings.oidc_audience, names, skew_seconds=settings.oidc_clock_skew_seconds)


def routes_over(settings: Settings, background: Background) -> RoutesOver:
    """Return what builds the routes of GraphQL, published keys, exports, uploads, statements, and of the site's pages.

    ConfigurationError when a key is missing.
    """
    secret = settings.key("SECRET_KEY")
    tokens = jwt_reader(settings)
    given = {} if settings.trusted_documents is None else read_documents(settings.trusted_documents)
    trusted = {document_hash(text): text for text in every_document().values()} | given

    def build(database: Database) -> Sequence[BaseRoute]:
        authenticator = Authenticator(database, secret, tokens)
        allowances = Allowances(database, secret, note_refused)
        context = ApiContext(
            database=database,
            authenticate=authenticator.authenticate,
            admit=allowances.admit,
            secret=secret,
            observe=OperationMetrics(),
            introspection=settings.introspection,
            public_budget=settings.max_query_cost,
            persisted=Persisted(
                trusted,
                only_trusted=settings.public_documents == "trusted",
                learn=partial(read_clients, database),
            ),
            request_id=current_request_id,
            personal_keys=settings.personal_keys,
            signer=lambda: Signer.derive(settings.key("SIGNING_KEY")),
            reach=settings.webhook_reach,
        )
        exports = Exports(database, settings.data_dir / "exports", settings.address)
        pages = page_routes(Register(PublicClient(context), exports.standing, settings.introspection))
        store = Store(settings.data_dir / "uploads")
        uploads = Uploads(database, authenticator.authenticate, store, settings.personal_keys, background)
        background.start(uploads.take_up())
        own = [*statement_routes(database, authenticator.authenticate, settings.address), *upload_routes(uploads)]
        return [
            *graphql_routes(context),
            *key_routes(database),
            *admitted(own, allowances.admit, authenticator.authenticate),
            *admitted([*export_routes(exports), *pages], allowances.admit),
        ]

    return build


class Application(Starlette):
    """The application, with something that stands even before its middleware."""

    def __init__(self, *, before: Callable[[ASGIApp], ASGIApp], **options: Any) -> None:
        super().__init__(**options)
        self._first = before(super().__call__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        await self._first(scope, receive, send)


def create_app(settings: Settings, build: RoutesOver | None = None) -> Starlette:
    """Assemble the application; `build` gives the routes that need the database, all of them unless given."""
    host = Host(settings)
    background = Background()
    gateway = Gateway(host, build or routes_over(settings, background))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with host.running():
            gateway.find_router()
            with settled():
                yield
            await background.stop()

    requests = Burden(MOST_REQUESTS)

    def before(app: ASGIApp) -> ASGIApp:
        short = Shortcut(app, GRAPHQL_PATH, gateway.find_endpoint, requests)
        return BelievedProxies(short, settings.trusted_proxies)

    return Application(
        before=before,
        routes=[
            *health_routes(host, settings.zone),
            *static_routes(schema=settings.introspection),
            Mount("/", gateway),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(Shedding, requests=requests, sockets=Burden(MOST_SOCKETS)),
            Middleware(Observed),
            Middleware(Guarded),
            Middleware(Masked),
            Middleware(LimitedBodies, unlimited=UPLOADS_PATH),
        ],
        exception_handlers={RegisterError: answer_register_error, HTTPException: answer_http_error},
    )


def create_configured_app() -> Starlette:
    """Assemble the application of a worker process from the settings it finds."""
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    return create_app(settings)
