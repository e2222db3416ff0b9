-- What each kind of step has besides reason and documents comes by name.
INSERT INTO register.case_step (case_id, number, kind, actor, reason, documents, service_way, served_on, proof, recommendation,
                                repair_class, last_day, document_number, authority, legal_basis, remedy, evidence, change_id, ordinal)
SELECT $1::bigint, $2::integer, $3::text, $4::text, $5::text, $6::text::jsonb, n.service_way, n.served_on, n.proof, n.recommendation,
       n.repair_class, n.last_day, n.document_number, n.authority, n.legal_basis, n.remedy, n.evidence, $8::bigint, $9::integer
  FROM jsonb_to_record($7::text::jsonb)
       AS n (service_way text, served_on date, proof text, recommendation text, repair_class text, last_day date,
             document_number text, authority text, legal_basis text, remedy text, evidence text)
RETURNING state, respond_by
