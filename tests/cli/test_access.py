"""token …: keys are made, listed without their tokens, revoked."""

import json
import re

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.xdist_group("demo-register")


def test_a_key_lives_from_create_to_revoke(demo: Program) -> None:
    made = demo.data("token", "create", "--role", "regulator", "--name", "Jilin bureau", "--region", "220000")
    assert made["role"] == "REGULATOR"
    assert made["token"].startswith(f"reg_{made['prefix']}_")
    listed = demo.run("token", "list", "--json").stdout
    assert made["token"] not in listed
    (entry,) = [key for key in json.loads(listed) if key["id"] == made["id"]]
    assert (entry["name"], entry["region_code"], entry["revoked_at"]) == ("Jilin bureau", "220000", None)
    revoked = demo.data("token", "revoke", str(made["id"]))
    assert revoked["id"] == made["id"]
    (entry,) = [key for key in demo.data("token", "list") if key["id"] == made["id"]]
    assert entry["revoked_at"] is not None


def test_the_token_is_the_last_line_for_people(demo: Program) -> None:
    shown = demo.done("token", "create", "--role", "AUDITOR", "--name", "audit", "--days", "7")
    assert shown.splitlines()[-1].startswith("reg_")


def test_the_list_of_keys_cuts_through_no_word(demo: Program) -> None:
    demo.done("token", "revoke", str(demo.data("token", "create", "--role", "ADMIN", "--name", "gone")["id"]))
    shown = demo.on_a_narrow_screen("token", "list")
    for key in demo.data("token", "list"):
        scope = key["institution_code"] or key["region_code"] or ""
        (line,) = [line for line in shown.splitlines() if key["key_prefix"] in line]
        assert {key["role"], scope, (key["revoked_at"] or key["expires_at"])[:10]} - {""} <= set(line.split())
    assert re.search(r"gone +ADMIN .* \d{4}-\d\d-\d\d", shown)
    assert "revoked" in shown


def test_what_a_role_needs_is_told(demo: Program) -> None:
    for arguments, rule in (
        (("--role", "REGULATOR"), "api-key.region"),
        (("--role", "INSTITUTION"), "api-key.institution"),
        (("--role", "REGULATOR", "--region", "999999"), "region.unknown"),
        (("--role", "AUDITOR", "--days", "0"), "api-key.days"),
    ):
        result = demo.run("token", "create", "--name", "x", *arguments)
        assert result.returncode == 1
        assert rule in result.stderr


def test_an_unknown_key_is_told(demo: Program) -> None:
    result = demo.run("token", "revoke", "nobody")
    assert result.returncode == 1
    assert "api-key.unknown" in result.stderr
