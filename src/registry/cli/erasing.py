"""erase, retention …: what is no longer needed goes, by rules that an authority edits."""

import re
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.progress import counted_progress
from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.lawdays import law_day

if TYPE_CHECKING:
    from registry.domain.identifiers import CitizenId
    from registry.services.erasure import ErasureResult
    from registry.services.retention import Kept, RetentionRule
    from registry.settings import Settings

app = typer.Typer(help="Terms of keeping. 保存期限。", no_args_is_help=True)
_TERM = re.compile(r"(\d{1,4}) ?(year|month|day)s?")
_MONTHS = {"year": 12, "month": 1, "day": 0}


def _today(settings: "Settings") -> date:
    return law_day(datetime.now(UTC), settings.zone)


def _erase(
    *,
    due: Annotated[bool, typer.Option("--due", help="Everybody past the term. 所有到期人员。")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, erase nobody. 只统计。")] = False,
    reason: Annotated[str | None, typer.Option(help="One person, number on standard input. 单人删除的理由。")] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Erase people for good: all who are past the term, or one whose number is read from standard input. 删除个人信息。

    What named them goes from every version; posts and ratings stay. It cannot be undone.
    """
    if due == (reason is not None):
        raise typer.BadParameter("give either --due or --reason / 须指定 --due 或 --reason 之一")
    if dry_run and not due:
        raise typer.BadParameter("goes with --due / 须与 --due 同用", param_hint="--dry-run")
    settings = settings_of_command()
    result = run(_erase_due(settings, dry_run) if reason is None else _erase_one(settings, _read_number(), reason))
    emit(result, lambda: _show(result, dry_run))


def _read_number() -> "CitizenId":
    """The number comes on standard input, so that no list of processes and no shell history has it."""
    from getpass import getpass

    from registry.domain.identifiers import parse_citizen_id

    text = getpass("Citizen number / 公民身份号码: ") if sys.stdin.isatty() else sys.stdin.readline()
    return parse_citizen_id(text)


async def _erase_due(settings: "Settings", dry_run: bool) -> "ErasureResult":
    from registry.services.erasure import erase_due

    async with opened(settings) as database:
        with counted_progress("erase", 0) as report:
            return await erase_due(database, operator_here(), _today(settings), dry_run=dry_run, progress=report)


async def _erase_one(settings: "Settings", number: "CitizenId", reason: str) -> "ErasureResult":
    from registry.services.erasure import erase_person

    keys = settings.personal_keys()
    async with opened(settings) as database:
        return await erase_person(database, operator_here(), keys, number, reason=reason, today=_today(settings))


def _show(result: "ErasureResult", dry_run: bool) -> None:
    if dry_run:
        say(f"Due / 到期人员: {result.due:,}; nobody was erased / 未删除")
        return
    say(f"Erased / 已删除: {result.erased:,} of / 共 {result.due:,}")
    if result.position is not None:
        say(f"Register position / 登记位置: {result.position}")


def _known_subject(text: str) -> "Kept":
    from registry.services.retention import Kept

    try:
        return Kept(text.upper())
    except ValueError:
        raise typer.BadParameter(f"known / 可用: {', '.join(Kept)}", param_hint="SUBJECT") from None


def _months_and_days(text: str) -> tuple[int, int]:
    match = _TERM.fullmatch(text)
    if match is None:
        raise typer.BadParameter("write it like '3 years', '13 months', '30 days'", param_hint="--term")
    count, unit = int(match[1]), match[2]
    return count * _MONTHS[unit], count if unit == "day" else 0


@app.command("list", epilog="Example: registry retention list --json")
def list_all(
    json: Json = False,  # noqa: ARG001
) -> None:
    """List the terms of keeping with their legal basis. 列出保存期限。"""
    from registry.services.retention import list_rules

    settings = settings_of_command()

    async def listed() -> "list[RetentionRule]":
        async with opened(settings) as database:
            return await list_rules(database, operator_here())

    rules = run(listed())
    emit(rules, lambda: _show_rules(rules))


def _show_rules(rules: "list[RetentionRule]") -> None:
    columns = ("subject 对象", "months 月", "days 日", "from 自", "to 至", "basis 依据")
    rows = [(r.subject, r.months, r.days, r.effective_from, r.effective_to, r.legal_basis) for r in rules]
    show_table(columns, rows, prose=("basis 依据",))


@app.command(
    "set", epilog="Example: registry retention set PERSON --term '2 years' --from 2099-01-01 --basis 个人信息保护法"
)
def set_one(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="What is kept. 对象。", show_default=False)],
    *,
    term: Annotated[str, typer.Option(help="How long, such as '3 years'. 期限。")],
    begins: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First law day. 起始日。")],
    basis: Annotated[str, typer.Option(help="Legal basis. 法律依据。")],
    json: Json = False,  # noqa: ARG001
) -> None:
    """Let another term follow the one in force; the former ends the day before. 设定保存期限。"""
    from registry.services.retention import RetentionRule, set_rule

    months, days = _months_and_days(term)
    rule = RetentionRule(_known_subject(subject), months, days, begins.date(), None, basis)
    settings = settings_of_command()

    async def done() -> None:
        async with opened(settings) as database:
            await set_rule(database, operator_here(), rule, _today(settings))

    run(done())
    emit(rule, lambda: say(f"{rule.subject}: {term} from / 自 {rule.effective_from}"))


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.command("erase", epilog="Example: registry erase --due --dry-run")(_erase)
    program.add_typer(app, name="retention")
