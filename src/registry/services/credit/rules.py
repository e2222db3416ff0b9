"""Which rules nobody has confirmed."""

from dataclasses import replace

from registry.db.pool import Database, fetch
from registry.services.readiness import Finding, Level, found


async def check_credit_rules(database: Database) -> Finding:
    """Find which rules nobody has confirmed: their numbers were not read in the source that they name."""
    async with database.staff.acquire() as connection:
        rows = await fetch(connection, "doctor/credit_rules")
    if not rows[0]["lists"]:
        remedy = "运行 registry seed", "run `registry seed`"
        return found("credit rules", Level.FAIL, "缺少名单规则", "There are no rules of credit lists", remedy)
    unconfirmed = [dict(row) for row in rows if row["relation"] is not None]
    if not unconfirmed:
        return found("credit rules", Level.OK, "规则均已确认", "All rules are confirmed")
    remedy = (
        "由主管机关对照来源核对：registry rules confirm；不符的用 registry rules add 另立",
        "let the authority check them: `registry rules confirm`, or `registry rules add` where another number holds",
    )
    zh, en = f"{len(unconfirmed)} 条规则未经确认", f"{len(unconfirmed)} rules are unconfirmed"
    return replace(found("credit rules", Level.WARN, zh, en, remedy), details=tuple(unconfirmed))
