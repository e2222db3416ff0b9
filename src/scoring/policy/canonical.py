"""The canonical form of a policy document: what its SHA-256 is taken of."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from scoring.policy.problems import PolicyInvalid, problem


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """Sorted JSON without spaces, UTF-8; numbers as exact texts without trailing zeros, dates as ISO texts.

    A number and the text of that number have one form, because both mean the same wherever a number is read.
    """
    return json.dumps(_plain(document, ""), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, f"{path}.{key}".lstrip(".")) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, f"{path}.{index}".lstrip(".")) for index, inner in enumerate(value)]
    if isinstance(value, float):
        raise PolicyInvalid((problem(path, "binary-float"),))
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, Decimal)):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()
    kinds = {"zh_kind": "TOML 值", "en_kind": "a TOML value", "zh_found": "其他类型", "en_found": "something else"}
    raise PolicyInvalid((problem(path, "type", **kinds),))


def _number(value: int | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    if not value.is_finite():
        return str(value)
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
