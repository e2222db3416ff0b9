"""Words of a policy that only a register knows: institution kinds, grouping levels, certificate kinds, occupations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.policy.problems import Problem, problem


@dataclass(frozen=True, slots=True)
class Words:
    """What a register uses; an empty tuple leaves a sort of word unchecked."""

    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()


NO_WORDS = Words()
"""Nothing is known of a register, so nothing is compared."""

_SORTS = {
    "kinds": ("机构类型", "institution kind"),
    "levels": ("分组层级", "grouping level"),
    "certificates": ("证书种类", "certificate kind"),
    "occupations": ("职业", "occupation"),
}
_OF_WORKFORCE = {
    "carers": "occupations",
    "occupations": "occupations",
    "occupation": "occupations",
    "certificates": "certificates",
    "kinds": "certificates",
    "kind": "certificates",
    "first_aid": "certificates",
    "dementia_care": "certificates",
}


def unknown_words(document: Mapping[str, Any], words: Words) -> Iterator[Problem]:
    """A problem for every word of a document that the register does not use."""
    for path, sort, word in _words(document, ""):
        known = getattr(words, sort)
        if known and word not in known:
            zh, en = _SORTS[sort]
            yield problem(path, "unknown-word", found=word, choices=", ".join(known), zh_kind=zh, en_kind=en)


Found = tuple[str, str, str]


def _words(value: Any, path: str) -> Iterator[Found]:
    """(path, sort, word) of a part of the document and all below it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            place = f"{path}.{key}".lstrip(".")
            sort = _sort(key, place)
            yield from _each(inner, place, sort) if sort else _words(inner, place)
        if value.get("level") == "kind":
            yield from _each(value.get("in"), f"{path}.in", "kinds")
    if isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _words(inner, f"{path}.{index}")


def _sort(key: str, path: str) -> str | None:
    if path == "governs.kinds":
        return "kinds"
    if path.startswith("workforce."):
        return _OF_WORKFORCE.get(key)
    return "levels" if key in ("group", "fallback", "level") else None


def _each(value: Any, path: str, sort: str) -> Iterator[Found]:
    """One text or a list of texts; a table goes on as any other."""
    if isinstance(value, str):
        yield path, sort, value
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            if isinstance(inner, str):
                yield f"{path}.{index}", sort, inner
    else:
        yield from _words(value, path)
