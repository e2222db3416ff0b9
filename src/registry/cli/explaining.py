"""explain: why an institution is rated as it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command

if TYPE_CHECKING:
    from registry.services.explanations import Explanation

_WAYS = {
    "certify": "carers on post gain a certificate / 在岗护理员取得证书",
    "promote": "certified carers move up one level / 持证人员晋升一级",
    "hire": "certified full-time carers are hired / 新聘持证全职护理员",
}


def _explain(
    code: Annotated[str, typer.Argument(help="The institution's code. 机构代码。", show_default=False)],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Law day, today unless given. 评定日。")
    ] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Tell every step of one institution's rating and the way up. 逐步说明一家机构的评级与升级路径。"""
    from registry.services.explanations import explain_rating

    settings = settings_of_command()

    async def explained() -> "Explanation":
        async with opened(settings) as database:
            return await explain_rating(database, operator_here(), code, as_of.date() if as_of else None)

    told = run(explained())
    emit(told, lambda: _show(told))


def _show(told: "Explanation") -> None:
    rating = told.rating
    policy = f"{rating['policy']['code']}@{rating['policy']['version']}"
    result = _named(rating["grade"] or rating["reason"])
    say(f"{told.institution} {told.as_of} {policy}: {result}, {rating['score'] or '-'}")
    columns = ("indicator 指标", "value 值", "points 分值", "weight 权重", "contribution 贡献")
    keys = ("code", "value", "points", "weight", "contribution")
    show_table(columns, [[line[key] or "-" for key in keys] for line in rating["indicators"]])
    for stage in rating["stages"]:
        if stage["applied"]:
            say(f"{stage['stage']} {stage['code']}: {stage['before']} → {stage['after']}")
    _show_way_up(told.way_up)


def _named(part: Mapping[str, Any]) -> str:
    text = part["text"] if "text" in part else part["title"]
    return f"{text['en']} / {text['zh']}" if text else str(part["code"])


def _show_way_up(way_up: Mapping[str, Any]) -> None:
    if way_up["target"] is None:
        return
    say(f"Way up to / 升级路径 {way_up['target']['code']}:")
    for way in way_up["ways"]:
        number = way["count"] if way["count"] is not None else f"- (≤ {way['searched_up_to']})"
        say(f"  {number}  {_WAYS[way['way']]}")
    for entry in way_up["obstacles"]:
        demand = f": {entry.get('value') or '-'} → {entry['demand']}" if entry.get("demand") else ""
        say(f"  {entry['stage']} {entry['code']}{demand}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain", epilog="Example: registry explain 52310120Y91400428A --as-of 2026-10-31")(_explain)
