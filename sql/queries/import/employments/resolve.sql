-- OFFSET 0 keeps what the rows refer to together, so that an employment is looked up by person and institution at once: by the person
-- alone, the planner may take the temporal key, which begins with the institution, and search most of it for each row.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT n.*, e.id AS existing_id, e.change_id AS standing_change,
       e.id IS NOT NULL AND (e.worked, e.fte_thousandths, e.dispatched_by, e.appointed_level, e.position_title)
                            IS DISTINCT FROM
                            (n.worked, n.fte_thousandths, n.dispatcher_id, n.appointed_level, n.position_title) AS changed
  FROM (
    SELECT s.line, s.number_hash, s.number_mask, s.institution_code, s.occupation, s.started_on, s.ended_on, s.fte_thousandths,
           s.dispatched_by, s.appointed_level, s.position_title,
           daterange(s.started_on, s.ended_on, '[]') AS worked,
           p.id AS person_id, t.id AS institution_id, t.region_code, d.id AS dispatcher_id, o.code IS NOT NULL AS occupation_known
      FROM pg_temp.import_staged AS s
      LEFT JOIN register.person AS p ON p.number_hash = s.number_hash
      LEFT JOIN register.institution AS t ON t.code = s.institution_code
      LEFT JOIN register.organisation AS d ON d.code = s.dispatched_by
      LEFT JOIN register.occupation AS o ON o.code = s.occupation
    OFFSET 0
  ) AS n
  LEFT JOIN register.employment AS e
    ON e.person_id = n.person_id AND e.institution_id = n.institution_id AND e.occupation = n.occupation AND lower(e.worked) = n.started_on
