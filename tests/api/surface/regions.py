"""Which tables are kept apart by region, and what leads from a row of them to its regions; staff that act for one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from registry.db.pool import Addresses, Connection

SHARED = {
    "who may call, and bring what, before anybody is known": "api_key client_document document_client "
    "import_account request_count request_limit",
    "rules, catalogues and calendars": "calendar_day case_transition change_kind complaint_limit credit_consequence "
    "credit_cap credit_ground credit_list credit_term credit_window equivalence equivalence_history flag_rule "
    "import_rule import_rule_history occupation personal_column rating_policy rating_policy_history rating_run_policy "
    "region region_history retention_rule staffing_rule",
    "what is public of institutions, organisations and evaluators": "accreditation accreditation_history assessment "
    "assessment_history evaluation_organisation evaluation_organisation_history institution institution_history "
    "organisation organisation_history rating rating_history rating_rank_block rating_run",
    "statistics": "elderly_population elderly_population_history region_statistic workforce",
    "positions, jobs and digests, without content": "audit_head change_set erasure flag_follow job_run personal_key "
    "rating_follow register_head row_source run_progress",
}
"""Tables of which all staff see every row, and why; any other must have a policy that asks for the scope."""

LEADS = {
    "region_code": "SELECT r.path FROM register.region AS r WHERE r.code = t.region_code",
    "scope": "SELECT t.scope",
    "institution_id": "SELECT r.path FROM register.institution AS i JOIN register.region AS r ON r.code = i.region_code"
    " WHERE i.id = t.institution_id",
    "organisation_id": "SELECT r.path FROM register.organisation AS o LEFT JOIN register.institution AS i"
    " ON i.organisation_id = o.id JOIN register.region AS r ON r.code IN (o.region_code, i.region_code)"
    " WHERE o.id = t.organisation_id",
    "person_id": "SELECT r.path FROM (SELECT e.person_id, e.institution_id FROM register.employment AS e UNION"
    " SELECT h.person_id, h.institution_id FROM register.employment_history AS h) AS e"
    " JOIN register.institution AS i ON i.id = e.institution_id JOIN register.region AS r ON r.code = i.region_code"
    " WHERE e.person_id = t.person_id",
    "certificate_id": "SELECT r.path FROM register.certificate AS c JOIN register.employment AS e"
    " ON e.person_id = c.person_id JOIN register.institution AS i ON i.id = e.institution_id"
    " JOIN register.region AS r ON r.code = i.region_code WHERE c.id = t.certificate_id",
    "case_id": "SELECT r.path FROM register.credit_case AS c JOIN register.region AS r ON r.code = c.region_code"
    " WHERE c.id = t.case_id",
    "entry_id": "SELECT r.path FROM register.credit_entry AS c LEFT JOIN register.institution AS i"
    " ON i.id = c.institution_id JOIN register.region AS r ON r.code IN (c.region_code, i.region_code)"
    " WHERE c.id = t.entry_id",
}
"""From a row `t` to the paths of the regions that it belongs to."""
LEADS_OF = {"person": {"id": LEADS["person_id"].replace("t.person_id", "t.id")}}
LEADS_OF["person_history"] = LEADS_OF["person"]
BY_ASKER = {
    "idempotent_answer": "INSERT INTO register.idempotent_answer"
    " (actor, idempotency_key, operation, input_digest, answer) VALUES ($1, 'k', 'x', '', '{}')",
    "procurement_statement": "INSERT INTO register.procurement_statement (id, asker, issued_at, position, text, sha256)"
    " VALUES (gen_random_uuid(), $1, now(), 1, $1, sha256(convert_to($1, 'UTF8')))",
    "webhook": "INSERT INTO register.webhook (id, key_id, url, secret, position, ordinal)"
    " VALUES (gen_random_uuid(), substr($1, 5)::bigint, 'https://example.org', '', 0, 0)",
    "upload": "INSERT INTO register.upload (id, caller, actor, kind, source, file_name, bytes_total, expires_at)"
    " VALUES (gen_random_uuid(), $1, '{}', 'people', 'x', 'x', 1, now())",
}
"""Tables kept apart by who asks, and a row of an asker."""


async def columns_of(admin: Connection, table: str, but: tuple[str, ...] = ()) -> str:
    """The names of the columns of a table that can be written."""
    rows = await admin.fetch(
        "SELECT attname::text, quote_ident(attname) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        f"register.{table}",
    )
    return ", ".join(quoted for name, quoted in rows if name not in but)


OF_ITS_OWN = {"audit_event": "action NOT IN ('signCheckpoint', 'useSigningKey')", "import_batch": "scope <> 'ALL'"}
"""What of a table is not for everybody."""


def of_its_own(table: str) -> str:
    """The condition for rows that are of a region, not for everybody."""
    return OF_ITS_OWN.get(table, "true")


async def private_tables(admin: Connection) -> list[str]:
    """Every table that staff may use in any way and that is not shared."""
    rows = await admin.fetch(
        "SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'register'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND"
        " (has_table_privilege('registry_staff', c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        " OR has_any_column_privilege('registry_staff', c.oid, 'SELECT, INSERT, UPDATE')) ORDER BY 1"
    )
    shared = {name for names in SHARED.values() for name in names.split()}
    assert shared <= {row[0] for row in rows}, "nothing is named here that there is no more"
    return [row[0] for row in rows if row[0] not in shared]


async def leads(admin: Connection, table: str) -> list[str]:
    """What leads from a row of the table to its regions."""
    columns = await admin.fetch(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
        f"register.{table}",
    )
    known = {**LEADS, **LEADS_OF.get(table, {})}
    return [known[row[0]] for row in columns if row[0] in known]


@asynccontextmanager
async def acting(
    addresses: Addresses, scope: str, *, institution: str = "", change: int = 0
) -> AsyncIterator[Connection]:
    """A connection of the staff role that says what its scope is, as the program does, and is rolled back."""
    connection = await asyncpg.connect(addresses.staff)
    transaction = connection.transaction()
    await transaction.start()
    settings = {"scope": scope, "institution": institution, "actor": "key:99", "change_id": str(change)}
    for name, value in settings.items():
        await connection.execute("SELECT set_config($1, $2, true)", f"registry.{name}", value)
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()
