"""The rating policy: an immutable, checked document with its identity."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from scoring.policy.canonical import canonical_bytes
from scoring.policy.checks import check_policy
from scoring.policy.comparisons import MinMax, Percentile, Relative
from scoring.policy.conditions import Condition, flags_of
from scoring.policy.context import BY_FACTOR, BY_MAXIMUM, Names, define
from scoring.policy.grades import CreditCap, CreditPoints, Rules
from scoring.policy.indicators import (
    BY_POINTS,
    Domain,
    Indicator,
    Weighting,
    read_domains,
    read_indicators,
    read_weighting,
)
from scoring.policy.lines import with_lines
from scoring.policy.measures import IMPORTED, ROSTER, Measure, read_measures
from scoring.policy.overall import read_rules
from scoring.policy.parsing import parsed, unfit
from scoring.policy.problems import PolicyInvalid
from scoring.policy.reader import VERSION, Reader
from scoring.policy.score import ScoreRule, read_score
from scoring.policy.text import Text
from scoring.policy.words import NO_WORDS, Words, unknown_words
from scoring.policy.workforce import Workforce, read_workforce


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade of the scale; star n is the n-th from the lowest."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Governs:
    """Whom the policy rates: a region with all below it, institution kinds and code schemes (empty: every one)."""

    region: str
    kinds: tuple[str, ...]
    schemes: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A rating policy, valid by construction; made by `from_document` or `load_policy`."""

    code: str
    version: str
    title: Text
    governs: Governs
    effective_from: date
    effective_to: date | None
    legal_basis: tuple[str, ...]
    grades: tuple[Grade, ...]
    points_decimals: int
    measures: tuple[Measure, ...]
    domains: tuple[Domain, ...]
    indicators: tuple[Indicator, ...]
    score: ScoreRule
    weighting: Weighting
    rules: Rules
    workforce: Workforce | None
    canonical: bytes

    @classmethod
    def from_document(cls, document: Mapping[str, Any], words: Words = NO_WORDS) -> "Policy":
        """Checks the whole document and gives the policy; raises PolicyInvalid with every problem."""
        problems = list(unfit(document))
        if any(one.rule == "too-deep" for one in problems):
            raise PolicyInvalid(tuple(problems))
        reader = Reader(document, "", problems)
        policy = _read(reader)
        reader.finish()
        problems.extend(check_policy(policy, [problem.path for problem in problems]))
        problems.extend(unknown_words(document, words))
        if problems:
            raise PolicyInvalid(tuple(problems))
        return replace(policy, canonical=canonical_bytes(document))

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the canonical form, in hex."""
        return hashlib.sha256(self.canonical).hexdigest()

    @property
    def decimals(self) -> int:
        """Decimals of the score."""
        return self.score.decimals

    @property
    def recompute(self) -> str:
        """When weights are recomputed: monthly, quarterly, yearly, every-run or never."""
        return self.weighting.recompute

    @property
    def credit_caps(self) -> tuple[CreditCap, ...]:
        """What entries on credit lists do to the grade when it is asked for."""
        return self.rules.credit_caps

    @property
    def credit_points(self) -> tuple[CreditPoints, ...]:
        """What entries on red lists add to the score when it is asked for."""
        return self.rules.credit_points

    @property
    def weighted(self) -> bool:
        """Whether indicators carry weights that sum to one (otherwise their points are added)."""
        return self.weighting.method != BY_POINTS

    @property
    def imported_measures(self) -> tuple[str, ...]:
        """Codes of the measures that the caller supplies."""
        return tuple(measure.code for measure in self.measures if measure.source == IMPORTED)

    @property
    def needs_roster(self) -> bool:
        """Whether a measure is worked out from the roster."""
        return any(measure.source == ROSTER for measure in self.measures)

    @property
    def looks_back(self) -> bool:
        """Whether a rating rests on earlier ones: something is held, or upgrades are limited."""
        overall = self.rules.overall
        transforms = [indicator.transform for indicator in self.indicators]
        held = any(isinstance(one, (Percentile, Relative)) and one.hold for one in (*transforms, overall.placing))
        return held or overall.upgrade_limit > 0

    @property
    def compares(self) -> bool:
        """Whether a rating rests on other institutions' figures: places, ranges, or values that stand in."""
        comparing = any(isinstance(one.transform, (Percentile, Relative, MinMax)) for one in self.indicators)
        borrowing = any(one.missing.borrowed for one in self.indicators)
        placed = any(domain.placing for domain in self.domains)
        return comparing or borrowing or placed or self.rules.overall.placing is not None

    @property
    def flag_codes(self) -> tuple[str, ...]:
        """Codes of the flags that conditions ask about, sorted."""
        return tuple(sorted(set().union(*(flags_of(condition) for condition in self.conditions()))))

    def conditions(self) -> list[Condition]:
        """Every condition of the policy."""
        rules = self.rules
        asked = [rule.when for rule in rules.overall.rules] + [step.when for step in rules.overall.steps]
        counting = [measure.when for measure in self.measures] + [indicator.when for indicator in self.indicators]
        asked += [when for when in counting if when is not None]
        return asked + [cap.when for cap in rules.caps] + [exception.when for exception in rules.exceptions]

    def in_force(self, day: date) -> bool:
        """Whether the policy is in force on a law day; `effective_to` is its last day."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


BYTE_ORDER_MARK = "\ufeff"
"""What some editors write before the first letter."""


def load_policy(data: bytes, words: Words = NO_WORDS) -> Policy:
    """Reads a policy from TOML or from its canonical JSON, numbers exact; raises PolicyInvalid.

    `words` are those of a register; what a policy says in other words is a problem.
    """
    text = data.decode("utf-8", errors="surrogateescape").removeprefix(BYTE_ORDER_MARK)
    try:
        return Policy.from_document(parsed(text), words)
    except PolicyInvalid as invalid:
        raise PolicyInvalid(with_lines(text, invalid.problems)) from invalid.__cause__


def _read(reader: Reader) -> Policy:
    """The policy as far as it can be read; where the reader noted problems it stands in part on defaults."""
    names = Names()
    known = _head(reader)
    grades = _grades(reader)
    names.grades = len(grades)
    scales = reader.child("score")
    names.score_decimals = scales.integer("decimals", 2, 0, 6)
    names.points_decimals = scales.integer("points_decimals", max(4, names.score_decimals), names.score_decimals, 6)
    names.rescale_by = scales.choice("rescale_by", (BY_MAXIMUM, BY_FACTOR))
    measures = read_measures(reader, names)
    weighting = read_weighting(reader)
    domains = read_domains(reader, names)
    indicators = read_indicators(reader, names, weighting)
    rule = read_score(reader, names, weighting)
    rules = read_rules(reader, names)
    workforce = read_workforce(reader, any(measure.source == ROSTER for measure in measures))
    return Policy(
        grades=grades,
        points_decimals=names.points_decimals,
        measures=measures,
        domains=domains,
        indicators=indicators,
        score=rule,
        weighting=weighting,
        rules=rules,
        workforce=workforce,
        canonical=b"",
        **known,
    )


def _head(reader: Reader) -> dict[str, Any]:
    first = reader.day("effective_from", required=True)
    last = reader.day("effective_to")
    if first is not None and last is not None and last < first:
        reader.note("effective_to", "period")
    reader.text("note")
    return {
        "code": reader.code("code"),
        "version": reader.formed("version", VERSION, "version"),
        "title": reader.bilingual("title", required=True),
        "governs": _governs(reader.child("governs", required=True)),
        "effective_from": first,
        "effective_to": last,
        "legal_basis": reader.texts("legal_basis", required=True),
    }


def _governs(reader: Reader) -> Governs:
    # Who names no kind or scheme means every one; an empty list would mean nobody.
    kinds, schemes = (reader.texts(key, required=reader.has(key)) for key in ("kinds", "schemes"))
    governs = Governs(reader.word("region"), kinds, schemes)
    reader.finish()
    return governs


def _grades(reader: Reader) -> tuple[Grade, ...]:
    known: dict[str, int] = {}
    grades = []
    for inner in reader.children("grades", required=True):
        code = define(inner, known, 0)
        grades.append(Grade(code, inner.bilingual("title", required=True)))
        inner.finish()
    if len(grades) > 20:
        reader.note("grades", "too-many", found=len(grades), high=20)
    return tuple(grades)
