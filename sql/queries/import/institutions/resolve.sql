-- What is closed keeps the region code of its time, in force or not.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, CASE WHEN s.institution_code LIKE '%:%' THEN split_part(s.institution_code, ':', 1) ELSE 'USCC' END AS scheme,
       o.id AS organisation_id,
       r.code IS NOT NULL AS region_known, r.in_force OR s.status = 'CLOSED' AS region_in_force,
       t.region_code AS former_region_code, t.id AS existing_id, t.change_id AS standing_change,
       t.id IS NOT NULL AND (t.organisation_id, t.name, t.kind, t.region_code, t.status, t.beds, t.opened_on, t.closed_on, t.address)
                            IS DISTINCT FROM
                            (o.id, s.name, s.kind, s.region_code, s.status, s.beds, s.opened_on, s.closed_on, s.address) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.organisation AS o ON o.code = s.organisation_code
  LEFT JOIN register.institution AS t ON t.code = s.institution_code
  LEFT JOIN (SELECT r.code, bool_or(r.valid @> (now() AT TIME ZONE 'Asia/Shanghai')::date) AS in_force
               FROM register.region AS r GROUP BY r.code) AS r ON r.code = s.region_code
