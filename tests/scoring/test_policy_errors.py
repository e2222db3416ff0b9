"""Every mistake in a policy document is found, at its place, all at once, in both languages."""

import contextlib
import copy
import json
import random
from decimal import Decimal
from typing import Any

import pytest
from tests.scoring.mistakes import ADDED, GONE, STEPS, WEIGHTED, document

from scoring import Policy, PolicyInvalid, load_policy, shipped_policies
from scoring.policy.problems import RULES

Json = dict[str, Any]


def changed(made: Json, *changes: tuple[str, Any]) -> Json:
    """The document with values put (or taken away) at dotted paths; a list grows by one at its end."""
    made = copy.deepcopy(made)
    for path, value in changes:
        *parents, last = path.split(".")
        place: Any = made
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        if isinstance(place, list):
            place[int(last) : int(last) + 1] = [] if value is GONE else [value]
        elif value is GONE:
            place.pop(last)
        else:
            place[last] = value
    return made


def problems_of(made: Json) -> list[tuple[str, str]]:
    with pytest.raises(PolicyInvalid) as raised:
        Policy.from_document(made)
    for problem in raised.value.problems:
        for text in (problem.zh, problem.en, problem.remedy_zh, problem.remedy_en):
            assert text
            assert "{" not in text
    return [(problem.path, problem.rule) for problem in raised.value.problems]


@pytest.mark.parametrize(("path", "rule", "changes"), ADDED, ids=[f"{p}:{r}" for p, r, _ in ADDED])
def test_each_mistake_is_found_at_its_place(path: str, rule: str, changes: list[tuple[str, Any]]) -> None:
    if not changes:
        changes = [("title", {})]
        path = "title"
    assert (path, rule) in problems_of(changed(document(), *changes))


@pytest.mark.parametrize(("path", "rule", "changes"), WEIGHTED, ids=[f"{p}:{r}" for p, r, _ in WEIGHTED])
def test_each_mistake_of_weights_is_found(path: str, rule: str, changes: list[tuple[str, Any]]) -> None:
    assert (path, rule) in problems_of(changed(document(weighted=True), *changes))


ELSEWHERE = {"toml", "json", "too-deep", "unknown-word", "unknown-region"}
"""Rules of what no table says: told below, and where a register is asked."""


def test_every_rule_of_the_validator_has_its_example() -> None:
    assert set(RULES) == {rule for _, rule, _ in [*ADDED, *WEIGHTED]} | ELSEWHERE


def test_the_examples_start_from_valid_policies() -> None:
    assert Policy.from_document(document()).code == "small"
    assert Policy.from_document(document(weighted=True)).weighted


def test_all_mistakes_are_found_at_once() -> None:
    made = changed(document(), ("code", GONE), ("colour", 1), (f"{STEPS}.cuts", [2, 1]), ("overall.cuts", [30]))
    assert {rule for _, rule in problems_of(made)} == {"required", "unknown-key", "order", "length"}


MANY = """code = "x y"
version = "1"
title = { en = "t" }
legal_basis = ["a"]
effective_from = 2024-01-01
governs = { region = "CN" }
colour = 1

[[grades]]
code = "LOW"
title = { en = "l" }
[[grades]]
code = "HIGH"   # [[not a header]]
title = { en = "h" }
[[measures]]
code = "a"
source = "imported"
decimals = 0
[[measures]]
code = "b"
source = "imported"
decimals = 0
[weighting]
method = "fixed"
[[domains]]
code = "d"
[[indicators]]
code = "a"
domain = "d"
weight = { base = 0.5 }
transform = { kind = "linear", values = [
  0, 10], points = [0, 200] }
[[indicators]]
code = "b"
domain = "e"
weight = { base = 0.4 }
[indicators.transform]
kind = "steps"
cuts = [3, 2]
points = [1, 2]
[overall]
base = "score"
cuts = [500]
"""


def test_every_mistake_is_found_with_its_line_though_parts_cannot_be_read() -> None:
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(MANY.encode())
    lines = MANY.splitlines()
    found = [(p.rule, lines[p.line - 1].split(" ")[0] if p.line else None) for p in raised.value.problems]
    assert found == [
        ("code", "code"),
        ("unknown-key", "colour"),
        ("weights-sum", "[[indicators]]"),
        ("points-over-maximum", "transform"),
        ("unknown-domain", "domain"),
        ("required", "[indicators.transform]"),
        ("order", "cuts"),
        ("length", "points"),
        ("unreachable-grade", "cuts"),
    ]


