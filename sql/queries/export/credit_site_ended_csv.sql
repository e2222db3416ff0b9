-- What was published and is in force no more since the position, by its day or by an act, with the day and the ground of its removal.
SELECT x.entry_id, x.credit_china_code, x.list_code, disclosure.plain_cell(x.list_name) AS list_name, x.subject_kind,
       x.subject_code, disclosure.plain_cell(x.subject_name) AS subject_name, x.origin, disclosure.plain_cell(x.document_number)
       AS document_number, x.decided_on, x.ground_code, disclosure.plain_cell(x.ground) AS ground,
       disclosure.plain_cell(x.evidence) AS evidence, disclosure.plain_cell(x.legal_basis) AS legal_basis,
       disclosure.plain_cell(x.remedy) AS remedy, disclosure.plain_cell(x.authority) AS authority, x.region_code, x.repair_class,
       x.disputed::text AS disputed, x.in_force_from, x.in_force_to, x.repair_from, x.removed_on, x.removal_kind,
       disclosure.plain_cell(x.removal_ground) AS removal_ground, disclosure.plain_cell(x.removal_document_number) AS
       removal_document_number
  FROM register.moved_entries($1::bigint) AS s
  JOIN register.credit_site_entry AS x ON x.entry_id = s
 WHERE x.in_force_from < x.removed_on AND x.removed_on <= register.law_today()
 ORDER BY x.entry_id
