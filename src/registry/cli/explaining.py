"""explain: why an institution is rated as it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registry.cli.screen import Json, emit, say, show_table
from registry.cli.session import opened, operator_here, run, settings_of_command
from registry.domain.lawdays import day_window, law_day

if TYPE_CHECKING:
    from registry.services.explanations import Explanation

_WAYS = {
    "certify": "carers on post gain a certificate / 在岗护理员取得证书",
    "promote": "certified carers move up one level / 持证人员晋升一级",
    "hire": "certified full-time carers are hired / 新聘持证全职护理员",
}


_PARTS = {
    "policy": "policy / 政策",
    "weights": "weights / 权重",
    "comparison": "comparison with others / 同组比较",
    "own_data": "own data / 自身数据",
}


def _explain(
    code: Annotated[str, typer.Argument(help="The institution's code. 机构代码。", show_default=False)],
    as_of: Annotated[
        str | None,
        typer.Option(metavar="T", help="As the register said at the end of a day, or at an instant. 查询时点。"),
    ] = None,
    json: Json = False,  # noqa: ARG001
) -> None:
    """Tell every step of a rating, its last change and the way up. 逐步说明一家机构的评级与升级路径。"""
    from registry.db.reading import resolve_instant
    from registry.services.explanations import StoodAt, explain_rating

    settings, instant = settings_of_command(), _instant(as_of)

    async def explained() -> "Explanation":
        async with opened(settings) as database:
            resolved = None if instant is None else await resolve_instant(database, instant)
            position = None if resolved is None else resolved["resolved_position"]
            moment = StoodAt(position, None if instant is None else law_day(instant))
            return await explain_rating(database, operator_here(), code, moment)

    told = run(explained())
    emit(told, lambda: _show(told))


def _instant(text: str | None) -> datetime | None:
    """The instant meant: the last of a law day, or one with its offset."""
    if text is None:
        return None
    try:
        asked = datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable() from error
    if asked.tzinfo is not None:
        return asked
    if len(text) > len("2026-10-31"):
        raise _unreadable()
    return day_window(asked.date())[1] - timedelta(microseconds=1)


def _unreadable() -> typer.BadParameter:
    return typer.BadParameter("2026-10-31, or 2026-10-31T08:00:00+08:00 with its offset", param_hint="--as-of")


def _show(told: "Explanation") -> None:
    rating = told.rating
    if not told.reproduced:
        say("What was published did not come out again / 未能复算出已公布的结果")
    policy = f"{rating['policy']['code']}@{rating['policy']['version']}"
    result = _named(rating["grade"] or rating["reason"])
    say(f"{told.institution} {told.as_of} {policy}: {result}, {rating['score'] or '-'}")
    columns = ("indicator 指标", "value 值", "points 分值", "weight 权重", "contribution 贡献")
    keys = ("code", "value", "points", "weight", "contribution")
    show_table(columns, [[line[key] or "-" for key in keys] for line in rating["indicators"]])
    for stage in rating["stages"]:
        if stage["applied"]:
            say(f"{stage['stage']} {stage['code']}: {stage['before']} → {stage['after']}")
    _show_credit(told.credit)
    _show_change(told.change)
    _show_way_up(told.way_up)


def _named(part: Mapping[str, Any]) -> str:
    text = part["text"] if "text" in part else part["title"]
    return f"{text['en']} / {text['zh']}" if text else str(part["code"])


def _show_credit(credit: Mapping[str, Any]) -> None:
    for cap in credit["caps"]:
        say(f"{cap['list']} {cap['code']}: ≤ {cap['at_most']} ({credit['day']}) {_named(cap)}")
    for rule in credit["points"]:
        say(f"{rule['code']}: +{rule['points']} = {credit['score']} ({credit['day']}) {_named(rule)}")
    if credit["suspended"]:
        say("No rating is shown: an entry suspends it / 名单记录暂停评级")


def _show_change(change: Mapping[str, Any] | None) -> None:
    if change is None:
        return
    say(f"Since / 较 {change['since']['as_of']}: {change['score'] or '-'}, {change['grades']:+d} ★")
    for part in change["parts"]:
        say(f"  {part['score'] or '-'}  {part['grades']:+d} ★  {_PARTS[part['part']]}")


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
    app.command("explain", epilog="Example: registry explain 52310120Y91400428A --as-of 2026-11-30")(_explain)
