"""Media types of responses, as GraphQL over HTTP demands."""

from functools import lru_cache

JSON_TYPE = "application/json"
RESPONSE_TYPE = "application/graphql-response+json"
EVENTS_TYPE = "text/event-stream"


def _ranges(accept: str) -> list[tuple[float, str]]:
    ranges = []
    for part in accept.lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name == "q":
                quality = _quality(value)
        if media_type:
            ranges.append((quality, media_type))
    return ranges


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def response_type(accept: str) -> str | None:
    """Return the media type to answer in: the caller's preference; JSON where it has none; None where nothing fits."""
    if not accept.strip():
        return JSON_TYPE
    best: tuple[float, str | None] = (0.0, None)
    for quality, media_type in _ranges(accept):
        offered = {"*/*": JSON_TYPE, "application/*": JSON_TYPE, JSON_TYPE: JSON_TYPE, RESPONSE_TYPE: RESPONSE_TYPE}
        if media_type in offered and quality > best[0]:
            best = (quality, offered[media_type])
    return best[1]


@lru_cache(maxsize=256)
def is_event_stream(accept: str) -> bool:
    """Whether the caller asks for server-sent events."""
    return any(media_type == EVENTS_TYPE for _, media_type in _ranges(accept))
