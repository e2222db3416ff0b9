WITH period AS (
  SELECT i.line, i.person_id, i.institution_id, i.occupation, i.started_on, coalesce(i.ended_on, 'infinity') AS ended_on
    FROM pg_temp.import_resolved AS i
   WHERE i.person_id IS NOT NULL AND i.institution_id IS NOT NULL
  UNION ALL
  SELECT NULL, e.person_id, e.institution_id, e.occupation, lower(e.worked), coalesce(upper(e.worked) - 1, 'infinity')
    FROM register.employment AS e
   WHERE (e.person_id, e.institution_id, e.occupation)
         IN (SELECT i.person_id, i.institution_id, i.occupation FROM pg_temp.import_resolved AS i)
     AND NOT EXISTS (SELECT FROM pg_temp.import_resolved AS i WHERE i.existing_id = e.id)
     AND NOT EXISTS (SELECT FROM pg_temp.import_ended AS n WHERE n.row_id = e.id)
), neighbour AS (
  SELECT p.*, max(p.ended_on) OVER earlier AS earlier_to, lag(p.started_on) OVER around AS previous_from, lag(p.line) OVER around AS previous_line,
         lead(p.started_on) OVER around AS next_from, lead(p.line) OVER around AS next_line
    FROM period AS p
  WINDOW around AS (PARTITION BY p.person_id, p.institution_id, p.occupation ORDER BY p.started_on, p.line),
         earlier AS (around ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT n.line, n.started_on::text AS value, CASE WHEN n.earlier_to >= n.started_on THEN n.previous_line::text END AS detail, count(*) OVER () AS total
  FROM neighbour AS n
 WHERE n.line IS NOT NULL
   AND (n.earlier_to >= n.started_on AND n.previous_from < n.started_on OR n.next_line IS NULL AND n.ended_on >= n.next_from)
 ORDER BY n.line LIMIT $1::integer
