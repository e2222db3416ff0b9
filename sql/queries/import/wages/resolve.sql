CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
SELECT s.*, t.id AS institution_id, t.region_code, o.code IS NOT NULL AS occupation_known, b.id AS existing_id, b.change_id AS standing_change,
       b.id IS NOT NULL AND (b.below_yuan, b.people) IS DISTINCT FROM (s.below_yuan, s.people) AS changed
  FROM pg_temp.import_staged AS s
  LEFT JOIN register.institution AS t ON t.code = s.institution_code
  LEFT JOIN register.occupation AS o ON o.code = s.occupation
  LEFT JOIN register.wage_band AS b
    ON b.institution_id = t.id AND b.occupation = s.occupation AND b.level = s.level AND b.surveyed_on = s.surveyed_on AND b.from_yuan = s.from_yuan
