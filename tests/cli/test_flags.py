"""flags: what is open, of one rule, in one region, so many at most; for people and for machines."""

from typing import Any

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.xdist_group("demo-register")


@pytest.fixture(scope="module")
def flags(demo: Program) -> list[dict[str, Any]]:
    """All open flags of the demo register."""
    found: list[dict[str, Any]] = demo.data("flags", "--most", "100000")["flags"]
    return found


def test_open_flags_are_listed_with_what_was_found(flags: list[dict[str, Any]]) -> None:
    assert len({flag["rule"] for flag in flags}) > 3
    assert [flag["id"] for flag in flags] == sorted((flag["id"] for flag in flags), reverse=True)
    doubled = next(flag for flag in flags if flag["rule"] == "DOUBLE_POST")
    assert set(doubled) == {"id", "rule", "severity", "institution", "region", "raised_on", "evidence"}
    assert "********" in doubled["evidence"]["numberMask"]


def test_rule_and_region_narrow_the_list(demo: Program, flags: list[dict[str, Any]]) -> None:
    rule, region = flags[0]["rule"], flags[0]["region"]
    assert demo.data("flags", "--rule", rule)["flags"] == [flag for flag in flags if flag["rule"] == rule][:100]
    inside = demo.data("flags", "--region", region, "--most", "100000")["flags"]
    assert inside == [flag for flag in flags if flag["region"] == region]
    assert demo.data("flags", "--region", "CN", "--most", "100000")["flags"] == flags
    assert demo.data("flags", "--rule", "NONE")["flags"] == []
    assert demo.data("flags", "--region", "999999")["flags"] == []


def test_no_more_than_asked_for_are_told(demo: Program, flags: list[dict[str, Any]]) -> None:
    assert demo.data("flags", "--most", "2")["flags"] == flags[:2]
    for wrong in ("0", "100001", "x"):
        assert demo.run("flags", "--most", wrong).returncode == 2


def test_people_read_a_table(demo: Program, flags: list[dict[str, Any]]) -> None:
    told = demo.done("flags", "--most", "3")
    assert all(str(flag["id"]) in told and flag["rule"] in told for flag in flags[:3])
