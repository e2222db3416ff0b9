CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, t.id AS institution_id, t.region_code, c.id AS existing_id, c.change_id AS standing_change, c.id IS NOT NULL AND c.headcount <> s.headcount AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.institution AS t ON t.code = s.institution_code
  LEFT JOIN register.resident_count AS c
    ON c.institution_id = t.id AND c.ability_class = s.ability_class AND c.day_from = s.day_from
