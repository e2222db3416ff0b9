WITH period AS (
  SELECT s.line, s.region_code, s.valid_from, coalesce(s.valid_to, 'infinity') AS valid_to FROM pg_temp.import_staged AS s
  UNION ALL
  SELECT NULL, r.code, lower(r.valid), coalesce(upper(r.valid) - 1, 'infinity')
    FROM register.region AS r
   WHERE EXISTS (SELECT FROM pg_temp.import_staged AS s WHERE s.region_code = r.code)
     AND NOT EXISTS (SELECT FROM pg_temp.import_staged AS s WHERE s.region_code = r.code AND s.valid_from = lower(r.valid))
), neighbour AS (
  SELECT p.*, max(p.valid_to) OVER earlier AS earlier_to, lag(p.valid_from) OVER around AS previous_from, lag(p.line) OVER around AS previous_line,
         lead(p.valid_from) OVER around AS next_from, lead(p.line) OVER around AS next_line
    FROM period AS p
  WINDOW around AS (PARTITION BY p.region_code ORDER BY p.valid_from, p.line),
         earlier AS (around ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT n.line, n.valid_from::text AS value, CASE WHEN n.earlier_to >= n.valid_from THEN n.previous_line::text END AS detail, count(*) OVER () AS total
  FROM neighbour AS n
 WHERE n.line IS NOT NULL
   AND (n.earlier_to >= n.valid_from AND n.previous_from < n.valid_from OR n.next_line IS NULL AND n.valid_to >= n.next_from)
 ORDER BY n.line LIMIT $1::integer
