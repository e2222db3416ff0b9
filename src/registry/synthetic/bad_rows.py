"""Rows that an import must refuse, one small file a kind, with the errors to expect."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from registry.synthetic.tables import COLUMNS

NUMBER = "S000122002201235000001"
USCC = "91350100M000100Y43"
PERSON = "11010519491231002X"
"""The valid examples of the standards; nobody is meant."""


BAD_ROWS: Mapping[str, Sequence[tuple[str, Sequence[tuple[str, str]]]]] = {
    "organisations": [
        ("91350100M000100Y4Z,校验码错误养老院,COMPANY,220102,ACTIVE,,,", [("organisation_code", "uscc.character")]),
        (f"{USCC[:-1]},缺一位养老院,COMPANY,220102,ACTIVE,,,", [("organisation_code", "uscc.length")]),
        (
            f"{USCC},,PARTNERSHIP,2201,ACTIVE,2024-02-30,,",
            [
                ("name", "cell.required"),
                ("legal_form", "choice.unknown"),
                ("region_code", "region.code"),
                ("registered_on", "day.format"),
            ],
        ),
    ],
    "institutions": [
        (f"{USCC},{USCC},床位为负,CARE_HOME,220102,ACTIVE,-1,,,", [("beds", "count.range")]),
        (
            f"{USCC},{USCC},停业早于开业,CARE_HOME,220102,CLOSED,10,2024-05-01,2024-04-30,",
            [("closed_on", "period.order")],
        ),
    ],
    "people": [
        ("110105194912310021,校验码错误,COLLEGE,", [("citizen_id", "citizen-id.check-character")]),
        ("11010519491331002X,出生日期错误,COLLEGE,", [("citizen_id", "citizen-id.birth-date")]),
        ("1101051949123100,位数不足,COLLEGE,", [("citizen_id", "citizen-id.length")]),
    ],
    "employments": [
        (f"{PERSON},{USCC},CARER,2024-05-01,2024-04-30,1,,,", [("ended_on", "period.order")]),
        (f"{PERSON},{USCC},CARER,2024-05-01,,1.5,,,", [("fte", "number.range")]),
        (f"{PERSON},{USCC},CARER,2024-05-01,,1,,JUNIOR,", [("appointed_level", "choice.unknown")]),
    ],
    "certificates": [
        (
            f"{NUMBER},{PERSON},SKILL_LEVEL,CARER,SENIOR,,2023-05-01,,VALID,",
            [
                ("level", "certificate.level-mismatch"),
            ],
        ),
        (
            f"{NUMBER},{PERSON},SKILL_LEVEL,CARER,CHIEF_TECHNICIAN,,2023-05-01,,VALID,",
            [
                ("level", "certificate.level-appointed"),
            ],
        ),
        (
            f"{NUMBER},{PERSON},SKILL_LEVEL,CARER,JUNIOR,,2023-05-01,,REVOKED,",
            [
                ("status_from", "certificate.status-from"),
            ],
        ),
    ],
    "residents": [
        (f"{USCC},DEMENTIA,2024-01-01,-3", [("headcount", "count.range")]),
        (f"{USCC},ASLEEP,2024-01-01,3", [("ability_class", "choice.unknown")]),
    ],
    "assessments": [
        (
            f"{USCC},2024-01-01,6,121,100,100,500,2024-01-01,2023-12-31,民政局,",
            [
                ("grade", "count.range"),
                ("environment", "number.range"),
                ("valid_to", "period.order"),
            ],
        ),
    ],
    "measures": [(f"{USCC},RESIDENT_SATISFACTION,2024-01-01,85%,", [("value", "number.format")])],
}
"""For each kind its wrong rows, each with the column and the rule of every error in it."""


def write_bad_rows(directory: Path) -> None:
    """Writes `bad_rows/<kind>.csv` and `bad_rows/expected.json`; nothing of it belongs to the register."""
    folder = directory / "bad_rows"
    folder.mkdir(exist_ok=True)
    expected = []
    for kind, rows in BAD_ROWS.items():
        lines = [COLUMNS[kind].replace(" ", ","), *(row for row, _ in rows)]
        (folder / f"{kind}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        for number, (_, errors) in enumerate(rows, 1):
            expected += [
                {"file": f"{kind}.csv", "row": number, "column": column, "rule": rule} for column, rule in errors
            ]
    text = json.dumps(expected, indent=1) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8", newline="\n")