NOT = "{ not = "


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ('{"code": "a",\n "version" "1"}', "json", 2),
        ('{"code": "a", "code": "b"}', "json", None),
        (f'a = 1\nwhen = {NOT * 60}{{ flag = "A" }}{"}" * 60}', "too-deep", 2),
        (f"x = {'[' * 5000}{']' * 5000}", "too-deep", None),
        (f"x = {'9' * 6000}", "number-size", None),
    ],
)
def test_what_cannot_be_taken_in_is_told(text: str, rule: str, line: int | None) -> None:
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(text.encode())
    (problem,) = raised.value.problems
    assert (problem.rule, problem.line) == (rule, line)
    assert "{" not in problem.zh + problem.en + problem.remedy_zh + problem.remedy_en


@pytest.mark.parametrize(
    ("number", "rule"), [("NaN", "number"), ("Infinity", "number"), ("1e999999999", "number-size")]
)
def test_numbers_that_toml_knows_and_policies_do_not(number: str, rule: str) -> None:
    assert problems_of(changed(document(), (f"{STEPS}.cuts", [1, Decimal(number)]))) == [(f"{STEPS}.cuts.1", rule)]


def test_nested_conditions_within_the_bound_are_read() -> None:
    condition: Json = {"flag": "A"}
    for _ in range(40):
        condition = {"not": condition}
    assert Policy.from_document(changed(document(), ("caps.0.when", condition))).rules.caps


def test_the_line_of_a_syntax_error_is_told() -> None:
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(b'code = "a"\nversion = \n')
    assert [(p.rule, p.line) for p in raised.value.problems] == [("toml", 2)]


@pytest.mark.parametrize("seed", range(60))
def test_many_keys_wrong_at_once_are_refused_and_never_a_crash(seed: int) -> None:
    choice = random.Random(seed)
    data = choice.choice(list(shipped_policies().values()))
    made = json.loads(load_policy(data).canonical)
    for _ in range(choice.randint(2, 6)):
        path = choice.choice(_paths(made))
        made = changed(made, (path, choice.choice([*WRONG, GONE])))
    with contextlib.suppress(PolicyInvalid):
        assert Policy.from_document(made).sha256


@pytest.mark.parametrize(
    ("data", "rule"), [(b"\xff\xfe", "toml"), (b"code = ", "toml"), (b"{", "json"), (b'{"code": ', "json")]
)
def test_what_is_not_toml_or_json_is_one_problem(data: bytes, rule: str) -> None:
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(data)
    assert [problem.rule for problem in raised.value.problems] == [rule]


@pytest.mark.parametrize("data", [b"", b"{}"])
def test_an_empty_document_lists_what_is_required(data: bytes) -> None:
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(data)
    assert {"code", "version", "grades", "measures", "domains", "indicators", "overall"} <= {
        p.path for p in raised.value.problems
    }


WRONG: tuple[Any, ...] = (None, [], {}, "?", -1, True, [[]], "9" * 40, 0.5)


def test_every_key_wrong_is_refused_and_never_a_crash() -> None:
    for data in shipped_policies().values():
        whole = json.loads(load_policy(data).canonical)
        for at, path in enumerate(_paths(whole)):
            made = changed(whole, (path, WRONG[at % len(WRONG)]))
            with contextlib.suppress(PolicyInvalid):
                assert Policy.from_document(made).sha256


def _paths(made: Any, prefix: str = "") -> list[str]:
    if isinstance(made, dict):
        return [path for key in made for path in [f"{prefix}{key}", *_paths(made[key], f"{prefix}{key}.")]]
    if isinstance(made, list):
        return [path for at in range(len(made)) for path in [f"{prefix}{at}", *_paths(made[at], f"{prefix}{at}.")]]
    return []


def test_a_byte_order_mark_is_no_mistake() -> None:
    data = shipped_policies()["us-cms-staffing"]
    assert load_policy(b"\xef\xbb\xbf" + data).sha256 == load_policy(data).sha256


def test_one_unknown_measure_is_one_mistake() -> None:
    line = {"kind": "linear", "values": [0, 10], "points": [0, 60]}
    assert problems_of(changed(document(), ("indicators.0.measure", "z"), (STEPS, line))) == [
        ("indicators.0.measure", "unknown-measure")
    ]


def test_figures_are_told_as_they_were_written() -> None:
    with pytest.raises(PolicyInvalid) as raised:
        Policy.from_document(changed(document(), ("floors", [{"domain": "first", "at_least": ["1.5", "0.5", "2"]}])))
    (problem,) = raised.value.problems
    assert "grade 2 demands 0.5 after 1.5" in problem.en
