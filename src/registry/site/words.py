"""Every string of the site in both languages, read once from `words/*.toml`: `key = ["中文", "English"]`."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_FOLDER = Path(__file__).with_name("words")


@cache
def catalogue() -> dict[str, dict[Language, str]]:
    """Return the strings by `section.key`; ValueError for one that lacks a language or stands twice."""
    found: dict[str, dict[Language, str]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for section, strings in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for key, pair in strings.items():
                name = f"{section}.{key}"
                if name in found or len(pair) != 2 or not all(pair):
                    msg = f"{path.name}: {name} must stand once and in both languages"
                    raise ValueError(msg)
                found[name] = {"zh": pair[0], "en": pair[1]}
    return found


def say(language: Language, key: str, **values: object) -> str:
    """Return a string with its `{places}` filled; KeyError for an unknown key."""
    text = catalogue()[key][language]
    return text.format(**values) if values else text


def term(language: Language, section: str, code: str | None) -> str:
    """Return the word for a code of the register; the code itself where the site has no word for it."""
    if code is None:
        return ""
    known = catalogue().get(f"{section}.{code}")
    return code if known is None else known[language]
