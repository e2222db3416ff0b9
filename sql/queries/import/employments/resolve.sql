CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.line, s.number_hash, s.number_mask, s.institution_code, s.occupation, s.started_on, s.ended_on, s.fte_thousandths,
       s.dispatched_by, s.appointed_level, s.position_title,
       daterange(s.started_on, s.ended_on, '[]') AS worked,
       p.id AS person_id, t.id AS institution_id, t.region_code, d.id AS dispatcher_id, o.code IS NOT NULL AS occupation_known,
       e.id AS existing_id,
       e.id IS NOT NULL AND (e.worked, e.fte_thousandths, e.dispatched_by, e.appointed_level, e.position_title)
                            IS DISTINCT FROM
                            (daterange(s.started_on, s.ended_on, '[]'), s.fte_thousandths, d.id, s.appointed_level, s.position_title) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
  LEFT JOIN register.institution AS t ON t.code = s.institution_code
  LEFT JOIN register.organisation AS d ON d.code = s.dispatched_by
  LEFT JOIN register.occupation AS o ON o.code = s.occupation
  LEFT JOIN register.employment AS e
    ON e.person_id = p.id AND e.institution_id = t.id AND e.occupation = s.occupation AND lower(e.worked) = s.started_on
