"""The one error tree of the register.

RegisterError                     code
├── InputError                    BAD_USER_INPUT   a value breaks a rule; `path` names the place, `rule` the rule
│   └── RowsRejected              BAD_USER_INPUT   a file or call with rejected rows; carries each row's error
├── Unauthenticated               UNAUTHENTICATED
├── Forbidden                     FORBIDDEN
├── NotFound                      NOT_FOUND
├── Conflict                      CONFLICT         somebody else moved first, or a key was used for another input
├── CostExceeded                  COST_EXCEEDED
├── RateLimited                   RATE_LIMITED
├── Unavailable                   UNAVAILABLE      a part the register needs does not answer
└── ConfigurationError            CONFIGURATION    a setting is missing or wrong; the message says how to mend it
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """Codes that clients rely on; they appear as `extensions.code` and in `--json` output."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    COST_EXCEEDED = "COST_EXCEEDED"
    RATE_LIMITED = "RATE_LIMITED"
    UNAVAILABLE = "UNAVAILABLE"
    CONFIGURATION = "CONFIGURATION"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in the two languages of the register."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.en} / {self.zh}"


class RegisterError(Exception):
    """An expected failure: typed, located, bilingual, safe to show (never personal data or a secret)."""

    code: ClassVar[ErrorCode] = ErrorCode.INTERNAL

    def __init__(self, message: Bilingual, *, rule: str | None = None, path: Sequence[str | int] = ()) -> None:
        super().__init__(str(message))
        self.message = message
        self.rule = rule
        self.path = tuple(path)


class InputError(RegisterError):
    """A value breaks a rule."""

    code = ErrorCode.BAD_USER_INPUT


@dataclass(frozen=True, slots=True)
class RowError:
    """One rejected cell: `row` counts from 1 without the header; `value` is masked where it is personal."""

    file: str
    row: int
    column: str
    value: str
    rule: str
    reason: Bilingual


class RowsRejected(InputError):
    """An import refused because of its rows; nothing was written."""

    def __init__(self, message: Bilingual, errors: Sequence[RowError]) -> None:
        super().__init__(message, rule="import.rows-rejected")
        self.errors = tuple(errors)


class Unauthenticated(RegisterError):
    """The credentials are missing, wrong, expired or revoked."""

    code = ErrorCode.UNAUTHENTICATED


class Forbidden(RegisterError):
    """The actor is known but may not do this."""

    code = ErrorCode.FORBIDDEN


class NotFound(RegisterError):
    """The thing named does not exist for this actor."""

    code = ErrorCode.NOT_FOUND


class Conflict(RegisterError):
    """Somebody else moved first, or an idempotency key was used for another input."""

    code = ErrorCode.CONFLICT


class CostExceeded(RegisterError):
    """The operation costs more than the role's budget."""

    code = ErrorCode.COST_EXCEEDED


class RateLimited(RegisterError):
    """Too many requests; `headers` tell an HTTP client when to come again, where that is known."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, message: Bilingual, *, rule: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, rule=rule)
        self.headers = dict(headers or {})


class Unavailable(RegisterError):
    """A part that the register needs does not answer."""

    code = ErrorCode.UNAVAILABLE
    retry_after = "2"
    """What every answer 503 says in `Retry-After`: the seconds after which to come again."""


class ConfigurationError(RegisterError):
    """A setting is missing or wrong; the message says how to mend it."""

    code = ErrorCode.CONFIGURATION
