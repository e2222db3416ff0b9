"""What columns of several kinds hold."""

from registry.domain.errors import Bilingual
from registry.domain.identifiers import normalise_code, parse_citizen_id, parse_institution_code, refuse
from registry.domain.regions import parse_region_code
from registry.domain.workforce import Occupation
from registry.transfer.citizens import all_citizen_ids
from registry.transfer.columns import Column
from registry.transfer.values import Code, Day, Identifier, ValueType


def parse_evaluator_code(text: str) -> str:
    """The code of an evaluation organisation (备案号): 2 to 40 digits, capitals or -. Rule: `evaluator-code.format`."""
    code = normalise_code(text)
    if not (2 <= len(code) <= 40 and code.isascii() and code.replace("-", "").isalnum()):
        zh, en = (
            "评价机构代码应为2至40位数字、字母或 -",
            "an evaluation organisation's code has 2 to 40 digits, letters or -",
        )
        raise refuse("evaluator-code.format", zh, en)
    return code


ORGANISATION = Identifier(
    parse_institution_code, "18位统一社会信用代码,或 体系:代码", "an 18-character USCC, or SCHEME:CODE", few=True
)
REGION = Identifier(
    parse_region_code, "6位区划代码或 ISO 3166 代码", "GB/T 2260 or ISO 3166 code", few=True, survives_as_number=True
)
CITIZEN = Identifier(
    parse_citizen_id, "18位公民身份号码", "an 18-character citizen number", all_canonical=all_citizen_ids
)
EVALUATOR = Identifier(parse_evaluator_code, "评价机构备案号", "the evaluation organisation's code", few=True)
OCCUPATION = Code(Occupation)
DAY = Day()


def column(name: str, of: ValueType, zh: str, en: str, *, personal: bool = False) -> Column:
    """A column; a name that ends in `*` is required."""
    return Column(name.rstrip("*"), of, Bilingual(zh, en), name.endswith("*"), personal)
