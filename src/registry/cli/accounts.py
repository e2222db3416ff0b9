"""accounts …: who brings rows as which source, and how many."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.lawdays import law_day

if TYPE_CHECKING:
    from registry.services.import_accounts import ImportAccount
    from registry.settings import Settings

app = typer.Typer(help="Accounts that bring rows. 数据报送账号。", no_args_is_help=True)


def _today(settings: "Settings") -> date:
    return law_day(datetime.now(UTC), settings.zone)


@app.command("list", epilog="Example: registry accounts list --json")
def list_all(
    json: Json = False,  # noqa: ARG001
) -> None:
    """List who brings rows as which source, and how many a day. 列出报送账号。"""
    from registry.services.import_accounts import list_accounts

    settings = settings_of_command()

    async def listed() -> "list[ImportAccount]":
        async with opened(settings) as database:
            return await list_accounts(database, operator_here())

    accounts = run(listed())
    emit(accounts, lambda: _show(accounts))


def _show(accounts: "list[ImportAccount]") -> None:
    columns = ("caller 账号", "source 来源", "kinds", "rows 日限", "from 自", "to 至", "reason 理由")
    rows = [
        (
            one.caller,
            one.source,
            "any" if one.kinds is None else ", ".join(one.kinds),
            "any" if one.most_rows is None else one.most_rows,
            one.effective_from,
            one.effective_to,
            one.reason,
        )
        for one in accounts
    ]
    show_table(columns, rows, prose=("source 来源", "kinds", "reason 理由"))


@app.command("set", epilog="Example: registry accounts set key:12 --source 'HR platform' --most 5000 --reason contract")
def set_one(
    caller: Annotated[str, typer.Argument(metavar="CALLER", help="key:ID or oidc:SUBJECT. 账号。", show_default=False)],
    *,
    source: Annotated[str, typer.Option(help="As whom it states rows. 来源。")],
    reason: Annotated[str, typer.Option(help="Why. 理由。")],
    kinds: Annotated[str | None, typer.Option(help="Kinds, with commas; any if not given. 数据类型。")] = None,
    most: Annotated[int | None, typer.Option(min=0, help="Rows a law day; any if not given. 每日行数。")] = None,
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First law day, else today. 起始日。")
    ] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Bind a caller to a source from a day on, with the kinds and rows that it may bring. 设定报送账号。"""
    from registry.services.import_accounts import ImportAccount, set_account

    settings = settings_of_command()
    first = _today(settings) if begins is None else begins.date()
    wanted = None if kinds is None else tuple(kind.strip() for kind in kinds.split(","))
    account = ImportAccount(caller, source, wanted, most, first, None, reason)

    async def done() -> None:
        async with opened(settings) as database:
            await set_account(database, operator_here(), account, _today(settings))

    run(done())
    emit(account, lambda: say(f"{caller}: {source} from / 自 {first}"))
