"""Structured logs on standard error: one JSON object a line (or text for people), free of personal data and secrets."""

import asyncio
import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TextIO, cast

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

    def add(self, event: Event) -> None:
        """Write a line by the end of this turn."""
        self.waiting.append(_to_json(event))
        if len(self.waiting) == 1:
            asyncio.get_running_loop().call_soon(self._write)

    def _write(self) -> None:
        lines, self.waiting = self.waiting, []
        _STANDARD_ERROR.write("\n".join(lines) + "\n")


_request_lines = _RequestLines()
_requests = structlog.get_logger("registry.access")


def log_request(event: Event) -> None:
    """Write the line of a request, of names that are no secrets.

    There are as many as requests, so those in JSON spare themselves the processors, whose work is done here.
    """
    if not _request_lines.are_json:
        _requests.info("request", **event)
        return
    shown = {name: _hidden(value) if isinstance(value, str) else value for name, value in event.items()}
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    _request_lines.add({**shown, "event": "request", "level": "info", "at": at})


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
