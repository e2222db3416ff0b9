"""Lists of entries are read by their indexes: what has ended is read past, whichever way entries lie."""

from typing import Any
from unittest import mock

import pytest
from tests.history.test_plans import explained

from registry.api.context import ApiContext, RequestContext
from registry.api.schema import build_schema
from registry.db.pool import Connection, Database
from registry.db.reading import answer_publicly
from registry.domain.actors import ANONYMOUS

SCHEMA = build_schema()
ENTRIES, IN_FORCE = 20_000, 2_000
REGISTER = f"""
SET registry.change_id = '1';
INSERT INTO register.organisation (code, scheme, name, legal_form, region_code, status, ordinal)
SELECT 'O:' || n, 'O', 'o' || n, 'COMPANY', 'CN', 'ACTIVE', n FROM generate_series(1, 4000) AS n;
INSERT INTO register.institution (code, scheme, organisation_id, name, name_pinyin, name_initials, kind, region_code,
  status, beds, ordinal)
SELECT 'I:' || n, 'I', n, '院' || n, '', '', 'CARE_HOME', 'CN', 'ACTIVE', 9, n FROM generate_series(1, 4000) AS n;
INSERT INTO register.credit_list (code, kind, name_zh, name_en, region_code, authority, credit_china_code,
  needs_consent, effective, legal_basis, confirmed)
VALUES ('L', 'BLACK', 'b', 'b', 'CN', 'a', 8, false, '[2010-01-01,)', 'x', true);
INSERT INTO register.credit_ground (code, list_kind, name_zh, name_en, court_only, effective, legal_basis, confirmed)
VALUES ('G', 'BLACK', 'b', 'b', false, '[2010-01-01,)', 'x', true);
INSERT INTO register.credit_entry (origin, list_code, ground_code, organisation_id, institution_id, region_code,
  decided_on, last_day, reference, document_number, authority, legal_basis, ordinal)
SELECT 'IMPORTED', 'L', 'G', CASE WHEN n % 2 = 0 THEN 1 + n % 4000 END, CASE WHEN n % 2 = 1 THEN 1 + n % 4000 END, 'CN',
  CASE WHEN n <= {IN_FORCE} THEN current_date - 3000 ELSE current_date - n % 2000 - 1 END,
  CASE WHEN n > {IN_FORCE} THEN current_date - 1 END, 'r', 'd' || n, 'a', 'x', 10000 + n
  FROM generate_series(1, {ENTRIES}) AS n;
SELECT register.publish_change_set(1, 'IMPORT', 't', 't', NULL, NULL, 40000);
"""


@pytest.fixture
async def listed(database: Database, admin: Connection) -> Database:
    """Entries of which nine in ten have ended; those in force are the oldest, where an order by day meets them last."""
    await admin.execute(REGISTER)
    await admin.execute("VACUUM ANALYZE register.credit_entry")
    await admin.execute("ANALYZE")
    return database


async def plan(database: Database, admin: Connection, query: str) -> tuple[Any, list[dict[str, Any]]]:
    """Return the answer, and the nodes of the plans by which it was found that read entries; estimates read none."""
    asked: list[tuple[str, list[Any]]] = []

    async def noted(_: Database, text: str, values: list[Any]) -> Any:
        asked.append((text, values))
        return await answer_publicly(database, text, values)

    with mock.patch("registry.api.planner.roots.answer_publicly", noted):
        result = await SCHEMA.execute(query, {}, RequestContext(ApiContext(database), ANONYMOUS))
    assert not result.errors, result.errors
    nodes = await explained(admin, *asked[-1])
    return result.data, [n for n in nodes if n.get("Relation Name") == "credit_entry" and n.get("Actual Loops")]


def visited(nodes: list[dict[str, Any]]) -> float:
    """Entries read, kept or not."""
    return sum(n["Actual Loops"] * (n["Actual Rows"] + n.get("Rows Removed by Filter", 0)) for n in nodes)


async def test_the_first_page_reads_past_what_has_ended(listed: Database, admin: Connection) -> None:
    _, nodes = await plan(listed, admin, "{ creditEntries(first: 50) { totalCount nodes { id decidedOn } } }")
    used = {node.get("Index Name") for node in nodes}
    assert used == {"credit_entry_in_force", "credit_entry_pkey"}
    assert {node["Node Type"] for node in nodes if node["Index Name"] == "credit_entry_in_force"} == {"Index Only Scan"}
    assert visited(nodes) < 2 * IN_FORCE + 200


@pytest.mark.parametrize(
    "query",
    [
        '{ creditEntries(filter: {subject: "I:78"}) { totalCount nodes { id } } }',
        '{ institution(code: "I:78") { creditEntries { totalCount nodes { id } } creditStatus { standing } } }',
        '{ institution(code: "I:78") { rating { stars caps { stage } } notRatedReason { code } } }',
        '{ ratings(codes: ["I:78", "I:79"]) { __typename } }',
    ],
)
async def test_entries_of_a_subject_are_found_by_index(listed: Database, admin: Connection, query: str) -> None:
    _, nodes = await plan(listed, admin, query)
    assert not {node["Node Type"] for node in nodes} & {"Seq Scan"}
    assert visited(nodes) < 100
