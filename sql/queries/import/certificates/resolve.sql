-- A row tells the status that stands and since when. What it says of earlier days corrects statuses of later ones, but it does
-- not clear a severer status of a later day, nor any without a day of its own: such a statement is held.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT m.*, m.existing_id IS NOT NULL AND (m.certificate_differs OR m.status_differs) AS changed
  FROM (
    SELECT s.*, p.id AS person_id, c.person_id AS former_person_id, v.id AS evaluator_id, o.code IS NOT NULL AS occupation_known,
           c.id AS existing_id, c.change_id AS standing_change,
           c.id IS NOT NULL
             AND (c.person_id, c.kind, c.occupation, c.level, c.evaluation_organisation_id, c.issued_on, c.expires_on)
                 IS DISTINCT FROM (p.id, s.kind, s.occupation, s.level, v.id, s.issued_on, s.expires_on) AS certificate_differs,
           h.held_id IS NULL AND s.status_from IS NOT NULL
             AND (coalesce(h.has_later, false) OR NOT coalesce(h.is_stated, false)) AS status_differs,
           h.held_id IS NOT NULL AS status_held, coalesce(h.held_id, h.newest_id) AS status_id, x.change_id AS status_change
      FROM pg_temp.import_staged AS s
      LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
      LEFT JOIN register.evaluation_organisation AS v ON v.code = s.evaluator_code
      LEFT JOIN register.occupation AS o ON o.code = s.occupation
      LEFT JOIN register.certificate AS c ON c.number = s.certificate_number AND c.kind = s.kind
      LEFT JOIN LATERAL (
        SELECT bool_or(y.effective_from > s.status_from) AS has_later,
               bool_or(y.effective_from = s.status_from AND y.status = s.status) AS is_stated,
               max(y.id) FILTER (WHERE y.place = 1) AS newest_id,
               (array_agg(y.id ORDER BY y.place) FILTER (WHERE (y.place = 1 OR s.status_from IS NOT NULL)
                  AND y.effective_from > coalesce(s.status_from, '-infinity') AND y.severity > y.stated_severity))[1] AS held_id
          FROM (SELECT y.*, row_number() OVER (ORDER BY y.effective_from DESC) AS place,
                       array_position(ARRAY['VALID', 'SUSPENDED', 'REVOKED'], y.status) AS severity,
                       array_position(ARRAY['VALID', 'SUSPENDED', 'REVOKED'], s.status) AS stated_severity
                  FROM register.certificate_status AS y WHERE y.certificate_id = c.id) AS y
      ) AS h ON true
      LEFT JOIN register.certificate_status AS x ON x.id = coalesce(h.held_id, h.newest_id)
  ) AS m
