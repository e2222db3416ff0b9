WITH period AS (
  SELECT i.line, i.rule, i.kind, i.source, i.effective_from, coalesce(i.effective_to, 'infinity') AS effective_to
    FROM pg_temp.import_resolved AS i
  UNION ALL
  SELECT NULL, r.rule, r.kind, r.source, lower(r.effective), coalesce(upper(r.effective) - 1, 'infinity')
    FROM register.import_rule AS r
   WHERE NOT EXISTS (SELECT FROM pg_temp.import_resolved AS i WHERE i.existing_id = r.id)
), neighbour AS (
  SELECT p.*, max(p.effective_to) OVER earlier AS earlier_to, lag(p.effective_from) OVER around AS previous_from,
         lag(p.line) OVER around AS previous_line, lead(p.effective_from) OVER around AS next_from, lead(p.line) OVER around AS next_line
    FROM period AS p
  WINDOW around AS (PARTITION BY p.rule, p.kind, p.source ORDER BY p.effective_from, p.line),
         earlier AS (around ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT n.line, n.effective_from::text AS value, CASE WHEN n.earlier_to >= n.effective_from THEN n.previous_line::text END AS detail,
       count(*) OVER () AS total
  FROM neighbour AS n
 WHERE n.line IS NOT NULL
   AND (n.earlier_to >= n.effective_from AND n.previous_from < n.effective_from OR n.next_line IS NULL AND n.effective_to >= n.next_from)
 ORDER BY n.line LIMIT $1::integer
