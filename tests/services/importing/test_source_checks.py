"""The doctor says where nobody decided which of two contradicting sources prevails."""

from datetime import date

from tests.services.importing.conftest import Bring, import_rule, organisation

from registry.db.pool import Database
from registry.services.readiness import Level
from registry.services.source_checks import check_sources

TODAY = date(2026, 1, 1)


async def test_contradictions_without_a_rule_of_precedence_are_told(full: Bring, database: Database) -> None:
    assert (await check_sources(database, TODAY)).level is Level.OK
    await full("organisations", [organisation(1, name="另名"), organisation(2, name="别名")], source="another")
    finding = await check_sources(database, TODAY)
    assert (finding.level, "2 rows" in finding.text.en) == (Level.WARN, True)
    await full("import-rules", [import_rule("PRECEDENCE", 1, source="test", effective_from="2026-01-01")])
    assert (await check_sources(database, date(2025, 12, 31))).level is Level.WARN
    assert (await check_sources(database, TODAY)).level is Level.OK
