"""Structured logs on standard error: one JSON object a line (or text for people), free of personal data and secrets."""

import asyncio
import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, TextIO, cast

import orjson
import structlog
from structlog.typing import Processor, WrappedLogger

from registry.domain.identifiers import hide_citizen_ids

HIDDEN = "[hidden]"
SECRET_WORDS = ("authorization", "token", "password", "secret", "cookie", "dsn", "database_url")
SHORTEST_CITIZEN_NUMBER = 15
QUIET = {"uvicorn.access": logging.CRITICAL, "asyncio": logging.WARNING, "apscheduler": logging.WARNING}
Event = MutableMapping[str, Any]


class _StandardError:
    """Whatever standard error is at the moment of writing; loggers are cached for good."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


_STANDARD_ERROR = cast("TextIO", _StandardError())


class _RequestLines:
    """The lines of requests as JSON, written together where several are answered in one turn of the event loop."""

    def __init__(self) -> None:
        self.are_json = False
        self.waiting: list[str] = []

    def add(self, line: str) -> None:
        """Write a line, still without its end, by the end of this turn."""
        self.waiting.append(line)
        if len(self.waiting) == 1:
            asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        lines, self.waiting = self.waiting, []
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        end = f',"event":"request","level":"info","at":"{at}"}}\n'
        _STANDARD_ERROR.write(end.join(lines) + end)


_request_lines = _RequestLines()
_requests = structlog.get_logger("registry.access")


class Asked(NamedTuple):
    """What many requests have in common; `client` is an address."""

    method: str
    path: str
    route: str
    status: int
    client: str | None


def log_request(asked: Asked, duration_ms: float, sent_bytes: int, request_id: str) -> None:
    """Write the line of a request; `request_id` is of letters, digits and `._:-`.

    There are as many as requests, so those in JSON spare themselves the processors, whose work is done here.
    """
    if _request_lines.are_json:
        shown = hide_citizen_ids(request_id)
        line = f'{_begun(asked)},"duration_ms":{duration_ms},"bytes":{sent_bytes},"request_id":"{shown}"'
        _request_lines.add(line)
    else:
        told = {"duration_ms": duration_ms, "bytes": sent_bytes, "request_id": request_id}
        _requests.info("request", **asked._asdict(), **told)


@lru_cache(maxsize=1_000)
def _begun(asked: Asked) -> str:
    return _to_json(_hidden(asked._asdict()))[:-1]


def hide_private(_logger: WrappedLogger, _method: str, event: Event) -> Event:
    """Mask citizen numbers in every text, and drop the value of every field named after a secret."""
    for name, value in event.items():
        if _names_a_secret(name):
            event[name] = HIDDEN
        else:
            event[name] = _hidden(value)
    return event


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return hide_citizen_ids(value) if len(value) >= SHORTEST_CITIZEN_NUMBER else value
    if isinstance(value, dict):
        return {name: HIDDEN if _names_a_secret(str(name)) else _hidden(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(item) for item in value]
    return value if value is None or isinstance(value, (int, float)) else _hidden(str(value))


@cache
def _names_a_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)


def _to_json(event: Event, **_options: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        hide_private,
    ]


def configure_logging(level: str, log_format: str) -> None:
    """Send the logs of this process, and of the libraries in it, to standard error from `level` up."""
    threshold = logging.getLevelNamesMapping()[level]
    renderer: Processor = (
        structlog.processors.JSONRenderer(serializer=_to_json)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    _request_lines.are_json = log_format == "json" and threshold <= logging.INFO
    structlog.configure(
        processors=[*_shared(), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(_STANDARD_ERROR),
        cache_logger_on_first_use=True,
    )
    _adopt_libraries(threshold, renderer)


def _adopt_libraries(threshold: int, renderer: Processor) -> None:
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_shared()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(_STANDARD_ERROR)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, threshold))
