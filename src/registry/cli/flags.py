"""flags: what rules and regulators found and nobody has resolved."""

import json as json_format
from typing import TYPE_CHECKING, Annotated

import typer

from registry.cli.screen import Json, emit, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.services.flags.listing import OpenFlag


def _flags(
    rule: Annotated[str | None, typer.Option(help="Only of this rule. 规则代码。")] = None,
    region: Annotated[str | None, typer.Option(help="Only in this region and below. 行政区划代码。")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="So many at most. 最多条数。")] = 100,
    json: Json = False,  # noqa: ARG001
) -> None:
    """List open flags, the newest first. 列出待处理的预警。"""
    from registry.services.flags.listing import list_flags

    settings = settings_of_command()

    async def listed() -> "list[OpenFlag]":
        async with opened(settings) as database:
            return await list_flags(database, operator_here(), rule=rule, region=region, most=most)

    flags = run(listed())
    emit({"flags": flags}, lambda: _show(flags))


def _show(flags: "list[OpenFlag]") -> None:
    columns = ("id", "rule 规则", "institution 机构", "region 地区", "raised 日期", "evidence 依据")
    rows = [
        (flag.id, flag.rule, flag.institution, flag.region, flag.raised_on, _plain(flag.evidence)) for flag in flags
    ]
    show_table(columns, rows, prose=("evidence 依据",))


def _plain(evidence: dict[str, object]) -> str:
    return json_format.dumps(evidence, ensure_ascii=False)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("flags", epilog="Example: registry flags --rule DOUBLE_POST --region 220000")(_flags)
