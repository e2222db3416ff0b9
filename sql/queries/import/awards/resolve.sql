CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, p.id AS person_id, NULL::bigint AS former_person_id, a.region_code AS former_region_code,
       EXISTS (SELECT FROM register.region AS r WHERE r.code = s.region_code) AS region_known,
       c.id AS certificate_id, c.person_id AS holder_id, c.level AS certified_level,
       a.id AS existing_id, a.change_id AS standing_change,
       a.id IS NOT NULL AND (a.amount, a.awarded_on, a.authority, a.region_code, a.certificate_id)
                            IS DISTINCT FROM (s.amount, s.awarded_on, s.authority, s.region_code, c.id) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
  LEFT JOIN LATERAL (
    SELECT x.id, x.person_id, x.level FROM register.certificate AS x
     WHERE x.number = s.certificate_number
     ORDER BY x.person_id = p.id AND x.level = s.level DESC, x.person_id = p.id DESC, x.id LIMIT 1
  ) AS c ON true
  LEFT JOIN register.skill_award AS a ON a.person_id = p.id AND a.level = s.level AND a.document_number = s.document_number
