"""Names as searches compare them: in Chinese from two characters on, in pinyin from the first letter."""

import unicodedata
from string import ascii_lowercase, ascii_uppercase

from registry.domain.errors import Bilingual, InputError

LONGEST = 200
"""Characters that the longest name has."""

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


def _refuse(rule: str, field: str, zh: str, en: str) -> InputError:
    return InputError(Bilingual(zh, en), rule=rule, path=("filter", field))


def fold_name(text: str) -> str:
    """Return a name as the register compares it: compatibility forms folded (NFKC), Latin letters small."""
    return unicodedata.normalize("NFKC", text).translate(_SMALL)


def name_part(text: str) -> list[str]:
    """Return a part of a name, folded, and behind it pairs of its characters that cover it, for the index.

    Pairs do not overlap (but the last may): statistics multiply how often they occur, as if they were independent.
    Rules: `filter.name-too-short`, `filter.name-too-long`.
    """
    folded = fold_name(text).strip()
    if len(folded) < 2:
        zh, en = "名称检索词至少两个字", "a part of a name has at least two characters"
        raise _refuse("filter.name-too-short", "nameContains", zh, en)
    if len(folded) > LONGEST:
        zh, en = f"名称检索词至多{LONGEST}个字", f"a part of a name has at most {LONGEST} characters"
        raise _refuse("filter.name-too-long", "nameContains", zh, en)
    starts = {*range(0, len(folded) - 1, 2), len(folded) - 2}
    return [folded, *(folded[start : start + 2] for start in sorted(starts))]


def pinyin_beginning(text: str) -> str:
    """Return the beginning of a name in pinyin as the register writes it: no tones, no spaces, small letters, ü as v.

    Rule: `filter.pinyin`.
    """
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    letters = apart.replace("u\u0308", "v").replace("u:", "v")
    kept = "".join(character for character in letters if character.isalnum())
    if not kept or not kept.isascii() or len(kept) > LONGEST * 8:
        zh, en = "拼音应为拉丁字母或数字", "pinyin is written in Latin letters and digits"
        raise _refuse("filter.pinyin", "pinyin", zh, en)
    return kept
