CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, daterange(s.valid_from, s.valid_to, '[]') AS valid, t.id AS institution_id, t.region_code, a.id AS existing_id, a.change_id AS standing_change,
       a.id IS NOT NULL AND (a.grade, a.environment, a.facilities, a.operations, a.service, a.valid, a.assessor, a.document_number)
                            IS DISTINCT FROM
                            (s.grade, s.environment, s.facilities, s.operations, s.service,
                             daterange(s.valid_from, s.valid_to, '[]'), s.assessor, s.document_number) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.institution AS t ON t.code = s.institution_code
  LEFT JOIN register.assessment AS a ON a.institution_id = t.id AND a.decided_on = s.decided_on
