"""Every example of the policy reference is valid: the first stands alone, the others change or extend it."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scoring import Policy, PolicyInvalid
from scoring.policy.conditions import SUBJECTS, AnyOf
from scoring.policy.problems import RULES

TEXT = (Path(__file__).parents[2] / "docs" / "policy-reference.md").read_text(encoding="utf-8")
BLOCKS = [tomllib.loads(block, parse_float=Decimal) for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)]


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Tables replace what they name, listed tables replace those of their code or join the list."""
    made = dict(base)
    for key, value in change.items():
        if isinstance(value, list):
            codes = {entry["code"] for entry in value}
            made[key] = [entry for entry in base.get(key, []) if entry["code"] not in codes] + value
        else:
            made[key] = value
    return made


@pytest.mark.parametrize("at", range(len(BLOCKS)))
def test_example_is_valid(at: int) -> None:
    made = BLOCKS[0] if at == 0 else merged(BLOCKS[0], BLOCKS[at])
    try:
        policy = Policy.from_document(made)
    except PolicyInvalid as invalid:
        pytest.fail(str(invalid))
    assert policy.code == "example"


def test_every_kind_of_condition_has_its_example() -> None:
    every = next(block for block in BLOCKS if block.get("caps", [{}])[0].get("code") == "SHOWS_EVERY_CONDITION")
    cap = Policy.from_document(merged(BLOCKS[0], every)).rules.caps[0]
    assert isinstance(cap.when, AnyOf)
    asked = re.search(r"SHOWS_EVERY_CONDITION.*?```", TEXT, re.DOTALL)
    assert asked is not None
    assert all(re.search(rf"\b{subject} = ", asked.group()) for subject in SUBJECTS)


def test_every_rule_has_a_remedy_in_both_languages() -> None:
    for wording in RULES.values():
        assert len(wording) == 4
        assert all(wording)
