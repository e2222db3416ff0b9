"""A check held against what the register knows of the same day later: what differs, code by code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_FACTS = ("certifiedRatio", "institution", "organisation", "assessedGrade", "rating")
_REASON = ("code", "wanted", "found", "groundCode", "disputed")
"""What makes a reason the same: not whether its entry, which counts all the same, has ended since."""


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A fact by its path, such as `rating.stars`, as it was stated and as it is known now; None for none."""

    fact: str
    stated: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs of one code: verdicts, reasons that fell away and that are new, facts."""

    code: str
    stated: str
    now: str
    gone: tuple[Mapping[str, Any], ...]
    new: tuple[Mapping[str, Any], ...]
    facts: tuple[ChangedFact, ...]


def differences(stated: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between two checks of the same codes, in their order; codes that are alike are left out."""
    pairs = zip(stated["answers"], now["answers"], strict=True)
    found = [_difference(before, after) for before, after in pairs]
    return [each for each in found if each.stated != each.now or each.gone or each.new or each.facts]


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    told = tuple({_key(reason): reason for reason in answer["reasons"]} for answer in (before, after))
    gone = tuple(reason for key, reason in told[0].items() if key not in told[1])
    new = tuple(reason for key, reason in told[1].items() if key not in told[0])
    return Difference(before["code"], before["verdict"], after["verdict"], gone, new, tuple(_facts(before, after)))


def _key(reason: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(reason.get(name) for name in _REASON)


def _facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ChangedFact]:
    stated, now = (dict(_leaves({name: answer[name] for name in _FACTS})) for answer in (before, after))
    for path in dict.fromkeys((*stated, *now)):
        if stated.get(path) != now.get(path):
            yield ChangedFact(path, stated.get(path), now.get(path))


def _leaves(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{name}.")
        elif value is not None:
            yield f"{above}{name}", str(value)
