CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, t.id AS institution_id, t.region_code, m.id AS existing_id, m.change_id AS standing_change,
       m.id IS NOT NULL AND (m.value, m.flag) IS DISTINCT FROM (s.value, s.flag) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.institution AS t ON t.code = s.institution_code
  LEFT JOIN register.measure_value AS m ON m.institution_id = t.id AND m.measure_code = s.measure_code AND m.day = s.day
