"""limits …: how often callers may ask."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.lawdays import law_day

if TYPE_CHECKING:
    from registry.services.request_limits import RequestLimit, Window
    from registry.settings import Settings

app = typer.Typer(help="Limits of requests. 请求限额。", no_args_is_help=True)


def _today(settings: "Settings") -> date:
    return law_day(datetime.now(UTC), settings.zone)


@app.command("list", epilog="Example: registry limits list --json")
def list_all(
    json: Json = False,  # noqa: ARG001
) -> None:
    """List how many requests each role, and single callers, may make. 列出限额。"""
    from registry.services.request_limits import list_limits

    settings = settings_of_command()

    async def listed() -> "list[RequestLimit]":
        async with opened(settings) as database:
            return await list_limits(database, operator_here())

    limits = run(listed())
    emit(limits, lambda: _show(limits))


def _show(limits: "list[RequestLimit]") -> None:
    columns = ("whom 对象", "per 每", "most 至多", "from 自", "to 至", "reason 理由")
    rows = [
        (
            held.whom,
            held.per,
            "any" if held.most is None else held.most,
            held.effective_from,
            held.effective_to,
            held.reason,
        )
        for held in limits
    ]
    show_table(columns, rows, prose=("reason 理由",))


def _window(text: str) -> "Window":
    from registry.services.request_limits import Window

    try:
        return Window(text.upper())
    except ValueError:
        raise typer.BadParameter(f"known / 可用: {', '.join(Window)}") from None


def _most(text: str) -> int | None:
    if text == "any":
        return None
    if not text.isdigit() or len(text) > 10:
        raise typer.BadParameter("a number, or 'any' / 须为数字或 any")
    return int(text)


@app.command("set", epilog="Example: registry limits set key:12 --per DAY --most 1000 --reason 'runs wild'")
def set_one(
    whom: Annotated[
        str, typer.Argument(metavar="WHOM", help="Role, key:ID or oidc:SUBJECT. 对象。", show_default=False)
    ],
    *,
    per: Annotated[str, typer.Option(help="MINUTE or DAY. 每分钟或每日。")],
    most: Annotated[str, typer.Option(help="How many requests, or 'any'. 次数。")],
    reason: Annotated[str, typer.Option(help="Why. 理由。")],
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First law day, else today. 起始日。")
    ] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Let a limit hold from a day on, in the place of the one that holds then. 设定限额。

    That of a role is for each of its callers by itself; of the public a caller is an address. A caller's own limit
    goes before that of its role.
    """
    from registry.services.request_limits import RequestLimit, set_limit

    settings = settings_of_command()
    first = _today(settings) if begins is None else begins.date()
    limit = RequestLimit(whom, _window(per), _most(most), first, None, reason)

    async def done() -> None:
        async with opened(settings) as database:
            await set_limit(database, operator_here(), limit, _today(settings))

    run(done())
    emit(limit, lambda: say(f"{limit.whom}: {most} per / 每 {limit.per} from / 自 {first}"))
