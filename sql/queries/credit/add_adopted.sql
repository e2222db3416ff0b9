INSERT INTO register.credit_entry (origin, original_id, list_code, ground_code, organisation_id, institution_id, person_id, region_code,
  authority, document_number, decided_on, repair_class, last_day, legal_basis, remedy, reference, change_id, ordinal)
SELECT 'ADOPTED', $1::bigint, n.list_code, n.ground_code, n.organisation_id, n.institution_id, n.person_id, n.region_code,
       n.authority, n.document_number, n.decided_on, n.repair_class, n.last_day, n.legal_basis, n.remedy, n.reference, $3::bigint, $4::integer
  FROM jsonb_to_record($2::text::jsonb)
       AS n (list_code text, ground_code text, organisation_id bigint, institution_id bigint, person_id bigint, region_code text,
             authority text, document_number text, decided_on date, repair_class text, last_day date, legal_basis text, remedy text,
             reference text)
RETURNING id
