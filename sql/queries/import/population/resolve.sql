CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, EXISTS (SELECT FROM register.region AS r WHERE r.code = s.region_code) AS region_known,
       e.id AS existing_id, e.change_id AS standing_change,
       e.id IS NOT NULL AND (e.aged_60, e.aged_65, e.aged_80) IS DISTINCT FROM (s.aged_60, s.aged_65, s.aged_80) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.elderly_population AS e ON e.region_code = s.region_code AND e.day_from = s.day_from
