"""A policy that looks back, for tests of runs that need the ratings before them."""

POLICY = """
code = "looking-back"
version = "1"
title = { en = "looking back" }
legal_basis = ["none"]
effective_from = 2024-01-01
governs = { region = "CN" }
grades = [
  { code = "LOW", title = { en = "low" } },
  { code = "MIDDLE", title = { en = "middle" } },
  { code = "HIGH", title = { en = "high" } },
]
measures = [{ code = "experience", source = "imported", decimals = 0 }]
domains = [{ code = "all" }]
score = { decimals = 0 }
[[indicators]]
code = "experience"
domain = "all"
transform = { kind = "identity", maximum = 1000 }
"""
PLACING = """
[overall.placing]
kind = "percentile"
counted_from = "lowest"
percents = [25, 50]
grades = [1, 2, 3]
hold = true
"""


def looking_back(region: str = "CN", *, overall: str) -> str:
    """Return the document for a region; `overall` is all that follows the indicators."""
    return POLICY.replace('region = "CN"', f'region = "{region}"') + overall
