"""Region codes: GB/T 2260 in China, ISO 3166 for other nations."""

import re
from typing import NewType

from registry.domain.identifiers import normalise_code, refuse
from registry.domain.terms import Term

RegionCode = NewType("RegionCode", str)

_GB_PATTERN = re.compile(r"[1-9][0-9]{5}")
_ISO_PATTERN = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


class RegionLevel(Term):
    """The level of a region, from the nation down."""

    NATION = "NATION", "国家"
    PROVINCE = "PROVINCE", "省级"
    PREFECTURE = "PREFECTURE", "地级"
    COUNTY = "COUNTY", "县级"


def parse_region_code(text: str) -> RegionCode:
    """The region code in `text`: six digits of GB/T 2260, or ISO 3166 (`CN`, `US`, `US-AL`). Rule: `region.code`."""
    code = normalise_code(text)
    if not (_GB_PATTERN.fullmatch(code) or _ISO_PATTERN.fullmatch(code)):
        zh, en = (
            "区划代码应为6位数字(GB/T 2260)或 ISO 3166 代码",
            "a region code is six digits of GB/T 2260 or an ISO 3166 code",
        )
        raise refuse("region.code", zh, en)
    return RegionCode(code)
