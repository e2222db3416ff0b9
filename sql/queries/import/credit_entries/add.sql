INSERT INTO register.credit_entry (origin, list_code, organisation_id, institution_id, person_id, region_code, decided_on, repair_class, published_on,
                                   last_day, ended_on, end_kind, end_reason, end_document_number, reference, document_number, authority,
                                   ground_code, legal_basis, remedy, evidence, change_id, ordinal)
SELECT i.origin, i.list_code, i.organisation_id, i.institution_id, i.person_id, i.region_code, i.decided_on, i.now_class, i.now_published_on,
       i.now_last_day, i.now_ended_on, i.now_end_kind, i.now_end_reason, i.now_end_document, i.reference, i.document_number, i.authority,
       i.now_ground, i.legal_basis, coalesce(i.remedy, ''), coalesce(i.evidence, ''),
       register.current_change(), register.ordinal_base() + row_number() OVER (ORDER BY i.line)
  FROM pg_temp.import_resolved AS i
 WHERE i.existing_id IS NULL AND i.origin <> 'ADOPTED'
 ORDER BY i.line
