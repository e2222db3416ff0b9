"""The JSON Schema and the reader say the same about the shape of a document."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from tests.scoring.mistakes import ADDED, GONE, WEIGHTED, document
from tests.scoring.strategies import documents
from tests.scoring.test_engine import CALM
from tests.scoring.test_policy_errors import changed
from tests.scoring.test_policy_reference import BLOCKS, merged

from scoring import Policy, PolicyInvalid, load_policy, policy_schema, shipped_policies

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(policy_schema())
SHAPE = {"required", "unknown-key", "type", "choice", "code", "number", "empty", "one-of"}
"""What is wrong with the shape alone; everything else needs figures or names compared."""


def accepts(made: Json) -> bool:
    return bool(VALIDATOR.is_valid(json.loads(json.dumps(made, default=_plain))))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value.isoformat()


def rules_broken(made: Json) -> set[str]:
    try:
        Policy.from_document(made)
    except PolicyInvalid as invalid:
        return {problem.rule for problem in invalid.problems}
    return set()


def test_the_schema_is_a_schema_and_stands_in_the_repository() -> None:
    Draft202012Validator.check_schema(policy_schema())
    printed = (ROOT / "schema" / "policy.schema.json").read_text(encoding="utf-8")
    assert printed == json.dumps(policy_schema(), ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("name", sorted(shipped_policies()))
def test_shipped_policies_follow_the_schema(name: str) -> None:
    assert list(VALIDATOR.iter_errors(json.loads(load_policy(shipped_policies()[name]).canonical))) == []


@pytest.mark.parametrize("file", sorted((Path(__file__).parent / "data").rglob("*.toml")), ids=lambda file: file.stem)
def test_policies_of_published_systems_follow_the_schema(file: Path) -> None:
    assert accepts(json.loads(load_policy(file.read_bytes()).canonical))


@pytest.mark.parametrize("at", range(len(BLOCKS)))
def test_examples_of_the_reference_follow_the_schema(at: int) -> None:
    assert accepts(BLOCKS[0] if at == 0 else merged(BLOCKS[0], BLOCKS[at]))


@settings(CALM, max_examples=100)
@given(documents())
def test_made_documents_follow_the_schema(made: Json) -> None:
    assert accepts(made)


EXAMPLES = [(path, rule, changes, False) for path, rule, changes in ADDED if changes] + [
    (path, rule, changes, True) for path, rule, changes in WEIGHTED
]


@pytest.mark.parametrize(("path", "rule", "changes", "weighted"), EXAMPLES, ids=[f"{e[0]}:{e[1]}" for e in EXAMPLES])
def test_mistakes_of_shape_are_refused_by_both(path: str, rule: str, changes: list[Any], weighted: bool) -> None:
    made = changed(document(weighted=weighted), *changes)
    if rule == "binary-float":
        return
    broken = rules_broken(made) & SHAPE
    # An unknown function of the roster, a choice of figures and a text in place of a whole number need the reader.
    if broken and (path, rule) not in {("score.decimals", "type"), ("overall.steps.0.change", "choice")}:
        assert not accepts(made)


def _tables(made: Any, prefix: str = "") -> list[str]:
    found = [prefix.rstrip(".")] if isinstance(made, dict) and prefix else []
    inner = made.items() if isinstance(made, dict) else enumerate(made) if isinstance(made, list) else ()
    return found + [path for key, value in inner for path in _tables(value, f"{prefix}{key}.")]


@pytest.mark.parametrize("name", ["cn-national", "us-cms-staffing"])
def test_what_is_taken_away_or_added_is_refused_by_both_or_none(name: str) -> None:
    whole = json.loads(load_policy(shipped_policies()[name]).canonical)
    seen: set[str] = set()
    for path in ["", *_tables(whole)]:
        shape = ".".join(part for part in path.split(".") if not part.isdigit())
        if shape in seen:
            continue
        seen.add(shape)
        dot = f"{path}." if path else ""
        grown = changed(whole, (f"{dot}surplus", 1))
        assert "unknown-key" in rules_broken(grown)
        assert not accepts(grown), path
        _take_away_each(whole, path)


def _take_away_each(whole: Json, path: str) -> None:
    table = whole
    for part in filter(None, path.split(".")):
        table = table[int(part)] if isinstance(table, list) else table[part]
    for key in table:
        made = changed(whole, (f"{path}.{key}" if path else key, GONE))
        broken = rules_broken(made)
        if broken & {"required", "one-of"}:
            assert not accepts(made), (path, key)
        elif not broken:
            assert accepts(made), (path, key)
