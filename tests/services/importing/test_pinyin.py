"""Names in Latin letters."""

import pytest

from registry.services.importing.pinyin import latin_name


@pytest.mark.parametrize(
    ("name", "whole", "initials"),
    [
        ("幸福里养老院", "xingfuliyanglaoyuan", "xflyly"),
        ("长春市长者乐园", "changchunshizhangzheleyuan", "ccszzly"),
        ("重庆路3号 ABC Care(东区)", "chongqinglu3haoabccaredongqu", "cql3habccaredq"),
        ("绿女", "lvnv", "ln"),
        ("—·。", "", ""),
    ],
)
def test_names_are_read_as_people_read_them(name: str, whole: str, initials: str) -> None:
    found = latin_name(name)
    assert found == (whole, initials)
