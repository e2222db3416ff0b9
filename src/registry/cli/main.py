"""The `registry` program: its commands, and how every failure ends."""

import secrets
import signal
import sys
import traceback
from typing import Annotated

import typer

from registry.cli import (
    access,
    accounts,
    certificates,
    checkpoints,
    comparing,
    demo,
    documents,
    erasing,
    explaining,
    exporting,
    flags,
    generating,
    importing,
    keys,
    limits,
    policies,
    replaying,
    reporting,
    rules,
    scoring,
    serving,
    sources,
    statements,
    statistics,
    upkeep,
    webhooks,
)
from registry.cli.release import VERSION
from registry.cli.screen import error_console, mode, show_error
from registry.cli.usage import Commands
from registry.domain.errors import Bilingual, InputError, RegisterError

app = typer.Typer(
    name="registry",
    cls=Commands,
    help="The credit and rating register for elderly care. 养老服务信用与评级登记系统。",
    epilog="Begin with: registry demo — settings are read from REGISTRY_… variables and ./registry.toml.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"registry {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks. 显示调用栈。")] = False,
    version: Annotated[  # noqa: ARG001 - told by its callback
        bool, typer.Option("--version", help="Show the version. 显示版本。", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    mode.debug = debug


for commands in (
    demo,
    serving,
    upkeep,
    checkpoints,
    certificates,
    statements,
    statistics,
    importing,
    exporting,
    sources,
    generating,
    scoring,
    reporting,
    replaying,
    explaining,
    flags,
    erasing,
):
    commands.register(app)
comparing.register(policies.app)
app.add_typer(policies.app, name="policy")
app.add_typer(access.app, name="token")
app.add_typer(keys.app, name="keys")
app.add_typer(limits.app, name="limits")
app.add_typer(rules.app, name="rules")
app.add_typer(documents.app, name="documents")
app.add_typer(accounts.app, name="accounts")
app.add_typer(webhooks.app, name="webhook")


def main() -> None:
    """Run one command: exit 0 done, 1 refused or failed with a one-line reason, 2 wrong usage."""
    # A shell starts background jobs with SIGINT ignored; this program ends on it wherever it was started.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        app(prog_name="registry")
    except RegisterError as error:
        show_error(error)
        sys.exit(1)
    except OSError as error:
        show_error(_refused_by_the_system(error))
        sys.exit(1)
    except Exception as error:  # the last resort: no traceback unless asked for
        _show_unexpected(error)
        sys.exit(1)


def _refused_by_the_system(error: OSError) -> RegisterError:
    place, reason = error.filename or "", error.strerror or type(error).__name__
    return InputError(
        Bilingual(f"无法使用 {place}：{reason}", f"{place} cannot be used: {reason}"), rule="file.refused"
    )


def _show_unexpected(error: Exception) -> None:
    error_id = secrets.token_hex(4)
    if mode.debug:
        traceback.print_exception(error)
    kind = type(error).__name__
    error_console().print(
        f"Unexpected failure {error_id} ({kind}); run again with `registry --debug …` for details / "
        f"意外错误 {error_id}（{kind}）；加 --debug 重新运行可查看详情",
        markup=False,
    )
