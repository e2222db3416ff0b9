"""Media types of requests and responses, as HTTP and GraphQL over HTTP demand."""

from collections.abc import Mapping
from functools import lru_cache

JSON_TYPE = "application/json"
RESPONSE_TYPE = "application/graphql-response+json"
EVENTS_TYPE = "text/event-stream"

_Range = tuple[float, int]
"""Quality, and place among what is asked for."""


def _ranges(accept: str) -> dict[str, _Range]:
    """Return the ranges of an Accept header; one that is named twice counts where it is first."""
    ranges: dict[str, _Range] = {}
    for place, part in enumerate(accept.lower().split(",")):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        named = dict(parameter.partition("=")[::2] for parameter in parameters)
        if media_type:
            ranges.setdefault(media_type, (_quality(named.get("q", "1")), place))
    return ranges


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _wish(media_type: str, ranges: Mapping[str, _Range]) -> tuple[float, int, int]:
    """Return how much a media type is wanted by the range that names it most closely: quality, closeness, place."""
    for closeness, pattern in ((2, media_type), (1, "application/*"), (0, "*/*")):
        if pattern in ranges:
            quality, place = ranges[pattern]
            return quality, closeness, -place
    return 0.0, 0, 0


@lru_cache(maxsize=256)
def response_type(accept: str) -> str | None:
    """Return the media type to answer in: the caller's preference; JSON where it has none; None where nothing fits."""
    if not accept.strip():
        return JSON_TYPE
    ranges = _ranges(accept)
    # The first of equals: JSON.
    best = max((JSON_TYPE, RESPONSE_TYPE), key=lambda media_type: _wish(media_type, ranges))
    return best if _wish(best, ranges)[0] > 0 else None


@lru_cache(maxsize=256)
def is_event_stream(accept: str) -> bool:
    """Whether the caller asks for server-sent events."""
    return _ranges(accept).get(EVENTS_TYPE, (0.0, 0))[0] > 0


@lru_cache(maxsize=256)
def is_json(content_type: str) -> bool:
    """Whether a body is said to be JSON, which is UTF-8."""
    media_type, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    named = dict(parameter.partition("=")[::2] for parameter in parameters)
    return media_type == JSON_TYPE and named.get("charset", "utf-8").strip('"') in ("utf-8", "utf8", "us-ascii")


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether the caller takes answers compressed by gzip."""
    ranges = _ranges(accept_encoding)
    quality, _ = ranges.get("gzip") or ranges.get("x-gzip") or ranges.get("*") or (0.0, 0)
    return quality > 0
