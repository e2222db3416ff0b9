-- What is closed keeps the region code of its time, in force or not.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, CASE WHEN s.organisation_code LIKE '%:%' THEN split_part(s.organisation_code, ':', 1) ELSE 'USCC' END AS scheme,
       r.code IS NOT NULL AS region_known, r.in_force OR s.status = 'CLOSED' AS region_in_force,
       o.region_code AS former_region_code, o.id AS existing_id, o.change_id AS standing_change,
       o.id IS NOT NULL AND (o.name, o.legal_form, o.region_code, o.status, o.registered_on, o.address, o.legal_representative)
                            IS DISTINCT FROM
                            (s.name, s.legal_form, s.region_code, s.status, s.registered_on, s.address, s.legal_representative) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.organisation AS o ON o.code = s.organisation_code
  LEFT JOIN (SELECT r.code, bool_or(r.valid @> (now() AT TIME ZONE 'Asia/Shanghai')::date) AS in_force
               FROM register.region AS r GROUP BY r.code) AS r ON r.code = s.region_code
