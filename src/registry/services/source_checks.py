"""Whether sources that contradict each other are weighed by a rule of the authority's."""

from datetime import date

from registry.db.pool import Database, fetch_row
from registry.domain.actors import operator
from registry.services.readiness import Finding, Level, found
from registry.services.transactions import acting


async def check_sources(database: Database, today: date) -> Finding:
    """Find whether sources contradict each other while no rule of the day says which of them prevails."""
    async with acting(database, operator("doctor"), readonly=True) as work:
        row = await fetch_row(work.connection, "doctor/contradictions", today)
    assert row is not None  # noqa: S101 - a row of counts
    count = row["contradictions"]
    zh, en = f"{count:,} 条记录来源不一致", f"Sources contradict each other in {count:,} rows"
    if not count or row["ranked"]:
        return found("sources", Level.OK, zh, en)
    remedy = "以 PRECEDENCE 导入规则指明何者优先", "say which source prevails by import rules PRECEDENCE"
    return found("sources", Level.WARN, f"{zh}，后到者优先", f"{en}; the later statement prevails", remedy)
