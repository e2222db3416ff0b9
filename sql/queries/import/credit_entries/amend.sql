UPDATE register.credit_entry AS e
   SET origin = n.origin, original_id = CASE WHEN n.origin = 'ADOPTED' THEN e.original_id END, region_code = n.region_code,
       decided_on = n.decided_on, repair_class = n.now_class, published_on = n.now_published_on, last_day = n.now_last_day,
       ended_on = n.now_ended_on, end_kind = n.now_end_kind, end_reason = n.now_end_reason, end_document_number = n.now_end_document,
       reference = n.reference, authority = n.authority, ground_code = n.now_ground, legal_basis = n.legal_basis,
       remedy = coalesce(n.remedy, ''), evidence = coalesce(n.evidence, ''),
       change_id = register.current_change(), ordinal = n.ordinal
  FROM (SELECT i.*, register.ordinal_base() + row_number() OVER (ORDER BY i.line) AS ordinal
          FROM pg_temp.import_resolved AS i WHERE i.changed) AS n
 WHERE e.id = n.existing_id
