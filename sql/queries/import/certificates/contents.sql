-- What a certificate is goes with the status that stands, VALID where none is recorded; a status that is held is told apart.
INSERT INTO pg_temp.import_disputed
SELECT c.*, v.code, NULL::bigint, v.person_id, NULL::text, v.content::jsonb || n.status,
       jsonb_build_object('number', i.certificate_number, 'numberMask', i.number_mask, 'kind', i.kind, 'occupation', i.occupation,
                          'level', i.level, 'issuedOn', i.issued_on, 'expiresOn', i.expires_on, 'evaluatorCode', i.evaluator_code)
         || CASE WHEN i.status_held OR i.status = n.status ->> 'status' AND i.status_from IS NULL THEN n.status
                 ELSE jsonb_build_object('status', i.status, 'statusFrom', CASE WHEN i.status <> 'VALID' THEN i.status_from END) END, i.person_id
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.certificate_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
  LEFT JOIN LATERAL (SELECT s.status, s.effective_from FROM register.certificate_status AS s
                      WHERE s.certificate_id = v.id ORDER BY s.effective_from DESC LIMIT 1) AS s ON true
 CROSS JOIN LATERAL (SELECT jsonb_build_object('status', coalesce(s.status, 'VALID'),
                                               'statusFrom', CASE WHEN s.status <> 'VALID' THEN s.effective_from END) AS status) AS n
 WHERE c.entity = 'CERTIFICATE'
UNION ALL
SELECT c.*, v.code, NULL, h.person_id, NULL, v.content::jsonb,
       jsonb_build_object('number', i.certificate_number, 'status', i.status, 'effectiveFrom', i.status_from), i.person_id
  FROM pg_temp.import_contested AS c
  JOIN pg_temp.import_resolved AS i USING (line)
  JOIN register.certificate_status_version AS v ON v.id = c.row_id AND v.ended_by IS NULL
  JOIN register.certificate AS h ON h.id = v.certificate_id
 WHERE c.entity = 'CERTIFICATE_STATUS'
