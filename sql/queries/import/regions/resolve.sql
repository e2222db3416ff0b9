-- A region hangs from the newest row of its parent that shares a day with it, of this file or of the register.
CREATE TEMPORARY TABLE import_resolved ON COMMIT DROP AS
WITH RECURSIVE known AS (
  SELECT s.line, s.region_code, s.name, s.name_en, s.level, s.parent_code, daterange(s.valid_from, s.valid_to, '[]') AS valid
    FROM pg_temp.import_staged AS s
  UNION ALL
  SELECT NULL, r.code, r.name, r.name_en, r.level, r.parent_code, r.valid
    FROM register.region AS r
   WHERE NOT EXISTS (SELECT FROM pg_temp.import_staged AS s WHERE s.region_code = r.code AND s.valid_from = lower(r.valid))
), link AS (
  SELECT DISTINCT ON (c.region_code, lower(c.valid))
         c.region_code, lower(c.valid) AS valid_from, p.region_code AS parent_code, lower(p.valid) AS parent_from, p.level AS parent_level
    FROM known AS c
    JOIN known AS p ON p.region_code = c.parent_code AND p.valid && c.valid
   ORDER BY c.region_code, lower(c.valid), lower(p.valid) DESC
), placed AS (
  SELECT k.region_code, lower(k.valid) AS valid_from, k.region_code AS path FROM known AS k WHERE k.parent_code IS NULL
  UNION
  SELECT l.region_code, l.valid_from, p.path || '/' || l.region_code
    FROM placed AS p
    JOIN link AS l ON l.parent_code = p.region_code AND l.parent_from = p.valid_from
)
SELECT k.line, k.region_code, k.name, k.name_en, k.level, k.parent_code, k.valid, lower(k.valid) AS valid_from, l.parent_level, p.path,
       r.id AS existing_id, r.change_id AS standing_change,
       r.id IS NOT NULL AND (r.name, r.name_en, r.level, r.parent_code, r.path, r.valid)
                            IS DISTINCT FROM (k.name, k.name_en, k.level, k.parent_code, p.path, k.valid) AS changed
  FROM known AS k
  LEFT JOIN link AS l ON l.region_code = k.region_code AND l.valid_from = lower(k.valid)
  LEFT JOIN placed AS p ON p.region_code = k.region_code AND p.valid_from = lower(k.valid)
  LEFT JOIN register.region AS r ON r.code = k.region_code AND lower(r.valid) = lower(k.valid)
 WHERE k.line IS NOT NULL OR r.path <> p.path
