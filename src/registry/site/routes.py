"""The addresses of the site in every language, and what stands around pages: refusals, the unknown, no database."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from registry.domain.errors import Unavailable
from registry.resources import resource_root
from registry.site import (
    complaints,
    downloads,
    entries,
    find,
    institutions,
    lists,
    method,
    organisations,
    pages,
    robots,
    staff,
    statements,
)
from registry.site.asking import Refused
from registry.site.frame import (
    DISPLAY_COOKIE,
    DISPLAYS,
    Page,
    PageOf,
    Register,
    Visit,
    find_unchanged,
    respond,
    visit_of,
)
from registry.site.words import LANGUAGES, Language

_STATIC = Path(__file__).with_name("static")
_STATUS = {"BAD_USER_INPUT": 400, "NOT_FOUND": 404, "UNAVAILABLE": 503, "COST_EXCEEDED": 400, "RATE_LIMITED": 429}
_YEAR_SECONDS = 31_536_000

PAGES: tuple[tuple[str, PageOf], ...] = (
    ("/", pages.front),
    ("/institutions", find.find),
    ("/institutions/{code}", institutions.institution),
    ("/institutions/{code}/explanation", institutions.explanation),
    ("/organisations/{code}", organisations.organisation),
    ("/lists", lists.overview),
    ("/lists/{kind}", lists.one_list),
    ("/entries/{id}", entries.entry),
    ("/method", method.overview),
    ("/method/weights", method.weights),
    ("/method/policies/{policy}", method.policy),
    ("/staff", staff.staff),
    ("/changes.atom", robots.news),
    ("/downloads", downloads.downloads),
    ("/help", pages.help_page),
    ("/about", pages.about),
)

FORMS: tuple[tuple[str, PageOf], ...] = (
    ("/complain", complaints.complain),
    ("/complain/receipt", complaints.receipt),
    ("/statements", statements.verify),
)
"""Pages that take what a reader fills in."""

FILES: tuple[tuple[str, PageOf], ...] = (
    ("/robots.txt", robots.robots_txt),
    ("/sitemap.xml", robots.sitemap_index),
    ("/sitemaps/{region}.xml", robots.sitemap),
)


def page_routes(register: Register) -> list[BaseRoute]:
    """Return the routes of the pages, which need the register, and the page for what is unknown."""
    routes: list[BaseRoute] = [Route(path, _endpoint(register, "zh", page)) for path, page in FILES]
    for language in reversed(LANGUAGES):
        prefix = "" if language == "zh" else f"/{language}"
        for pages_of, methods in ((PAGES, ["GET"]), (FORMS, ["GET", "POST"])):
            routes += [
                Route(_joined(prefix, path), _endpoint(register, language, page), methods=methods)
                for path, page in pages_of
            ]
        routes += [Route(f"{prefix}/display", _display)]
    routes += [Route("/en", _to_english), Route("/{path:path}", _unknown(register))]
    return routes


def _joined(prefix: str, path: str) -> str:
    return f"{prefix}{path}" if path != "/" or not prefix else f"{prefix}/"


async def _to_english(_request: Request) -> Response:
    return RedirectResponse("/en/", 308)


def path_in(request: Request, language: Language) -> str:
    """Return the address without its language."""
    path = request.url.path
    return path if language == "zh" else path.removeprefix(f"/{language}") or "/"


def _endpoint(register: Register, language: Language, page_of: PageOf) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        visit = visit_of(request, register, language, path_in(request, language))
        try:
            made = await find_unchanged(visit) or await page_of(visit)
        except Refused as refusal:
            made = refusal_page(visit, refusal)
        return made if isinstance(made, Response) else respond(visit, made)

    return endpoint


def refusal_page(visit: Visit, refusal: Refused) -> Page:
    """Return the page that says why the register gave no answer."""
    status = _STATUS.get(refusal.code, 500)
    values = {"status": status, "reason": refusal.reason[visit.language] if status != 500 else ""}
    return Page("error.html", values, status, indexed=False)


def _unknown(register: Register) -> Callable[[Request], Awaitable[Response]]:
    async def unknown(request: Request) -> Response:
        if not wants_page(request):
            raise HTTPException(404)
        language: Language = "en" if request.url.path.startswith("/en/") else "zh"
        visit = visit_of(request, register, language, path_in(request, language))
        return respond(visit, Page("error.html", {"status": 404, "reason": ""}, 404, indexed=False))

    return unknown


def wants_page(request: Request) -> bool:
    """Whether a browser asks and not a program."""
    return request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", "")


async def _nobody(
    document: str,  # noqa: ARG001 - as Ask
    variables: Mapping[str, object],  # noqa: ARG001
    address: str | None = None,  # noqa: ARG001
) -> dict[str, Any]:
    raise Refused("UNAVAILABLE", "数据库没有应答", "The database does not answer")


def outage_page(request: Request, zh: str, en: str, status: int = 503) -> Response | None:
    """Return the page for a register that cannot be asked, or failed; None for who wants no page."""
    if not wants_page(request):
        return None
    language: Language = "en" if request.url.path.startswith("/en/") else "zh"
    visit = Visit(
        request, Register(_nobody, open_schema=False), language, path_in(request, language), datetime.now(UTC)
    )
    reason = zh if language == "zh" else en
    response = respond(visit, Page("error.html", {"status": status, "reason": reason}, status, indexed=False))
    if status == 503:
        response.headers["retry-after"] = Unavailable.retry_after
    return response


async def _display(request: Request) -> Response:
    """Keep how the reader wants pages shown, and go back; a cookie that says this and nothing of the reader."""
    back = request.query_params.get("back", "/")
    safe = back if back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() else "/"
    chosen = [display for display in DISPLAYS if request.query_params.get(display) == "1"]
    response = RedirectResponse(safe, 303, {"cache-control": "no-store"})
    if chosen:
        response.set_cookie(DISPLAY_COOKIE, "-".join(chosen), _YEAR_SECONDS, samesite="lax", httponly=True)
    else:
        response.delete_cookie(DISPLAY_COOKIE, samesite="lax", httponly=True)
    return response


async def _schema(_request: Request) -> Response:
    path = resource_root("schema") / "registry.graphql"
    return FileResponse(path, media_type="text/plain; charset=utf-8")


def static_routes(*, schema: bool = True) -> list[BaseRoute]:
    """Return the routes that need no register: the style sheet and, where it is open to everybody, the schema."""
    files = Mount("/static", StaticFiles(directory=_STATIC), name="static")
    return [Route("/schema.graphql", _schema), files] if schema else [files]
