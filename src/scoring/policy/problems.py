"""What can be wrong with a policy document: one rule, one bilingual message with its remedy.

Every rule has a stable name; `RULES` has its wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from scoring.policy.wordings import RULES

LONGEST = 1000
"""More of a text than this is not told back."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a policy document: where (`indicators.2.transform.points`), which rule, what, how to mend it.

    `line` counts from 1 where the document was TOML text: the line of the key, or of the nearest table around it.
    """

    path: str
    rule: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path or '(document)'}: {self.en} [{self.rule}] {self.remedy_en}"


class PolicyInvalid(ValueError):
    """The document is not a policy; `problems` holds every mistake found, in document order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def problem(path: str, rule: str, **facts: object) -> Problem:
    """The problem of `rule` at `path`, worded with the facts of the place."""
    shown = {name: _shown(fact) for name, fact in facts.items()}
    zh, en, remedy_zh, remedy_en = (text.format(**shown) for text in RULES[rule])
    meant = _meant(facts)
    if meant:
        remedy_zh, remedy_en = f"是否指“{meant}”？{remedy_zh}", f"Did you mean '{meant}'? {remedy_en}"
    return Problem(path, rule, zh, en, remedy_zh, remedy_en)


def _shown(fact: object) -> object:
    """A fact as it is told: a fraction as a decimal where it is one, a long text cut short."""
    if isinstance(fact, Fraction):
        return _decimal(fact)
    text = str(fact)
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else fact


def _decimal(number: Fraction) -> str:
    digits = next((at for at in range(19) if (number * 10**at).denominator == 1), None)
    return str(number) if digits is None else format(Decimal(int(number * 10**digits)).scaleb(-digits), "f")


def _meant(facts: Mapping[str, object]) -> str:
    """The known name that a wrong one is most like; empty where none is."""
    for wrong, right in (("name", "known"), ("found", "choices")):
        if wrong in facts and right in facts:
            known = str(facts[right]).split(", ")
            found = str(facts[wrong])
            if ", " in found:
                return ""
            alike = {name.casefold(): name for name in known}
            near = get_close_matches(found.casefold(), list(alike), n=1, cutoff=0.6)
            return alike[near[0]] if near and alike[near[0]] != found else ""
    return ""
