"""The usual way: a Strawberry schema with resolvers over rows, and loaders that gather what a page needs."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from peers.rows import Rows
from registry.db.pool import PUBLIC_ROLE, open_pool

Row = Any
Info = strawberry.Info[dict[str, Any], None]


def loader(info: Info, name: str) -> Callable[[Any], Awaitable[Any]]:
    """Return the request's loader of this name."""
    found: Callable[[Any], Awaitable[Any]] = info.context[name].load
    return found


@strawberry.type
class Region:
    code: str
    name: str


@strawberry.type
class Rating:
    stars: int
    score: str
    published_at: str

    @classmethod
    def of(cls, row: Row) -> "Rating":
        """Read a row."""
        published = row["published_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return cls(stars=row["stars"], score=str(row["score"]), published_at=published)


@strawberry.type
class Ratings:
    nodes: list[Rating]


@strawberry.type
class Entry:
    kind: str
    authority: str
    document_number: str
    decided_on: date
    in_force_to: date | None

    @classmethod
    def of(cls, row: Row) -> "Entry":
        """Read a row."""
        shown = {name: row[name] for name in ("authority", "document_number", "decided_on", "in_force_to")}
        return cls(kind=row["list_kind"], **shown)


@strawberry.type
class Entries:
    nodes: list[Entry]


@strawberry.type
class Institution:
    number: strawberry.Private[int]
    region_code: strawberry.Private[str]
    code: str
    name: str
    kind: str
    beds: int

    @classmethod
    def of(cls, row: Row) -> "Institution":
        """Read a row."""
        shown = {name: row[name] for name in ("region_code", "code", "name", "kind", "beds")}
        return cls(number=row["id"], **shown)

    @strawberry.field
    async def region(self, info: Info) -> Region | None:
        row = await loader(info, "regions")(self.region_code)
        return None if row is None else Region(code=row["code"], name=row["name"])

    @strawberry.field
    async def rating(self, info: Info) -> Rating | None:
        row = await loader(info, "ratings")(self.number)
        return None if row is None or row["stars"] is None else Rating.of(row)

    @strawberry.field
    async def rating_history(self, info: Info, first: int) -> Ratings:
        rows = await loader(info, "histories")(self.number)
        return Ratings(nodes=[Rating.of(row) for row in rows[:first]])

    @strawberry.field
    async def credit_entries(self, info: Info, first: int) -> Entries:
        rows = await loader(info, "entries")(self.number)
        return Entries(nodes=[Entry.of(row) for row in rows[:first]])


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class Institutions:
    page_info: PageInfo
    nodes: list[Institution]


@strawberry.type
class Rated:
    code: str
    rating: Rating


@strawberry.type
class Reason:
    code: str


@strawberry.type
class NotRated:
    code: str
    reason: Reason


@strawberry.type
class SeveralInstitutions:
    code: str
    codes: list[str]


@strawberry.type
class UnknownCode:
    code: str


RatingAnswer = Annotated[Rated | NotRated | SeveralInstitutions | UnknownCode, strawberry.union("RatingAnswer")]


async def _rating_answer(info: Info, code: str, own: int | None, runs: list[tuple[int, str]]) -> Any:
    if len(runs) > 1:
        return SeveralInstitutions(code=code, codes=sorted(found for _, found in runs))
    number = own or (runs[0][0] if runs else None)
    if number is None:
        return UnknownCode(code=code)
    row = await loader(info, "ratings")(number)
    if row is not None and row["stars"] is not None:
        return Rated(code=code, rating=Rating.of(row))
    return NotRated(code=code, reason=Reason(code="NOT_YET_RATED" if row is None else row["reason"]))


def _keys(cursor: str) -> tuple[str, int]:
    _, code, number = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return code, number


@strawberry.type
class Query:
    @strawberry.field
    async def institution(self, info: Info, code: str) -> Institution | None:
        row = await info.context["rows"].institution(code)
        return None if row is None else Institution.of(row)

    @strawberry.field
    async def institutions(self, info: Info, first: int, after: str | None = None) -> Institutions:
        code, number = _keys(after) if after else ("", 0)
        rows = await info.context["rows"].page(code, number, first + 1)
        nodes = [Institution.of(row) for row in rows[:first]]
        return Institutions(page_info=PageInfo(has_next_page=len(rows) > first), nodes=nodes)

    @strawberry.field
    async def ratings(self, info: Info, codes: list[str]) -> list[RatingAnswer]:
        own, run = await info.context["rows"].behind(codes)
        answers = (_rating_answer(info, code, own.get(code), run.get(code, [])) for code in codes)
        return list(await asyncio.gather(*answers))


class Endpoint(GraphQL[dict[str, Any], None]):
    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:  # noqa: ARG002
        rows = Rows(request.app.state.pool)
        return {
            "rows": rows,
            "regions": DataLoader(load_fn=rows.regions),
            "ratings": DataLoader(load_fn=rows.ratings),
            "histories": DataLoader(load_fn=rows.histories),
            "entries": DataLoader(load_fn=rows.entries),
        }

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


def create_app(address: str, *, cached: bool) -> Starlette:
    """Return the application; `cached` keeps parsed and validated documents."""
    extensions: list[Any] = [ParserCache(maxsize=100), ValidationCache(maxsize=100)] if cached else []
    endpoint = Endpoint(strawberry.Schema(Query, extensions=extensions))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with await open_pool(address, PUBLIC_ROLE, size=10, statement_timeout_ms=10_000) as pool:
            app.state.pool = pool
            yield

    return Starlette(routes=[Route("/graphql", endpoint)], lifespan=lifespan)
