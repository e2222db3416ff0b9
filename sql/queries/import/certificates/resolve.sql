-- A row tells the status that stands and since when; statuses recorded from a later day are thereby corrected.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT m.*, m.existing_id IS NOT NULL AND (m.certificate_differs OR m.status_differs) AS changed
  FROM (
    SELECT s.*, p.id AS person_id, c.person_id AS former_person_id, v.id AS evaluator_id, o.code IS NOT NULL AS occupation_known,
           c.id AS existing_id,
           c.id IS NOT NULL
             AND (c.person_id, c.kind, c.occupation, c.level, c.evaluation_organisation_id, c.issued_on, c.expires_on)
                 IS DISTINCT FROM (p.id, s.kind, s.occupation, s.level, v.id, s.issued_on, s.expires_on) AS certificate_differs,
           coalesce(h.has_later, false) OR (s.status_from IS NOT NULL AND NOT coalesce(h.is_stated, false)) AS status_differs
      FROM pg_temp.import_staged AS s
      LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
      LEFT JOIN register.evaluation_organisation AS v ON v.code = s.evaluator_code
      LEFT JOIN register.occupation AS o ON o.code = s.occupation
      LEFT JOIN register.certificate AS c ON c.number = s.certificate_number AND c.kind = s.kind
      LEFT JOIN LATERAL (
        SELECT bool_or(x.effective_from > coalesce(s.status_from, '-infinity')) AS has_later,
               bool_or(x.effective_from = s.status_from AND x.status = s.status) AS is_stated
          FROM register.certificate_status AS x WHERE x.certificate_id = c.id
      ) AS h ON true
  ) AS m
