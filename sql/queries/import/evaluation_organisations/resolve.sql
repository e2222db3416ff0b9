-- The first row of an evaluation organisation in the file speaks for the organisation, each row for its accreditation.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT m.*, m.existing_id IS NOT NULL AND (m.accreditation_differs OR m.evaluator_differs) AS changed
  FROM (
    SELECT s.*, daterange(s.accredited_from, s.accredited_to, '[]') AS accredited, o.id AS organisation_id,
           r.code IS NOT NULL AS region_known,
           r.in_force OR s.withdrawn_from IS NOT NULL
             OR coalesce(s.accredited_to < (now() AT TIME ZONE 'Asia/Shanghai')::date, false) AS region_in_force,
           v.id AS evaluator_id, v.change_id AS evaluator_change, v.region_code AS former_region_code,
           row_number() OVER evaluator = 1 AS speaks,
           row_number() OVER evaluator = 1 AND v.id IS NOT NULL
             AND (v.name, v.evaluator_type, v.region_code, v.organisation_id)
                 IS DISTINCT FROM (s.name, s.evaluator_type, s.region_code, o.id) AS evaluator_differs,
           a.id AS existing_id, a.change_id AS standing_change,
           a.id IS NOT NULL
             AND (a.accredited, a.withdrawn_from, a.withdrawal_reason)
                 IS DISTINCT FROM (daterange(s.accredited_from, s.accredited_to, '[]'), s.withdrawn_from, s.withdrawal_reason)
             AS accreditation_differs
      FROM pg_temp.import_staged AS s
      LEFT JOIN register.organisation AS o ON o.code = s.organisation_code
      LEFT JOIN register.evaluation_organisation AS v ON v.code = s.evaluator_code
      LEFT JOIN register.accreditation AS a ON a.evaluation_organisation_id = v.id AND lower(a.accredited) = s.accredited_from
      LEFT JOIN (SELECT r.code, bool_or(r.valid @> (now() AT TIME ZONE 'Asia/Shanghai')::date) AS in_force
                   FROM register.region AS r GROUP BY r.code) AS r ON r.code = s.region_code
    WINDOW evaluator AS (PARTITION BY s.evaluator_code ORDER BY s.line)
  ) AS m
