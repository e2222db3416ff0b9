"""What holds of every answer, whatever was asked: a check and the scalars for Schemathesis.

To refuse is sound: no role, a damaged cursor, an impossible day. A failure that nobody expected is not, nor is an
answer that is no GraphQL, or an error without its rule.
"""

import re
from typing import Any

import schemathesis
from graphql import ValueNode, parse_value
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar

_UNEXPECTED = {"INTERNAL", "UNAVAILABLE", "CONFIGURATION"}
_DIGITS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9)
_CELLS = st.dictionaries(st.sampled_from(["citizen_id", "institution_code", "started_on", "x"]), st.integers())
_SIZE = re.compile(r"\b(first|last|limit): (-?\d+)")
_CURSOR = re.compile(r'\b(after|before|asOf): "(?:[^"\\]|\\.)*"')
LONGEST_PAGE = 60


def _row(cells: dict[str, int]) -> ValueNode:
    return parse_value("{" + ", ".join(f'{name}: "{cell}"' for name, cell in cells.items()) + "}")


def _size(found: re.Match[str]) -> str:
    """A size that can be met, of three in four."""
    size = int(found[2])
    return found[0] if size % 4 == 0 else f"{found[1]}: {size % LONGEST_PAGE}"


def _cursor(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) % 4 == 0 else f"{found[1]}: null"


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """Give most documents sizes and cursors that let them go on to the register; what is left refuses them at once."""
    return _CURSOR.sub(_cursor, _SIZE.sub(_size, body)) if isinstance(body, str) else body


scalar("Decimal", (_DIGITS.map(str) | st.text(max_size=8)).map(nodes.String))
scalar("JSON", _CELLS.map(_row) | st.text(max_size=8).map(nodes.String))
scalar("Long", st.integers(-(2**65), 2**65).map(nodes.Int))


@schemathesis.check
def sound(_context: Any, response: Any, _case: Any) -> None:
    """Hold an answer to what is promised of every answer."""
    assert response.status_code in {200, 400}, f"status {response.status_code}"
    answer = response.json()
    assert isinstance(answer, dict)
    assert answer.keys() <= {"data", "errors", "extensions"}
    assert "data" in answer or answer.get("errors")
    for error in answer.get("errors", ()):
        assert isinstance(error["message"], str)
        told = error.get("extensions", {})
        assert told.get("code") not in _UNEXPECTED, error
        assert "code" in told, error
