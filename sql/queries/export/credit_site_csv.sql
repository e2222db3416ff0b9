-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT x.entry_id, x.credit_china_code, x.list_code, disclosure.plain_cell(x.list_name) AS list_name, x.subject_kind,
       x.subject_code, disclosure.plain_cell(x.subject_name) AS subject_name, x.origin, disclosure.plain_cell(x.document_number)
       AS document_number, x.decided_on, x.ground_code, disclosure.plain_cell(x.ground) AS ground,
       disclosure.plain_cell(x.evidence) AS evidence, disclosure.plain_cell(x.legal_basis) AS legal_basis,
       disclosure.plain_cell(x.remedy) AS remedy, disclosure.plain_cell(x.authority) AS authority, x.region_code, x.repair_class,
       x.disputed::text AS disputed, x.in_force_from, x.in_force_to, x.repair_from
  FROM (SELECT a.* FROM register.credit_site_entry AS a WHERE $1::bigint IS NULL
        UNION ALL
        SELECT f.* FROM register.moved_entries($1::bigint) AS s JOIN register.credit_site_entry AS f ON f.entry_id = s WHERE $1::bigint IS NOT NULL) AS x
 WHERE x.in_force_from <= register.law_today() AND coalesce(x.in_force_to, 'infinity') >= register.law_today()
 ORDER BY x.entry_id
