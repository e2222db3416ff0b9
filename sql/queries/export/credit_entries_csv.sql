-- One of the two branches falls away when the statement is planned: the whole set, or the few since a position.
SELECT x.entry_id, x.credit_china_code, x.list_kind, x.list_code, x.subject_kind, x.subject_code, disclosure.plain_cell(x.subject_name) AS
       subject_name, x.origin, x.original_id, disclosure.plain_cell(x.document_number) AS document_number, x.decided_on, x.ground_code,
       x.repair_class, disclosure.plain_cell(x.legal_basis) AS legal_basis, disclosure.plain_cell(x.remedy) AS remedy,
       disclosure.plain_cell(x.authority) AS authority, x.region_code, disclosure.plain_cell(x.reference) AS reference, x.disputed::text AS disputed,
       x.in_force_from, x.in_force_to, x.repair_from
  FROM (SELECT a.* FROM disclosure.exported_entry AS a WHERE $1::bigint IS NULL
        UNION ALL
        SELECT f.* FROM disclosure.entries_since($1::bigint) AS s JOIN disclosure.exported_entry AS f ON f.id = s WHERE $1::bigint IS NOT NULL) AS x
 ORDER BY x.entry_id
