"""From the text of a policy to its tables, and what would break whoever reads them."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from scoring.policy.problems import PolicyInvalid, Problem, problem

DEEPEST = 50
"""Tables and lists within each other; no system known nests conditions deeper than ten."""
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class _Twice(ValueError):
    """A key that stands twice in one table, of which JSON would keep the last without a word."""


_SYNTAX = (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeEncodeError, _Twice)


def parsed(text: str) -> Mapping[str, Any]:
    """The document of a TOML text, or of canonical JSON; raises PolicyInvalid."""
    form = "json" if text.lstrip().startswith("{") else "toml"
    try:
        text.encode("utf-8")
        if form == "json":
            return dict(json.loads(text, parse_float=Decimal, parse_constant=str, object_pairs_hook=_table))
        return tomllib.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise PolicyInvalid((problem("", "too-deep", deepest=DEEPEST),)) from error
    except _SYNTAX as error:
        raise PolicyInvalid((problem("", form, detail=str(error)),)) from error
    except ValueError as error:
        # Python refuses whole numbers of thousands of digits, and says so without their place.
        raise PolicyInvalid((problem("", "number-size"),)) from error


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        twice = next(key for at, (key, _) in enumerate(pairs) if key in dict(pairs[:at]))
        raise _Twice(f"the key {twice!r} stands twice in one table")
    return table


def unfit(document: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem for every text with control characters, and for the first place that lies too deep."""
    below: list[tuple[str, Any, int]] = [("", document, 0)]
    while below:
        path, value, depth = below.pop()
        if isinstance(value, str) and _UNSEEN.search(value):
            yield problem(path, "control-character")
        if depth > DEEPEST:
            yield problem(path, "too-deep", deepest=DEEPEST)
            return
        below += [(f"{path}.{key}".lstrip("."), inner, depth + 1) for key, inner in _inside(value)]


def _inside(value: Any) -> list[tuple[object, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, (list, tuple)) else []
