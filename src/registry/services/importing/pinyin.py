"""Names in Latin letters, for search: whole and by initials."""

from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.seg.mmseg import seg


@lru_cache(maxsize=1 << 17)
def _syllables(phrase: str) -> tuple[str, ...]:
    """The syllables of a phrase as it is read (长春 chang, 院长 zhang); letters and digits stand for themselves."""
    kept = ("".join(filter(str.isalnum, syllable)).lower() for syllable in lazy_pinyin(phrase))
    return tuple(filter(None, kept))


def latin_name(name: str) -> tuple[str, str]:
    """The pinyin of a name without tones and its initials: 幸福里 is `xingfuli` and `xfl`; ü is v."""
    syllables = [syllable for phrase in seg.cut(name) for syllable in _syllables(phrase)]
    return "".join(syllables), "".join([syllable[0] for syllable in syllables])
