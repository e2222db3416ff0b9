"""The document on errors has every code and every rule that the code can give, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import parse

from registry.api.limits import (
    MAX_ALIASES,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_DIRECTIVES,
    MAX_FIELDS,
    MOST_VALUES,
    length_errors,
    limit_errors,
    value_errors,
)
from registry.domain.access import Role
from registry.domain.errors import ErrorCode
from scoring.policy.problems import RULES

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
_DOTTED = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*")
_FILE_NAME = re.compile(r".*\.(conf|css|csv|html|js|json|pid|sql|toml)")
_IN_TABLE = re.compile(r"^\| `([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)` \|", re.MULTILINE)
_NO_RULES = frozenset({"fixed", "get_logger"})
"""Calls whose dotted texts are names of other things: orderings, loggers."""


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "src").rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _dotted(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and _DOTTED.fullmatch(inner.value):
            yield inner.value


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_log(node: ast.Call) -> bool:
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id.lower() == "_log"


def _takers() -> dict[str, int]:
    """Functions and classes with a parameter `rule`: their names and its place among positional arguments."""
    takers = {}
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            elif isinstance(node, ast.ClassDef):
                fields = [inner.target for inner in node.body if isinstance(inner, ast.AnnAssign)]
                names = [field.id for field in fields if isinstance(field, ast.Name)]
            else:
                continue
            if "rule" in names:
                takers[node.name] = names.index("rule")
    return takers


def _rules_of_call(node: ast.Call, takers: dict[str, int]) -> Iterator[str]:
    for keyword in node.keywords:
        if keyword.arg == "rule":
            yield from _dotted(keyword.value)
    place = takers.get(_called(node))
    if place is not None and place < len(node.args):
        yield from _dotted(node.args[place])


def _embedded(path: Path, node: ast.Call) -> Iterator[str]:
    first = node.args[0] if node.args else None
    if "embedded" in path.parts and _called(node) == "refusal" and isinstance(first, ast.Constant):
        yield f"embedded.{first.value!s}"


def stated_rules() -> set[str]:
    """The rules passed where a rule is expected, and dotted keys of tables."""
    takers, found = _takers(), set[str]()
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found.update(_rules_of_call(node, takers), _embedded(path, node))
            elif isinstance(node, ast.Dict) and "registry" in path.parts:
                keys = [key for key in node.keys if key is not None]
                found.update(rule for key in keys for rule in _dotted(key) if not _FILE_NAME.fullmatch(rule))
                pairs = zip(node.keys, node.values, strict=True)
                values = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "rule"]
                found.update(rule for value in values for rule in _dotted(value))
    return found - {"uvicorn.access"}


def similar_texts(families: set[str]) -> set[str]:
    """Every other dotted text that begins like a known rule: rules that are returned before they are raised."""
    found: set[str] = set()
    for _, tree in _trees():
        hidden = {
            text
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and (_is_log(node) or _called(node) in _NO_RULES)
            for text in _dotted(node)
        }
        found.update(text for text in _dotted(tree) if text not in hidden and not _FILE_NAME.fullmatch(text))
    return {text for text in found if text.partition(".")[0] in families}


def limit_rules() -> set[str]:
    """The rules of documents that are too large, from documents that are."""
    nested = "{" + "a {" * (MAX_DEPTH + 1) + "b" + "}" * (MAX_DEPTH + 1) + "}"
    documents = (
        nested,
        "{" + " ".join(f"a{number}: b" for number in range(MAX_ALIASES + 1)) + "}",
        "{" + "b " * (MAX_FIELDS + 1) + "}",
        "{ b" + " @include(if: true)" * (MAX_DIRECTIVES + 1) + "}",
    )
    errors = [error for text in documents for error in limit_errors(parse(text))]
    errors += length_errors("#" * (MAX_CHARACTERS + 1))
    errors += value_errors({"a": [0] * MOST_VALUES}, Role.PUBLIC)
    return {str((error.extensions or {})["rule"]) for error in errors}


def known_rules() -> set[str]:
    """Every rule that the code can give."""
    stated = stated_rules()
    families = {rule.partition(".")[0] for rule in stated}
    return stated | similar_texts(families) | limit_rules() | {f"policy.{rule}" for rule in RULES}


def test_every_rule_is_documented() -> None:
    assert known_rules() - set(_IN_TABLE.findall(DOCUMENT)) == set()


def test_no_rule_is_documented_that_the_code_cannot_give() -> None:
    assert set(_IN_TABLE.findall(DOCUMENT)) - known_rules() == set()


def test_no_rule_is_documented_twice() -> None:
    listed = _IN_TABLE.findall(DOCUMENT)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_code_is_documented(code: ErrorCode) -> None:
    assert f"| `{code.value}` |" in DOCUMENT


def test_the_collection_finds_rules_of_every_way_of_stating_them() -> None:
    assert {
        "uscc.length",
        "region.overlap",
        "embedded.disk-full",
        "graphql.syntax",
        "limit.depth",
        "policy.weights-sum",
        "access.expired-key",
        "header.unknown",
        "audit.changed",
        "version.gap",
    } <= known_rules()
