WITH period AS (
  SELECT s.line, s.region_code, s.from_ladder, s.from_rung, s.to_ladder, s.effective_from, coalesce(s.effective_to, 'infinity') AS effective_to
    FROM pg_temp.import_staged AS s
  UNION ALL
  SELECT NULL, e.region_code, e.from_ladder, e.from_rung, e.to_ladder, lower(e.effective), coalesce(upper(e.effective) - 1, 'infinity')
    FROM register.equivalence AS e
   WHERE NOT EXISTS (SELECT FROM pg_temp.import_resolved AS i WHERE i.existing_id = e.id)
), neighbour AS (
  SELECT p.*, max(p.effective_to) OVER earlier AS earlier_to, lag(p.effective_from) OVER around AS previous_from, lag(p.line) OVER around AS previous_line,
         lead(p.effective_from) OVER around AS next_from, lead(p.line) OVER around AS next_line
    FROM period AS p
  WINDOW around AS (PARTITION BY p.region_code, p.from_ladder, p.from_rung, p.to_ladder ORDER BY p.effective_from, p.line),
         earlier AS (around ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT n.line, n.effective_from::text AS value, CASE WHEN n.earlier_to >= n.effective_from THEN n.previous_line::text END AS detail, count(*) OVER () AS total
  FROM neighbour AS n
 WHERE n.line IS NOT NULL
   AND (n.earlier_to >= n.effective_from AND n.previous_from < n.effective_from OR n.next_line IS NULL AND n.effective_to >= n.next_from)
 ORDER BY n.line LIMIT $1::integer
