SELECT row_to_json(r)
  FROM (SELECT x.document_number, x.list_code, x.subject_kind, x.subject_code, x.origin, x.decided_on, x.ground_code, x.repair_class, x.legal_basis,
               x.remedy, x.authority, x.region_code, x.reference, x.published_on, x.last_day
          FROM disclosure.importable_entry AS x
         ORDER BY x.id) AS r
