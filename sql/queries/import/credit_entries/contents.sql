INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, v.institution_id, v.person_id, CASE WHEN v.organisation_id IS NOT NULL THEN v.region_code END, v.content::jsonb,
       v.content::jsonb
         || jsonb_build_object('origin', i.origin, 'groundCode', i.now_ground, 'repairClass', i.now_class, 'regionCode', i.region_code,
                               'authority', i.authority, 'decidedOn', i.decided_on, 'publishedOn', i.now_published_on,
                               'lastDay', i.now_last_day, 'endedOn', i.now_ended_on, 'endKind', i.now_end_kind,
                               'endReason', i.now_end_reason, 'endDocumentNumber', i.now_end_document, 'reference', i.reference,
                               'legalBasis', i.legal_basis, 'remedy', coalesce(i.remedy, ''), 'evidence', coalesce(i.evidence, ''))
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.credit_entry_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
