"""Policy documents: read once for their content, and what they say in plain words."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from registry.site.documents import POLICIES
from registry.site.formats import number_text, share_text
from registry.site.frame import Visit
from registry.site.words import Language, say

Document = Mapping[str, Any]
_SHELF: dict[str, Document] = {}
"""Documents by their SHA-256: what an address of content names never changes."""

_SHARES = ("_ratio", "_adequacy", "turnover", "configuration", "expiring")


async def shelve(visit: Visit, ratings: Iterable[Mapping[str, Any] | None]) -> None:
    """Have the documents of these ratings' policies at hand; asks only when one of them is new to the process."""
    wanted = {rating["policy"]["sha256"] for rating in ratings if rating}
    if wanted - _SHELF.keys():
        await read_policies(visit)


async def read_policies(visit: Visit) -> list[dict[str, Any]]:
    """Return every policy of the register, the documents put on the shelf."""
    told = await visit.answer(POLICIES)
    policies: list[dict[str, Any]] = told.data["ratingPolicies"]["nodes"]
    for policy in policies:
        if policy["sha256"] not in _SHELF:
            _SHELF[policy["sha256"]] = tomllib.loads(policy["document"])
    return policies


def document_of(policy: Mapping[str, Any]) -> Document:
    """Return the document of a policy that was shelved."""
    return _SHELF[policy["sha256"]]


def measures_of(document: Document) -> dict[str, Document]:
    """Return the measures of a policy by code."""
    return {measure["code"]: measure for measure in document.get("measures", ())}


def indicators_of(document: Document) -> dict[str, Document]:
    """Return the indicators of a policy by code."""
    return {indicator["code"]: indicator for indicator in document.get("indicators", ())}


def measure_of(document: Document, indicator: str) -> Document:
    """Return the measure that an indicator reads; an empty one where it is not declared."""
    declared = indicators_of(document).get(indicator, {})
    return measures_of(document).get(declared.get("measure", indicator), {})


def title_of(language: Language, thing: Mapping[str, Any], otherwise: str) -> str:
    """Return the title of a part of a policy."""
    titles = thing.get("title") or {}
    return str(titles.get(language) or otherwise)


def is_share(code: str) -> bool:
    """Whether a measure reads best as per cent."""
    return any(part in code for part in _SHARES)


def measure_text(measure: Mapping[str, Any], scaled: int | None) -> str:
    """Return a scaled value of a measure as people read it."""
    if scaled is None:
        return ""
    value = Decimal(scaled).scaleb(-int(measure.get("decimals", 0)))
    return value_text(str(measure.get("code", "")), value)


def value_text(code: str, value: Decimal | str) -> str:
    """Return a value of a measure as people read it."""
    if is_share(code):
        return share_text(value)
    return number_text(Decimal(value).normalize() if Decimal(value) else 0)


def certified_ratio(rating: Mapping[str, Any] | None) -> str:
    """Return the certified ratio that a rating was computed from, as per cent; empty where there is none."""
    if rating is None or rating["policy"]["sha256"] not in _SHELF:
        return ""
    measure = measure_of(document_of(rating["policy"]), "certified_ratio")
    for line in rating["contributions"]:
        if line["indicator"] == "certified_ratio":
            return measure_text(measure, line["scaledValue"])
    return ""


def certified_target(document: Document) -> str | None:
    """Return the certified ratio that the policy's highest grade requires, as a plain number; None where none does."""
    for requirement in document.get("requirements", ()):
        if requirement.get("measure") == "certified_ratio" and isinstance(requirement.get("at_least"), Mapping):
            return str(max(Decimal(str(value)) for value in requirement["at_least"].values()))
    return None


# A policy in plain words ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in words: what it is called, its base weight and bounds, how its value becomes points."""

    title: str
    base: str
    bounds: str
    becomes: str
    missing: str


@dataclass(frozen=True, slots=True)
class Part:
    """A domain of a policy with its indicators."""

    title: str
    weight: str
    lines: Sequence[Line]


def parts(language: Language, document: Document) -> list[Part]:
    """Return the domains of a policy in its order."""
    found = []
    for domain in document.get("domains", ()):
        inside = [i for i in document.get("indicators", ()) if i.get("domain") == domain["code"]]
        weight = sum((Decimal(str(_base(indicator))) for indicator in inside), Decimal(0))
        lines = [_line(language, document, indicator) for indicator in inside]
        found.append(Part(title_of(language, domain, domain["code"]), share_text(weight) if weight else "", lines))
    return found


def _base(indicator: Document) -> object:
    weight = indicator.get("weight", 0)
    return weight.get("base", 0) if isinstance(weight, Mapping) else weight


def _line(language: Language, document: Document, indicator: Document) -> Line:
    measure = measure_of(document, indicator["code"])
    weight = indicator.get("weight", 0)
    bounds = ""
    if isinstance(weight, Mapping) and "lower" in weight and "upper" in weight:
        bounds = f"{share_text(str(weight['lower']))} – {share_text(str(weight['upper']))}"
    base = _base(indicator)
    return Line(
        title_of(language, measure, indicator["code"]),
        share_text(str(base)) if base else "",
        bounds,
        _becomes(language, str(measure.get("code", "")), indicator.get("transform", {})),
        _missing(language, indicator.get("missing")),
    )


def _becomes(language: Language, code: str, transform: Document) -> str:
    kind = str(transform.get("kind", ""))
    if kind == "linear" and not isinstance(transform.get("values", [0])[0], Mapping):
        pairs = zip(transform["values"], transform["points"], strict=True)
        steps = (f"{value_text(code, str(value))} → {number_text(str(points))}" for value, points in pairs)
        separator = "；" if language == "zh" else "; "
        return say(language, "rulebook.linear", steps=separator.join(steps))
    return say(language, f"rulebook.transform-{kind}") if kind else ""


def _missing(language: Language, rule: object) -> str:
    if isinstance(rule, Mapping):
        texts = rule.get("text") or {}
        return say(language, "rulebook.missing-not-rated", reason=texts.get(language, ""))
    return say(language, "rulebook.missing-rescale") if rule == "rescale" else ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What each grade demands of a domain or a measure."""

    title: str
    by_grade: Sequence[str]
    legal_basis: str


def demands(language: Language, document: Document) -> list[Demand]:
    """Return the floors and requirements of a policy, grade by grade."""
    grades = len(document.get("grades", ()))
    return [
        Demand(
            title_of(language, stage, stage["code"]),
            _by_grade(stage.get("at_least"), grades, str(stage.get("measure", ""))),
            str(stage.get("legal_basis", "")),
        )
        for stage in (*document.get("floors", ()), *document.get("requirements", ()))
    ]


def _by_grade(demand: object, grades: int, code: str) -> list[str]:
    if isinstance(demand, Mapping):
        return [value_text(code, str(demand[str(g)])) if str(g) in demand else "" for g in range(1, grades + 1)]
    if isinstance(demand, Sequence) and not isinstance(demand, str):
        return [value_text(code, str(value)) for value in demand][:grades]
    return [value_text(code, str(demand))] * grades if demand is not None else [""] * grades
