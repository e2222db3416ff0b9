-- What was published and is in force no more since the position, by its day or by an act, with the day and the ground of its removal.
SELECT row_to_json(r)
  FROM (SELECT x.entry_id, x.credit_china_code, x.list_code, x.list_name, x.subject_kind, x.subject_code, x.subject_name, x.origin,
               x.document_number, x.decided_on, x.ground_code, x.ground, x.evidence, x.legal_basis, x.remedy, x.authority, x.region_code,
               x.repair_class, x.disputed, x.in_force_from, x.in_force_to, x.repair_from, x.removed_on, x.removal_kind, x.removal_ground,
               x.removal_document_number
          FROM register.moved_entries($1::bigint) AS s
          JOIN register.credit_site_entry AS x ON x.entry_id = s
         WHERE x.in_force_from < x.removed_on AND x.removed_on <= register.law_today()
         ORDER BY x.entry_id) AS r
