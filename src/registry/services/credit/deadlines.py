"""Whether authorities decide on objections and repairs, and publish decisions, within the windows of the rules."""

from registry.db.pool import Database, fetch
from registry.domain.actors import operator
from registry.domain.credit.vocabulary import CreditWindowCode
from registry.services.readiness import Finding, Level, found
from registry.services.transactions import acting

_REMEDY = (
    "查询 creditEntries(filter: {overdue: true}) 并办理",
    "ask for `creditEntries(filter: {overdue: true})`, and decide or publish",
)
_EXTEND = (
    "待官方公布假日安排后用 registry seed --calendar 补充工作日历",
    "extend the working calendar by `registry seed --calendar` once its holidays are announced",
)


async def check_deadlines(database: Database) -> Finding:
    """Find what is past its last day, and what has none since the calendar or the rules do not reach it."""
    async with acting(database, operator("doctor"), readonly=True) as work:
        rows = await fetch(work.connection, "doctor/deadlines")
    overdue = {row["window_code"]: row["overdue"] for row in rows if row["overdue"]}
    if overdue:
        zh = "，".join(f"{CreditWindowCode(code).zh} {count} 件逾期" for code, count in overdue.items())
        en = ", ".join(f"{code} {count}" for code, count in overdue.items())
        return found("deadlines", Level.WARN, zh, f"Past their last day: {en}", _REMEDY)
    unknown = sum(row["unknown"] for row in rows)
    if unknown:
        zh, en = f"{unknown} 件的期限超出工作日历", f"The calendar does not reach the last day of {unknown}"
        return found("deadlines", Level.WARN, zh, en, _EXTEND)
    due = sum(row["open"] for row in rows)
    return found("deadlines", Level.OK, f"{due} 件待办，均在期限内", f"{due} are open, none past its last day")
