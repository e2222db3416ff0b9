"""How every command behaves: help with an example, exit codes, errors in one line and in both languages."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.cli.conftest import SOURCES, Program

from registry.cli import main
from registry.cli.main import app

SLOW_TO_IMPORT = (
    "numba",
    "numpy",
    "strawberry",
    "graphql",
    "starlette",
    "asyncpg",
    "pydantic",
    "apscheduler",
    "uvicorn",
)


def _leaves(command: Any, *names: str) -> list[tuple[tuple[str, ...], Any]]:
    if hasattr(command, "commands"):
        return [leaf for name, child in command.commands.items() for leaf in _leaves(child, *names, name)]
    return [(names, command)]


COMMANDS = _leaves(typer.main.get_command(app))


def test_the_commands_are_those_of_the_contract() -> None:
    names = {" ".join(names) for names, _ in COMMANDS}
    assert names == {
        *("demo", "serve", "worker", "migrate", "doctor", "verify", "checkpoint", "schema", "seed"),
        *("keys make", "keys rotate", "keys drop", "erase", "retention list", "retention set"),
        *("generate", "import", "export", "score", "report", "replay", "explain", "flags", "stats"),
        *("policy add", "policy list", "policy show", "policy check", "policy schema", "policy compare"),
        "certificate verify",
        "statement verify",
        "statement pdf",
        *("token create", "token list", "token revoke", "limits list", "limits set"),
        *("rules list", "rules add", "rules end", "rules confirm"),
        *("documents import", "documents list", "documents remove", "documents mode"),
        *("sources", "accounts list", "accounts set"),
        *("webhook create", "webhook list", "webhook pause", "webhook resume", "webhook rotate", "webhook remove"),
    }


@pytest.mark.parametrize(("names", "command"), COMMANDS, ids=[" ".join(names) for names, _ in COMMANDS])
def test_help_has_an_example_that_parses_and_both_languages(names: tuple[str, ...], command: Any) -> None:
    example = re.fullmatch(r"Example: registry (.+?)( > \S+)?", command.epilog or "")
    assert example is not None
    assert example[1].startswith(" ".join(names))
    assert re.search(r"[\u4e00-\u9fff]", command.help or "")
    command.make_context(names[-1], shlex.split(example[1])[len(names) :])


def test_help_imports_nothing_slow() -> None:
    code = f"import sys, registry.cli.main; print([name for name in {SLOW_TO_IMPORT!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": SOURCES}, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("score", "--as-of", "yesterday"),
        ("import", "instituitons", "x.csv"),
        ("import", "institutions"),
        ("import", "institutions", "x.csv", "--format", "pdf"),
        ("token", "create", "--role", "KING", "--name", "x"),
        ("token", "create", "--role", "ADMIN"),
        ("generate",),
        ("generate", "x", "--institutions", "0"),
        ("serve", "--port", "99999"),
    ],
)
def test_wrong_usage_ends_with_2(bare: Program, arguments: tuple[str, ...]) -> None:
    result = bare.run(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [("no-such-command",), ("--no-such-option",), ("score", "--as-of", "yesterday")])
def test_wrong_usage_is_told_in_both_languages(bare: Program, arguments: tuple[str, ...]) -> None:
    said = bare.run_apart(*arguments).stderr
    assert "Wrong usage 用法错误" in said
    assert "-h' for help. 运行该命令可查看用法。" in said


def test_the_version_is_that_of_the_project(bare: Program) -> None:
    project = tomllib.loads((Path(SOURCES).parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert bare.done("--version") == f"registry {project['version']}\n"


def test_a_near_miss_gets_a_suggestion(bare: Program) -> None:
    assert "did you mean institutions" in bare.run("import", "instituitons", "x.csv").stderr.replace("\n", " ")


def test_a_refusal_is_one_line_in_both_languages_with_its_rule(bare: Program) -> None:
    result = bare.run("token", "create", "--role", "ADMIN", "--name", "x")
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert "REGISTRY_SECRET_KEY is not set" in line
    assert "未设置 REGISTRY_SECRET_KEY" in line
    assert "[settings.key-missing  SECRET_KEY]" in line


def test_a_refusal_in_json_is_one_document(bare: Program) -> None:
    result = bare.run("token", "create", "--role", "ADMIN", "--name", "x", "--json")
    assert result.returncode == 1
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["rule"], error["path"]) == ("CONFIGURATION", "settings.key-missing", ["SECRET_KEY"])
    assert set(error["message"]) == {"zh", "en"}


def test_a_traceback_shows_only_when_asked_for(bare: Program) -> None:
    arguments = "token", "create", "--role", "ADMIN", "--name", "x"
    assert "Traceback" not in bare.run(*arguments).stderr
    assert "Traceback" in bare.run("--debug", *arguments).stderr


@pytest.mark.parametrize("debug", [False, True])
def test_an_unexpected_failure_gets_an_id(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], debug: bool
) -> None:
    def break_down(**_given: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("registry.cli.upkeep.settings_of_command", break_down)
    monkeypatch.setattr(sys, "argv", ["registry", *(["--debug"] if debug else []), "migrate"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert re.search(r"Unexpected failure [0-9a-f]{8} \(RuntimeError\)", said)
    assert ("hunter2" in said) == debug


def test_what_the_system_refuses_is_told(bare: Program) -> None:
    (bare.folder / "file").touch()
    result = bare.run("generate", bare.folder / "file" / "below", "--institutions", "1")
    assert result.returncode == 1
    assert "cannot be used: Not a directory" in result.stderr


def test_a_wrong_setting_ends_every_command_before_it_begins(bare: Program) -> None:
    result = Program(bare.folder, {"PORT": "eighty"}).run("migrate")
    assert result.returncode == 1
    assert "REGISTRY_PORT" in result.stderr
    assert not (bare.folder / ".registry").exists()
