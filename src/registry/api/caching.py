"""What callers and caches may keep: validators of answers to GET, how long they hold, and compression."""

import asyncio
import gzip
from datetime import datetime
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from registry.api.negotiation import takes_gzip
from registry.db.pool import Database
from registry.db.reading import read_position
from registry.domain.actors import ANONYMOUS, Actor
from registry.domain.lawdays import law_day, next_law_midnight

LONGEST_FRESH_SECONDS = 60
SMALLEST_COMPRESSED_BYTES = 1_024
LARGEST_COMPRESSED_AT_ONCE = 1 << 16
_LEVEL = 4


async def validator(request: Request, database: Database, actor: Actor, now: datetime, media_type: str) -> str:
    """Return the ETag of the answer to a GET: of the register's position, the law day, the caller and what is asked.

    The position is read before the answer is, so that the answer is never older than its validator says.
    """
    position = await read_position(database)
    told = (position, law_day(now), actor, media_type, request.url.query)
    return f'W/"{position}-{sha256(repr(told).encode()).hexdigest()[:24]}"'


def asks_whether_any(request: Request) -> bool:
    """Whether the caller wants no answer if there is one."""
    return request.headers.get("if-none-match", "").strip() == "*"


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has the answer of this validator already."""
    given = request.headers.get("if-none-match", "")
    return etag.removeprefix("W/") in {part.strip().removeprefix("W/") for part in given.split(",")}


def keeping(actor: Actor, now: datetime) -> str:
    """Return Cache-Control: what everybody is told may be kept for a minute, and never beyond the law day."""
    if actor != ANONYMOUS:
        return "private, no-cache"
    left_seconds = int((next_law_midnight(now) - now).total_seconds())
    return f"public, max-age={min(LONGEST_FRESH_SECONDS, left_seconds)}, must-revalidate"


async def compressed(request: Request, response: Response) -> Response:
    """Compress an answer that is worth it, for a caller that takes it."""
    body = bytes(response.body)
    if not is_compressible(body, request.headers.get("accept-encoding", "")):
        return response
    response.body = await packed(body)
    response.headers["content-encoding"] = "gzip"
    response.headers["content-length"] = str(len(response.body))
    return response


def is_compressible(body: bytes, accept_encoding: str) -> bool:
    """Whether an answer is worth compressing, for a caller that takes it."""
    return len(body) >= SMALLEST_COMPRESSED_BYTES and takes_gzip(accept_encoding)


async def packed(body: bytes) -> bytes:
    """Return a body compressed; a large one beside the event loop."""
    if len(body) > LARGEST_COMPRESSED_AT_ONCE:
        return await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
    return gzip.compress(body, _LEVEL, mtime=0)
