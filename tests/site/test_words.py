"""Every string of the site stands in both languages, and templates and pages use none that is not there."""

import re
from pathlib import Path
from string import Formatter

import pytest

import registry.site
from registry.site.words import LANGUAGES, catalogue, say, term

FOLDER = Path(registry.site.__file__).parent
SOURCES = sorted([*FOLDER.glob("*.py"), *(FOLDER / "templates").iterdir()])
USED = re.compile(r"""\b(?:t|say)\(\s*(?:lang\w*, )?['"]([a-z]+\.[A-Za-z0-9_-]+)['"](?!\s*~)""")
CHOSEN = re.compile(
    r"""['"]([a-z]+\.[a-z0-9-]+)['"] if [^'"]+(?:['"]\w+['"][^'"]*)?else ['"]([a-z]+\.[a-z0-9-]+)['"]"""
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_string_has_both_languages_and_the_same_places() -> None:
    assert len(catalogue()) > 250
    for key, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES), key
        assert _places(texts["zh"]) == _places(texts["en"]), key


def test_chinese_strings_are_chinese_and_english_ones_are_not() -> None:
    both = {"site.zh", "site.en", "site.colon", "site.comma", "front.search-hint", "explain.obstacle-plain"}
    for key, texts in catalogue().items():
        if key not in both and CHINESE.search(texts["zh"]):
            assert not CHINESE.search(texts["en"]), key


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_what_is_said_is_in_the_catalogue(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = set(USED.findall(text)) | {key for pair in CHOSEN.findall(text) for key in pair}
    known = {name.partition(".")[0] for name in catalogue()}
    assert {key for key in used if key.partition(".")[0] in known} <= catalogue().keys()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_template_says_anything_itself(path: Path) -> None:
    """All that is Chinese in a template stands in the catalogue; the name of the nation is data."""
    if path.suffix == ".html":
        assert not CHINESE.search(path.read_text(encoding="utf-8").replace("'中国'", ""))


def test_an_unknown_code_is_shown_as_it_is_and_an_unknown_string_fails() -> None:
    assert term("zh", "kind", "NEW_KIND") == "NEW_KIND"
    assert term("en", "kind", "CARE_HOME") == "Care home"
    with pytest.raises(KeyError):
        say("en", "site.nothing")
