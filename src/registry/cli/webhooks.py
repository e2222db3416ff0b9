"""webhook …: who is told of changes where."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.db.pool import Database
    from registry.services.webhooks.making import Keyed, ShownSecret, WebhookInfo
    from registry.settings import Settings

T = TypeVar("T")

app = typer.Typer(help="Webhooks: who is told of changes where. 变更推送。", no_args_is_help=True)

_Number = Annotated[str, typer.Argument(metavar="ID", help="Identifier, as listed. 推送标识。")]
_Position = Annotated[int | None, typer.Option(help="Tell what comes after this position. 起始登记位置。")]


def _within(settings: "Settings", act: "Callable[[Database], Awaitable[T]]") -> T:
    async def acted() -> T:
        async with opened(settings) as database:
            return await act(database)

    return run(acted())


def _keyed(settings: "Settings") -> "Keyed":
    from registry.services.webhooks.making import Keyed

    return Keyed(settings.key("SECRET_KEY"), settings.webhook_reach)


@app.command(
    "create", epilog="Example: registry webhook create --key 3 --url https://buyer.example/hooks --region 220000"
)
def create(
    *,
    key: Annotated[int, typer.Option(help="Id of the API key that it belongs to. 所属密钥编号。")],
    url: Annotated[str, typer.Option(help="Where messages go. 接收地址。")],
    alert_url: Annotated[str | None, typer.Option(help="Where to tell that it was disabled. 告警地址。")] = None,
    code: Annotated[list[str] | None, typer.Option(help="A code to watch; repeat it. 关注的代码。")] = None,
    region: Annotated[str | None, typer.Option(help="A region to watch. 关注的地区。")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only changes of this kind; repeat it. 变更类型。")] = None,
    position: _Position = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Make a webhook for an API key; its secret is shown this once. 新建推送。"""
    from registry.domain.identifiers import normalise_code
    from registry.services.webhooks.making import NewWebhook, create_webhook

    settings = settings_of_command()
    wanted = NewWebhook(
        url=url,
        alert_url=alert_url,
        codes=tuple(normalise_code(each) for each in code) if code else None,
        region_code=None if region is None else normalise_code(region),
        kinds=tuple(each.upper() for each in kind) if kind else None,
        position=position,
    )
    keyed = _keyed(settings)
    _show(_within(settings, lambda database: create_webhook(database, keyed, operator_here(), wanted, key_id=key)))


def _show(shown: "ShownSecret") -> None:
    def tell() -> None:
        say(f"Webhook / 推送 {shown.id}")
        say("The secret is not shown again / 仅显示一次:")
        typer.echo(shown.secret)

    emit(shown, tell)


@app.command("list", epilog="Example: registry webhook list --json")
def list_all(
    json: Json = False,  # noqa: ARG001
) -> None:
    """List all webhooks, without their secrets. 列出推送。"""
    from registry.services.webhooks.making import list_webhooks

    found = _within(settings_of_command(), lambda database: list_webhooks(database, operator_here()))
    emit(found, lambda: _show_webhooks(found))


def _show_webhooks(found: "list[WebhookInfo]") -> None:
    columns = ("id", "owner 所属", "state 状态", "position 位置", "failures 失败", "fault 原因", "url 地址")
    rows = [
        (each.id, each.owner, each.disabled_for or each.state, each.position, each.failures, each.fault, each.url)
        for each in found
    ]
    show_table(columns, rows, prose=("url 地址",))


@app.command("pause", epilog="Example: registry webhook pause 8c1f0f0e-6f6d-4f0a-9f0c-1f7b1a2e3d4c")
def pause(
    number: _Number,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Tell a webhook nothing until it is resumed. 暂停推送。"""
    from registry.services.webhooks.changing import pause_webhook

    done = _within(settings_of_command(), lambda database: pause_webhook(database, operator_here(), number))
    emit({"id": done}, lambda: say(f"Paused / 已暂停 {done}"))


@app.command("resume", epilog="Example: registry webhook resume 8c1f0f0e-6f6d-4f0a-9f0c-1f7b1a2e3d4c --position 1200")
def resume(
    number: _Number,
    position: _Position = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Tell a webhook on from where it stands, or from another position. 恢复推送。"""
    from registry.services.webhooks.changing import resume_webhook

    settings = settings_of_command()
    done = _within(settings, lambda database: resume_webhook(database, operator_here(), number, position))
    emit({"id": done}, lambda: say(f"Resumed / 已恢复 {done}"))


@app.command("rotate", epilog="Example: registry webhook rotate 8c1f0f0e-6f6d-4f0a-9f0c-1f7b1a2e3d4c")
def rotate(
    number: _Number,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Give a webhook another secret; for a day messages are signed by both. 更换推送密钥。"""
    from registry.services.webhooks.changing import rotate_secret

    settings = settings_of_command()
    keyed = _keyed(settings)
    _show(_within(settings, lambda database: rotate_secret(database, keyed, operator_here(), number)))


@app.command("remove", epilog="Example: registry webhook remove 8c1f0f0e-6f6d-4f0a-9f0c-1f7b1a2e3d4c")
def remove(
    number: _Number,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Remove a webhook. 删除推送。"""
    from registry.services.webhooks.changing import remove_webhook

    done = _within(settings_of_command(), lambda database: remove_webhook(database, operator_here(), number))
    emit({"id": done}, lambda: say(f"Removed / 已删除 {done}"))
