"""demo: from nothing to a served, scored register."""

import json as json_format
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.scoring import show_run
from registry.cli.screen import Json, emit, mode, say, show_table
from registry.cli.session import run, settings_of_command

if TYPE_CHECKING:
    from registry.cli.rehearsal import Rehearsal
    from registry.settings import Settings

QUERY = "{ institutions(first: 3, orderBy: [{field: STARS, direction: DESC}]) { nodes { name rating { stars } } } }"


def _demo(
    *,
    institutions: Annotated[int, typer.Option(min=1, max=400_000, help="How many institutions. 机构数。")] = 2000,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port, else REGISTRY_PORT. 端口。")] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Prepare, but do not serve. 不启动服务。")] = False,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same register. 随机种子。")] = 1,
    json: Json = False,  # noqa: ARG001
) -> None:
    """From nothing: keys, database, a synthetic register, a scoring run; then serve until interrupted. 演示。

    What is in the data directory already is kept and used: a second demo serves the register of the first.
    """
    from registry.app.hosting import database_addresses
    from registry.app.serving import address_of, bound_socket, serve
    from registry.cli.rehearsal import rehearse

    settings = settings_of_command(port=port)
    listener = None if no_serve else bound_socket(settings.host, settings.port)
    settings = _with_keys(settings)
    with database_addresses(settings) as addresses:
        rehearsal = run(rehearse(settings, addresses, institutions, seed))
        emit(rehearsal, lambda: _show(rehearsal))
        if listener is not None:
            url = address_of(listener)
            serve(settings, listener, answering=lambda: None if mode.json else _show_entrances(url))


def _with_keys(settings: "Settings") -> "Settings":
    """Make the keys that nobody has set, and read the settings again with them."""
    from registry.auth.keyfile import KEY_NAMES, ensure_key_file

    if all(getattr(settings, name.lower()) is not None for name in KEY_NAMES):
        return settings
    ensure_key_file(settings.data_dir)
    return settings_of_command(port=settings.port)


def _show(rehearsal: "Rehearsal") -> None:
    counts = rehearsal.overview.counts
    show_table(("held 现有", "rows 行"), list(counts.items()))
    if rehearsal.run is not None:
        show_run(rehearsal.run)
    took = [(name, f"{seconds:.1f} s") for name, seconds in rehearsal.seconds.items()]
    show_table(("stage 阶段", "took 用时"), [*took, ("all 合计", f"{sum(rehearsal.seconds.values()):.1f} s")])
    show_table(("role 角色", "token 密钥"), list(rehearsal.tokens.items()))


def _show_entrances(url: str) -> None:
    body = shlex.quote(json_format.dumps({"query": QUERY}))
    say(f"site 网站     {url}/")
    say(f"GraphQL       {url}/graphql")
    say(f"health 状态   {url}/readyz")
    say(f"\ncurl -s {url}/graphql -H 'content-type: application/json' -d {body}")
    say("With a token / 使用密钥: -H 'authorization: Bearer TOKEN'. Ctrl-C ends it / 按 Ctrl-C 结束")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("demo", epilog="Example: registry demo --institutions 2000 --port 8000")(_demo)
