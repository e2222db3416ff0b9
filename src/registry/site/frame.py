"""One visit: who reads (language, display), where, when; the page that answers it, and how long it may be kept."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.lawdays import law_day
from registry.site import charts, formats
from registry.site.asking import Answer, Ask, answer
from registry.site.documents import HEAD
from registry.site.words import LANGUAGES, Language, say, term

HERE = Path(__file__).parent
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DISPLAYS = ("large", "contrast")
DISPLAY_COOKIE = "display"
SECTIONS = {
    "organisations": "/institutions",
    "entries": "/lists",
    "complain": "/help",
    "downloads": "/method",
    "statements": "/method",
}
"""Where pages belong whose address begins otherwise than that of their section."""
PAGE_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "cache-control": "no-cache",
    "vary": "Cookie",
}


def _digest_of_files() -> str:
    digest = sha256()
    for path in sorted(path for path in HERE.rglob("*") if path.suffix in {".html", ".css", ".toml", ".py", ".xml"}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


BUILD = _digest_of_files()
"""What the pages are made by: part of every validator, and of the address of the style sheet."""


async def _no_exports() -> Sequence[Mapping[str, Any]]:
    return ()


@dataclass(slots=True)
class Register:
    """What the site knows of the register: how it is asked, the manifests of the exports served, whether everybody may
    see the schema and the console, and the newest position that an answer was read at."""

    ask: Ask
    exports: Callable[[], Awaitable[Sequence[Mapping[str, Any]]]] = _no_exports
    open_schema: bool = True
    newest: int = 0


@dataclass(slots=True)
class Visit:
    """One request for a page; `path` is the address without the language, beginning with a slash."""

    request: Request
    register: Register
    language: Language
    path: str
    instant: datetime
    position: int = 0

    @property
    def today(self) -> date:
        """The law day of the visit."""
        return law_day(self.instant)

    @property
    def section(self) -> str:
        """The section of the site that the page belongs to, by its address."""
        first = self.path.split("/")[1]
        return SECTIONS.get(first, f"/{first}")

    @property
    def displays(self) -> frozenset[str]:
        """How the reader wants pages shown: `large`, `contrast`, both or neither."""
        chosen = self.request.cookies.get(DISPLAY_COOKIE, "").split("-")
        return frozenset(chosen).intersection(DISPLAYS)

    async def answer(self, document: str, **variables: object) -> Answer:
        """Ask, and keep the lowest position that any part of the page was read at."""
        client = self.request.client
        told = await answer(self.register.ask, document, variables, None if client is None else client.host)
        self.position = min(self.position or told.position, told.position)
        self.register.newest = max(self.register.newest, told.position)
        return told

    def say(self, key: str, **values: object) -> str:
        """Return a string of the catalogue in the reader's language."""
        return say(self.language, key, **values)

    def name(self, thing: Mapping[str, Any] | None, key: str = "name") -> str:
        """Return a thing's name in the reader's language: the English one where there is one."""
        if thing is None:
            return ""
        english = thing.get(f"{key}En")
        return str(english if self.language == "en" and english else thing.get(f"{key}Zh") or thing.get(key) or "")

    def url(self, path: str, **parameters: object) -> str:
        """Return an address in the reader's language; parameters without a value are left out."""
        return address(self.language, path, **parameters)


def address(language: Language, path: str, **parameters: object) -> str:
    """Return the address of a page in a language: English pages lie below `/en`."""
    prefix = "" if language == "zh" else f"/{language}"
    given = {key: value for key, value in parameters.items() if value not in (None, "", [], ())}
    query = f"?{urlencode(given, doseq=True)}" if given else ""
    return f"{prefix}{quote(path, safe='/:@')}{query}" if path != "/" or not prefix else f"{prefix}/{query}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page to render: `indexed` whether robots keep it, `kept` whether anybody may, under its validator."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    indexed: bool = True
    media_type: str = "text/html"
    kept: bool = True


PageOf = Callable[[Visit], Awaitable[Page | Response]]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(build=BUILD, languages=LANGUAGES, charts=charts, number=formats.number_text)
    environment.globals.update(share=formats.share_text)
    return environment


TEMPLATES = _environment()


def _values(visit: Visit, page: Page) -> dict[str, Any]:
    language = visit.language
    return {
        "visit": visit,
        "lang": language,
        "t": visit.say,
        "url": visit.url,
        "name": visit.name,
        "term": lambda section, code: term(language, section, code),
        "day": lambda value: formats.day_text(language, value),
        "indexed": page.indexed,
        "here": str(visit.request.url.path) + (f"?{visit.request.url.query}" if visit.request.url.query else ""),
        "base": str(visit.request.base_url).rstrip("/"),
        "other": lambda other: _in_language(visit, other),
        **page.values,
    }


def _in_language(visit: Visit, language: Language) -> str:
    query = visit.request.url.query
    return address(language, visit.path) + (f"?{query}" if query else "")


_VALIDATOR = re.compile(r'"(\d{1,18})-[0-9a-f]{32}"')


def validator(visit: Visit) -> str:
    """Return the ETag of what the visit sees: same register, same law day, same reader, same program."""
    parts = (BUILD, visit.position, visit.today, visit.language, sorted(visit.displays), visit.request.url.query)
    return f'"{visit.position}-{sha256(repr((visit.path, *parts)).encode()).hexdigest()[:32]}"'


def _known_validators(visit: Visit) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in visit.request.headers.get("if-none-match", "").split(",")]


def _unchanged(etag: str) -> Response:
    return Response(status_code=304, headers={**PAGE_HEADERS, "etag": etag})


async def find_unchanged(visit: Visit) -> Response | None:
    """Return 304 where the position of the register alone tells that the reader has the page; None to make it.

    A validator of a position that has been passed is not asked about: only the first reader after a change asks so
    much more.
    """
    known = _known_validators(visit)
    positions = [int(found[1]) for tag in known if (found := _VALIDATOR.fullmatch(tag))]
    if visit.request.method == "POST" or not positions or max(positions) < max(visit.register.newest, 1):
        return None
    await visit.answer(HEAD)
    etag = validator(visit)
    visit.position = 0
    return _unchanged(etag) if etag in known else None


def respond(visit: Visit, page: Page) -> Response:
    """Return the page, or 304 where the reader has it already."""
    headers = dict(PAGE_HEADERS)
    if not page.indexed:
        headers["x-robots-tag"] = "noindex"
    if page.status == 200 and page.kept:
        headers["etag"] = validator(visit)
        if headers["etag"] in _known_validators(visit):
            return _unchanged(headers["etag"])
    else:
        headers["cache-control"] = "no-store"
    text = TEMPLATES.get_template(page.template).render(_values(visit, page))
    return Response(text, page.status, headers, f"{page.media_type}; charset=utf-8")


def visit_of(request: Request, register: Register, language: Language, path: str) -> Visit:
    """Begin a visit now."""
    return Visit(request, register, language, path, datetime.now(UTC))
