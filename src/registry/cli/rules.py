"""rules …: the dated rules of lists, flags, staffing and complaints, that an authority edits."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, mode, say, show_error, show_row_errors, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.errors import RowsRejected
from registry.domain.lawdays import law_day

if TYPE_CHECKING:
    from registry.services.rules import Rule, RulesFollowed
    from registry.settings import Settings

app = typer.Typer(help="Dated rules. 规则。", no_args_is_help=True)

Kind = Annotated[str, typer.Argument(metavar="KIND", help="Kind of rules. 规则类别。", show_default=False)]
Code = Annotated[str, typer.Argument(metavar="CODE", help="Its code, as `rules list` shows it. 代码。")]


def _today(settings: "Settings") -> date:
    return law_day(datetime.now(UTC), settings.zone)


@app.command("list", epilog="Example: registry rules list credit-terms --unconfirmed")
def list_all(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="Kind of rules. 规则类别。")] = None,
    *,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="In force on this law day. 该日有效者。")
    ] = None,
    unconfirmed: Annotated[bool, typer.Option(help="That nobody has confirmed. 未经核实者。")] = False,
    json: Json = False,  # noqa: ARG001
) -> None:
    """List rules with their days, legal basis and content. 列出规则。"""
    from registry.services.rules import list_rules

    settings = settings_of_command()

    async def listed() -> "list[Rule]":
        async with opened(settings) as database:
            day = None if on is None else on.date()
            return await list_rules(database, operator_here(), kind, day, unconfirmed=unconfirmed)

    rules = run(listed())
    emit(rules, lambda: _show(rules))


def _show(rules: "Sequence[Rule]") -> None:
    columns = ("kind 类别", "code 代码", "from 自", "to 至", "confirmed 已核实", "content 内容", "basis 依据")
    rows = [
        (
            rule.kind,
            rule.code,
            rule.effective_from,
            rule.effective_to,
            "✓" if rule.confirmed else "–",
            "; ".join(f"{name}={value}" for name, value in rule.content.items() if str(value) not in rule.code.split()),
            rule.legal_basis,
        )
        for rule in rules
    ]
    show_table(columns, rows, prose=("content 内容", "basis 依据"))


@app.command("add", epilog="Example: registry rules add credit-windows windows.csv --dry-run")
def add(
    kind: Kind,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="CSV, XLSX or JSON Lines. 文件。")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and write nothing. 只检查，不写入。")] = False,
    template: Annotated[bool, typer.Option("--template", help="Print the columns to fill in. 输出模板。")] = False,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Let the rules of a file follow those that stand, which end the day before: all, or none. 增加规则。

    A rule begins today or later, or on days on which none of its code stands.
    """
    if template:
        return _print_template(kind)
    if file is None:
        raise typer.BadParameter("a file, or --template / 请给出文件或 --template", param_hint="FILE")
    settings = settings_of_command()
    try:
        told = run(_add(settings, kind, file, dry_run=dry_run))
    except RowsRejected as rejected:
        show_error(rejected, {"rows": rejected.errors})
        if not mode.json:
            show_row_errors(rejected.errors)
        raise typer.Exit(1) from None
    emit(told, lambda: _tell(told))
    return None


def _print_template(kind: str) -> None:
    from registry.services.rules import relation_of
    from registry.transfer import RULE_KINDS, template

    relation_of(kind)
    if kind not in RULE_KINDS:
        raise typer.BadParameter("set terms of keeping by / 请用 registry retention set", param_hint="KIND")
    typer.echo(template(RULE_KINDS[kind]).decode(), nl=False)


async def _add(settings: "Settings", kind: str, file: Path, *, dry_run: bool) -> "RulesFollowed":
    from registry.services.rules import add_rules, rehearse_rules

    async with opened(settings) as database:
        follow = rehearse_rules if dry_run else add_rules
        return await follow(database, operator_here(), kind, file, _today(settings))


def _tell(told: "RulesFollowed") -> None:
    say(f"Added / 新增: {told.added}; ended / 终止: {told.ended}; gave way / 取代: {told.replaced}")
    if told.position is None:
        say("Nothing was written / 未写入")
    else:
        _say_position(told.position)


def _say_position(position: int) -> None:
    say(f"Register position / 登记位置: {position}")


@app.command(
    "end", epilog="Example: registry rules end credit-grounds OTHER --on 2099-12-31 --reason '民发〔2099〕1号'"
)
def end(
    kind: Kind,
    code: Code,
    *,
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last law day, today or later. 最后一日。")],
    reason: Annotated[str, typer.Option(help="Why, with the document. 理由及文号。")],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Let the rule that is in force on a day end with it. 终止规则。"""
    from registry.services.rules import Named, end_rule

    settings = settings_of_command()

    async def ended() -> int:
        async with opened(settings) as database:
            return await end_rule(
                database, operator_here(), Named(kind, code), on.date(), reason, today=_today(settings)
            )

    position = run(ended())
    emit({"position": position}, lambda: _say_position(position))


@app.command("confirm", epilog="Example: registry rules confirm credit-terms SERIOUS --source '国办发〔2025〕22号'")
def confirm(
    kind: Kind,
    code: Code,
    *,
    source: Annotated[str, typer.Option(help="Where it was read. 核对来源。")],
    begins: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The one of this first day, else all. 指定起始日。"),
    ] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Note that somebody has read a rule in the source that it names. 核实规则。"""
    from registry.services.rules import Named, confirm_rule

    settings = settings_of_command()

    async def confirmed() -> int:
        async with opened(settings) as database:
            day = None if begins is None else begins.date()
            return await confirm_rule(database, operator_here(), Named(kind, code), day, source=source)

    position = run(confirmed())
    emit({"position": position}, lambda: _say_position(position))
