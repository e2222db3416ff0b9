SELECT row_to_json(r)
  FROM (SELECT x.entry_id, x.credit_china_code, x.list_kind, x.list_code, x.subject_kind, x.subject_code, x.subject_name, x.origin, x.original_id,
               x.document_number, x.decided_on, x.ground_code, x.repair_class, x.legal_basis, x.remedy, x.authority, x.region_code,
               x.reference, x.disputed, x.in_force_from, x.in_force_to, x.repair_from
          FROM disclosure.exported_entry AS x
         WHERE $1::bigint IS NULL
            OR x.id IN (SELECT v.id FROM disclosure.change_set AS s JOIN disclosure.credit_entry_version AS v ON v.change_id = s.id WHERE s.position > $1::bigint)
            OR x.original_id IN (SELECT v.id FROM disclosure.change_set AS s JOIN disclosure.credit_entry_version AS v ON v.change_id = s.id WHERE s.position > $1::bigint)
            OR x.in_force_from > (SELECT (s.recorded_at AT TIME ZONE 'Asia/Shanghai')::date FROM disclosure.change_set AS s WHERE s.position = $1::bigint)
         ORDER BY x.entry_id) AS r
