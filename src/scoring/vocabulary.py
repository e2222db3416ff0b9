"""Codes that policies and rosters share: skill levels, ability classes, group levels, stages."""

from typing import Final

# 新八级工: ordinal 1 (学徒工) to 8 (首席技师); 0 stands for no level.
SKILL_LEVELS: Final = (
    "APPRENTICE",
    "JUNIOR",
    "INTERMEDIATE",
    "SENIOR",
    "TECHNICIAN",
    "SENIOR_TECHNICIAN",
    "SPECIAL_GRADE_TECHNICIAN",
    "CHIEF_TECHNICIAN",
)
LEVEL_ORDINAL: Final = {code: ordinal for ordinal, code in enumerate(SKILL_LEVELS, 1)}

# 自理、半失能、失能、失智: the column order of `Roster.residents`.
ABILITY_CLASSES: Final = ("SELF_CARE", "PARTLY_DISABLED", "DISABLED", "DEMENTIA")

NATION: Final = "nation"
PROVINCE: Final = "province"
PREFECTURE: Final = "prefecture"
COUNTY: Final = "county"
KIND: Final = "kind"

# The end of an open period, in days since 1970-01-01.
OPEN_DAY: Final = 2**31 - 1

MILLION: Final = 1_000_000
LEVELS_OF_TRANSFORMED: Final = 10_000
