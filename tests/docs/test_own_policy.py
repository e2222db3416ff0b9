"""The worked example of an own policy: its file is the tested one, its table and its message are what comes out."""

import re
from pathlib import Path

import pytest
from tests.scoring.outsiders import FILES, policy_in, rated

from scoring import PolicyInvalid, load_policy

TEXT = (Path(__file__).parents[2] / "docs" / "worked-example-own-policy.md").read_text(encoding="utf-8")
FILE = (FILES / "us-nc-star.toml").read_text(encoding="utf-8")
LINES = [line for line in TEXT.splitlines() if re.match(r"\| [-0-9][^-]", line)]
ROWS = [line.strip("| ").split(" | ") for line in LINES]


def test_the_file_shown_is_the_one_that_is_tested() -> None:
    assert FILE.strip() in TEXT


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_the_table_is_what_comes_out(row: list[str]) -> None:
    codes = ("merits", "demerits", "score_before")
    given = {code: figure for code, figure in zip(codes, row[:3], strict=True) if figure != "-"}
    outcome = rated(policy_in("us-nc-star"), [given])
    assert [f"{outcome.score[0] / 10:.1f}", str(outcome.stars[0] - 1)] == row[3:]


def test_the_mistake_shown_is_what_is_told() -> None:
    right = 'code = "score_before", source = "imported", decimals = 1'
    with pytest.raises(PolicyInvalid) as raised:
        load_policy(FILE.replace(right, right.replace("decimals", "decimal")).encode())
    (told,) = [problem for problem in raised.value.problems if problem.rule == "unknown-key"]
    for part in (f"us-nc-star.toml:{told.line}: {told.path}  [{told.rule}]", told.en, told.zh, f"→ {told.remedy_en}"):
        assert part in TEXT
